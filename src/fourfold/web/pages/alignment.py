"""Alignment: KPIs or objectives down, units across; which unit carries what, and how it is doing."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.http import HttpResponse

from fourfold.engine.definitions import Kpi, Objective
from fourfold.engine.statuses import Status
from fourfold.graphics.track import spread_track
from fourfold.records.queries.alignment import NOUNS, PER_PAGE, Alignment, Compared, alignment_of
from fourfold.records.queries.amendment import may_define
from fourfold.records.queries.cascade import carriers_of
from fourfold.records.queries.together import together_of
from fourfold.records.queries.window import statuses
from fourfold.web.address import Here, here_at
from fourfold.web.components.cascade import tree
from fourfold.web.components.drawings import format_of, gap_of, target_text
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.hidden import hidden_words
from fourfold.web.components.numbers import in_place, plural, score_change, score_text
from fourfold.web.components.period import initial
from fourfold.web.components.pull import pull_of
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in

OF: Final = {"kpi": "KPIs", "objective": "Objectives"}
_JUDGED: Final = (Status.OFF, Status.NEAR, Status.ON, Status.OVERDUE)
SHOWS: Final = {"value": "Value", "gap": "Gap", "change": "Change"}


class Asked(NamedTuple):
    """What the address asks for, with everything unknown left out."""

    noun: str = "kpi"
    show: str = "value"
    sort: str = ""  # "name", the code of a unit, with a minus for the other way, or "" for perspectives
    words: str = ""
    page: int = 1

    def query(self, **changed: object) -> dict[str, str]:
        """The query of this choice with something changed."""
        new = self._replace(**changed)  # type: ignore[arg-type]
        query = {
            "of": "" if new.noun == "kpi" else new.noun,
            "show": "" if new.show == "value" else new.show,
            "sort": new.sort,
            "q": new.words,
            "page": "" if new.page == 1 else str(new.page),
        }
        return {name: value for name, value in query.items() if value}


@signed_in
def alignment(request: Request, unit: str) -> HttpResponse:
    """The matrix of the units below this one, or of its neighbours."""
    here = here_at(request, unit)
    asked = _asked(request)
    page = alignment_of(here.scope, noun=asked.noun, words=asked.words, page=asked.page)
    return show(
        request,
        "web/alignment.html",
        here,
        page="alignment",
        title="Alignment",
        crumbs=[crumb_of(here)],
        tree=tree(here, carriers_of(here.scope)),
        cascade_url=here.unit("cascade") if may_define(here.scope) else "",
        pull=None if (found := together_of(here.scope)) is None else pull_of(here, found),
        **context_of(here, page, asked._replace(page=page.page)),
    )


def _asked(request: Request) -> Asked:
    get = request.GET
    noun, shown, page = get.get("of", ""), get.get("show", ""), get.get("page", "")
    return Asked(
        noun=noun if noun in NOUNS else "kpi",
        show=shown if shown in SHOWS else "value",
        sort=get.get("sort", ""),
        words=get.get("q", "").strip()[:80],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def context_of(here: Here, page: Alignment, asked: Asked) -> dict[str, Any]:
    """What the template shows, as finished texts and drawings."""
    scope = here.scope
    units = (page.head, *page.peers)
    codes = {unit.code for unit in units} | {"name"}
    if asked.sort.removeprefix("-") not in codes:
        asked = asked._replace(sort="")
    return {
        "summary": " ".join([
            f"{scope.period.label}. Which units carry what, and how they are doing.",
            *(f"{words}." for words in (hidden_words(scope, page.head),) if words),
        ]),
        "noun": OF[page.noun],
        "of": [_choice(here, asked, name, key == asked.noun, noun=key, sort="") for key, name in OF.items()],
        "shows": [_choice(here, asked, name, key == asked.show, show=key) for key, name in SHOWS.items()],
        "name_head": _head(here, asked, "name"),
        "by_perspective_url": here.unit("alignment", **asked.query(sort="")) if asked.sort else "",
        "units": [
            {
                "name": unit.name,
                "size": unit.size,
                **_head(here, asked, unit.code),
                "page_url": here.unit("scorecard", unit),
            }
            for unit in units
        ],
        "groups": [
            {"name": name, "rows": [_row(here, page, asked, code) for code in row]}
            for name, row in _ordered(page, asked)
            if row
        ],
        "has_target": page.noun == "kpi",
        "span": len(units) + (3 if page.noun == "kpi" else 2),
        "spread_note": f"{page.found} units on one track" if page.whole_spread else f"these {len(page.peers)} units",
        "words": asked.words,
        "has_filter": page.pages > 1 or asked.words,
        "pager": _pager(here, page, asked),
        "kept": [(k, v) for k, v in asked.query(words="", page=1).items()] + list(here.state.items()),
        **_months(here, page),
    }


def _choice(here: Here, asked: Asked, name: str, current: bool, **changed: object) -> Link:
    return Link(name, here.unit("alignment", **asked.query(**changed)), current)


def _head(here: Here, asked: Asked, key: str) -> dict[str, str]:
    """A column head that sorts: worst first, then best first, then by perspective again."""
    following = {key: f"-{key}", f"-{key}": ""}.get(asked.sort, key)
    way = {key: "ascending", f"-{key}": "descending"}.get(asked.sort, "")
    return {"url": here.unit("alignment", **asked.query(sort=following)), "way": way}


def _ordered(page: Alignment, asked: Asked) -> list[tuple[str, list[str]]]:
    """By perspective; sorted by a unit those without a score there come last, whichever way."""
    if not asked.sort:
        return [(p.name if p else "In no objective", codes) for p, codes in page.rows]
    codes = [code for _, row in page.rows for code in row]
    key, is_down = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    if key == "name":
        return [("", sorted(codes, key=lambda code: _thing(page, code).name.lower(), reverse=is_down))]
    unit = next(u.pk for u in (page.head, *page.peers) if u.code == key)
    found = {code: cell.now.score for code in codes if (cell := page.cells.get((unit, code))) is not None}
    known = {code: score for code, score in found.items() if score is not None}
    return [("", sorted(known, key=lambda code: known[code], reverse=is_down) + [c for c in codes if c not in known])]


def _thing(page: Alignment, code: str) -> Kpi | Objective:
    structure = page.scope.structure
    return structure.kpi[code] if page.noun == "kpi" else structure.objective[code]


def _row(here: Here, page: Alignment, asked: Asked, code: str) -> dict[str, Any]:
    thing = _thing(page, code)
    head = page.cells.get((page.head.pk, code))
    scores = page.spread.get(code, [])
    return {
        "name": thing.name,
        "url": here.kpi(thing) if isinstance(thing, Kpi) else here.objective(thing),
        "target": target_text(thing, head.now if head else None) if isinstance(thing, Kpi) else "",
        "cells": [
            _cell(thing, page.cells.get((unit.pk, code)), asked.show, _applies(page, thing, unit.code))
            for unit in (page.head, *page.peers)
        ],
        "spread": spread_track(scores, width=160, label=_spread_words(scores)),
    }


def _applies(page: Alignment, thing: Kpi | Objective, unit: str) -> bool:
    return page.scope.structure.applies(thing, unit) if isinstance(thing, Kpi) else True


def _spread_words(scores: list[float]) -> str:
    if not scores:
        return "No unit has a score"
    return f"{plural(len(scores), 'unit')}, scores {score_text(min(scores))} to {score_text(max(scores))}"


def _cell(thing: Kpi | Objective, cell: Compared | None, shown: str, applies: bool) -> dict[str, Any]:
    """A figure with its mark and tint. What was never evaluated is a dash, what does not apply here is n/a."""
    if cell is None:
        return {"status": None, "mark": "none", "text": in_place(None if applies else Status.NOT_APPLICABLE)}
    status = cell.now.status
    text = _kpi_text(thing, cell, shown) if isinstance(thing, Kpi) else _score_words(cell, shown)
    return {"status": status, "mark": status.mark, "text": text or in_place(status)}


def _kpi_text(kpi: Kpi, cell: Compared, shown: str) -> str:
    fmt, now, before = format_of(kpi), cell.now, cell.before
    if now.value is None:
        return ""
    if shown == "gap":
        return fmt.difference(gap_of(now))
    if shown == "change":
        return fmt.difference(now.value - before.value if before is not None and before.value is not None else None)
    return fmt.bare(now.value)


def _score_words(cell: Compared, shown: str) -> str:
    now, before = cell.now, cell.before
    if now.score is None:
        return ""
    if shown == "gap":
        return score_change(now.score, 100.0)
    if shown == "change":
        return score_change(now.score, before.score if before else None) or in_place(None)
    return score_text(now.score)


def _pager(here: Here, page: Alignment, asked: Asked) -> dict[str, str]:
    """The way to the units before and after these."""
    first = (page.page - 1) * PER_PAGE + 1

    def url(number: int) -> str:
        inside = 1 <= number <= page.pages
        return here.unit("alignment", **asked.query(page=number, sort="")) if inside else ""

    return {
        "text": f"Units {first} to {first + len(page.peers) - 1} of {page.found:,}" if page.peers else "",
        "previous": url(page.page - 1),
        "next": url(page.page + 1),
    }


def _months(here: Here, page: Alignment) -> dict[str, Any]:
    """The statuses of the scope's own unit, period by period."""
    last, window = here.scope.period, page.months
    periods = [last.shift(ordinal - window.last) for ordinal in range(window.first, window.last + 1)]
    codes = [code for _, row in page.rows for code in row]
    found = {code: statuses(window.row(f"{page.noun}:{code}")) for code in codes}
    return {
        "month_heads": [{"name": p.short_label, "initial": initial(p), "full": p.label} for p in periods],
        "month_rows": [
            {"name": _thing(page, code).name, "statuses": marks}
            for code, marks in found.items()
            if any(status in _JUDGED for status in marks)
        ],
    }
