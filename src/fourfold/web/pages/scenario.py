"""What if: other targets, figures, weights or parts laid over the scorecard; nothing is changed or stored."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse

from fourfold.errors import FourfoldError
from fourfold.records.queries.questions import refuse_owners, what_if_of
from fourfold.scorecard.findings import FolderError
from fourfold.scorecard.what_if import WhatIf
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.sheet import sheet_of
from fourfold.web.components.working_words import working_lines
from fourfold.web.forms.scenario import CHANGES, Change, ScenarioForm, overlay_of, read_scenario
from fourfold.web.requests import Request, counted, signed_in

_LEVELS: Final = {"scorecard": "Scorecard", "kpi": "KPIs", "objective": "Objectives", "perspective": "Perspectives"}


@signed_in
@counted
def scenario(request: Request, unit: str) -> HttpResponse:
    """In the address are the changes so far, `c`; `what`, `of` and `to` of the one typed; `why`, a node to explain."""
    here = here_at(request, unit)
    refuse_owners(here.scope)
    names, get = _names(here), request.GET
    kpis = {k.code: k for k in here.scope.structure.kpis}
    typed = Change(get.get("what", ""), get.get("of", ""), get.get("to", "").strip()[:60]) if "what" in get else None
    form = read_scenario(get.getlist("c"), typed, list(names), kpis)
    found, error = _tried(here, form)
    return show(
        request,
        "web/scenario.html",
        here,
        page="scenario",
        title="What if",
        crumbs=[crumb_of(here)],
        form=form,
        error=form.error or error,
        choices=list(CHANGES.items()),
        groups=_groups(names),
        kept=[("c", str(c)) for c in form.changes] + list(here.state.items()),
        changes=[_change(here, form, c, names) for c in form.changes],
        **({} if found is None else _result(here, found, form, get.get("why", ""))),
    )


def _names(here: Here) -> dict[str, str]:
    """Everything that can be different, by node: what the unit has."""
    structure, unit = here.scope.structure, here.scope.unit.code
    kpis = {f"kpi:{k.code}": k.name for k in structure.kpis if structure.applies(k, unit)}
    return (
        kpis
        | {f"objective:{o.code}": o.name for o in structure.objectives}
        | {f"perspective:{p.code}": p.name for p in structure.perspectives}
    )


def _groups(names: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (label, some)
        for level, label in _LEVELS.items()
        if (some := [(node, name) for node, name in names.items() if node.startswith(f"{level}:")])
    ]


def _tried(here: Here, form: ScenarioForm) -> tuple[WhatIf | None, str]:
    """The scorecard on both sides, or why that cannot be; nothing without a change."""
    scope = here.scope
    if not form.changes:
        return None, ""
    is_root = scope.structure.definitions.root.code == scope.unit.code
    kpis = {k.code: k for k in scope.structure.kpis}
    overlay = overlay_of(form.changes, unit=scope.unit.code, is_root=is_root, period=scope.month, kpis=kpis)
    try:
        found = what_if_of(scope, overlay)
    except FolderError as error:
        return None, " ".join(f.words for f in error.findings[:3])
    except FourfoldError as error:
        return None, f"{error.message} {error.hint}".strip()
    return found, "" if found is not None else f"Nothing was evaluated for {scope.period.label}."


def _address(here: Here, changes: tuple[Change, ...], **more: str) -> str:
    """The page with these changes."""
    pairs = [*here.state.items(), *(("c", str(c)) for c in changes), *more.items()]
    return here.unit("scenario").partition("?")[0] + (f"?{urlencode(pairs)}" if pairs else "")


def _change(here: Here, form: ScenarioForm, change: Change, names: dict[str, str]) -> dict[str, str]:
    what = CHANGES[change.what] if change.what != "without" else "Without"
    rest = tuple(c for c in form.changes if c != change)
    text = f"{what} {names[change.node]}" + (f" is {change.value}" if change.value else "")
    return {"text": text, "back": _address(here, rest)}


def _result(here: Here, found: WhatIf, form: ScenarioForm, why: str) -> dict[str, Any]:
    sheet, differences = found.sheets[0], found.differences
    whys = [
        _address(here, form.changes, why=x.node) + "#why" if x.base is not None and x.scenario is not None else ""
        for x in differences
    ]
    return {
        "sheet": sheet_of(sheet, [_page(here, x.node) for x in differences], whys) if sheet.rows else None,
        "notes": sheet.notes,
        "why": _why(here, found, why),
    }


def _page(here: Here, node: str) -> str:
    """The page of a node, where it has one."""
    kind, _, code = node.partition(":")
    structure = here.scope.structure
    if kind == "kpi" and code in structure.kpi:
        return here.kpi(structure.kpi[code])
    return here.objective(structure.objective[code]) if kind == "objective" and code in structure.objective else ""


def _why(here: Here, found: WhatIf, node: str) -> list[str]:
    try:
        return working_lines(found.explain(node), here.scope.structure.shown) if node else []
    except FourfoldError:
        return []


