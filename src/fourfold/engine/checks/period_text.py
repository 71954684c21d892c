"""Periods are periods of the KPI they belong to."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, notes, rule, steps, targets
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.words import call


def period(d: Definitions, kpi: Kpi, text: str | None) -> Period | None:
    """The period in a text, or None where it is none."""
    try:
        return None if text is None else d.calendar.parse(text, kpi.frequency)
    except PeriodError:
        return None


@rule("PERIOD-TEXT", "A period cannot be read")
def period_text(d: Definitions) -> Iterator[Said]:
    """`since`, `due` and `steps` of targets, and `since` of KPIs and of confirmed steps, are periods in the frequency
    of the KPI and the calendar of the organisation; the period of a note may be a longer one.
    """
    for new in d.kpis:
        if new.since is not None:
            yield from _problem(d, f"kpi:{new.code}.since", "since", f"kpi:{new.code}", new.since, new)
    for thing, target in targets(d):
        if (kpi := d.kpi.get(target.kpi)) is not None:
            for key, text in _texts(target):
                yield from _problem(d, f"{thing}.{key}", key, thing, text, kpi)
    for thing, note in notes(d):
        if (kpi := d.kpi.get(note.kpi)) is not None and not _is_any(d, note.period):
            yield from _problem(d, f"{thing}.period", "period", thing, note.period, kpi)
    for thing, step in steps(d):
        if (kpi := d.kpi.get(step.kpi)) is not None:
            yield from _problem(d, f"{thing}.since", "since", thing, step.since, kpi)


def _texts(target: Target) -> Iterator[tuple[str, str]]:
    yield "since", target.since
    if target.due is not None:
        yield "due", target.due
    for text in target.steps:
        yield "steps", text


def _problem(d: Definitions, place: str, key: str, thing: str, text: str, kpi: Kpi) -> Iterator[Said]:
    try:
        d.calendar.parse(text, kpi.frequency)
    except PeriodError as error:
        message = f"`{key}` of {call(thing)}: {error.message}"
        yield Said(place, message, error.hint or f"KPI {kpi.code} has periods of one {kpi.frequency}.")


def _is_any(d: Definitions, text: str) -> bool:
    try:
        return bool(d.calendar.parse(text))
    except PeriodError:
        return False
