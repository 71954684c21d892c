"""The sentence at the top of the overview, written from the results: result, cause, consequence.

Nothing in it is a judgement of its own: the result is the score, the cause are the KPIs that moved the score most by
weight, the consequence is how many KPIs are off target now and before. Fewer than 45 words, no adjectives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from fourfold.engine.statuses import Status
from fourfold.records.queries.overview import KpiNow, Overview
from fourfold.web.components.numbers import count_word, plural, score_text
from fourfold.web.components.period import month_name

WORDS: Final = 45
_HELD: Final = 0.05  # a change of the score that people cannot see
_FELT: Final = 0.02  # points of the scorecard below which a KPI is not named as a cause


class Part(NamedTuple):
    """A run of text, in bold where it carries the message."""

    text: str
    bold: bool = False


def lede_of(page: Overview) -> list[Part]:
    """The sentences as runs of text, shortened from the end of their list of causes until they fit."""
    for causes in (3, 2, 1):
        parts = _result(page) + _cause(page, causes) + _consequence(page)
        if len("".join(part.text for part in parts).split()) < WORDS:
            break
    return parts


def _result(page: Overview) -> list[Part]:
    now, before = page.scorecard.now, page.scorecard.before
    name = month_name(page.scope.period)
    if now is None:
        return [Part(f"There are no results for {name}.")]
    if now.score is None:
        there = sum(1 for k in page.due if k.now is not None and k.now.value is not None)
        return [Part(f"{name} has no score yet: {there} of {plural(len(page.due), 'KPI')} are in.")]
    if before is None or before.score is None:
        return [Part(f"{name} stands at "), Part(score_text(now.score), bold=True), Part(".")]
    change = float(score_text(now.score)) - float(score_text(before.score))
    if abs(change) < _HELD:
        return [Part(f"{name} held at "), Part(score_text(now.score), bold=True), Part(".")]
    verb = "rose" if change > 0 else "fell"
    return [
        Part(f"{name} {verb} from {score_text(before.score)} to "),
        Part(score_text(now.score), bold=True),
        Part("."),
    ]


def _cause(page: Overview, count: int) -> list[Part]:
    now, before = page.scorecard.now, page.scorecard.before
    if now is None or before is None or now.score is None or before.score is None:
        return []
    change = now.score - before.score
    if abs(change) < _HELD:
        return []
    way = 1 if change > 0 else -1
    movers = sorted((k for k in page.kpis if k.move * way > _FELT), key=lambda k: -k.move * way)[:count]
    if not movers:
        return []
    return [Part(f" {listed([k.kpi.name for k in movers])} moved it most.")]


def _consequence(page: Overview) -> list[Part]:
    if page.scorecard.now is None:
        return []
    off, was = page.count(Status.OFF), page.count(Status.OFF, before=True)
    parts = [Part(" "), Part(f"{count_word(off).capitalize()} {_are(off)} off target", bold=off > 0)]
    if any(k.before is not None for k in page.kpis):
        parts.append(Part(f", {_against(off, was)} {month_name(page.scope.period.shift(-1))}"))
    parts.append(Part("."))
    missing = page.missing
    if missing:
        parts.append(Part(f" {count_word(len(missing)).capitalize()} {'is' if len(missing) == 1 else 'are'} overdue."))
    return parts


def _are(count: int) -> str:
    return "KPI is" if count == 1 else "KPIs are"


def _against(now: int, before: int) -> str:
    if now == before:
        return "as many as in"
    if not before:
        return "none was in"
    difference = abs(now - before)
    return f"{count_word(difference)} {'more' if now > before else 'fewer'} than in"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def move_words(k: KpiNow, difference: str, previous: str) -> str:
    """One line about a KPI without an owner's reason: its change, and for how many periods it went this way."""
    if k.now is None or k.before is None or k.now.value is None or k.before.value is None:
        return ""
    change = k.now.value - k.before.value
    if not difference.lstrip("+−").strip("0., "):
        return f"Unchanged since {previous}"
    run = run_length([c.value if c else None for c in k.cells])
    way = "Up" if change > 0 else "Down"
    tail = f", {('rise' if change > 0 else 'fall')} {run} in a row" if run >= 3 else ""
    return f"{way} {difference.lstrip('+−')} since {previous}{tail}"


def run_length(series: Sequence[float | None]) -> int:
    """How many changes in a row at the end of the series go the same way; a gap ends the run."""
    run, sign = 0, 0
    for later, earlier in zip(reversed(series), list(reversed(series))[1:], strict=False):
        if later is None or earlier is None or later == earlier:
            break
        step = 1 if later > earlier else -1
        if sign and step != sign:
            break
        sign, run = step, run + 1
    return run
