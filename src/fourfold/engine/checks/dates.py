"""Dates are days, and work ends after it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from fourfold.engine.checks.rule import Said, notes, rule, steps, targets
from fourfold.engine.definitions import Definitions, Initiative
from fourfold.engine.source_date import first_day
from fourfold.engine.words import call, show

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@rule("DATE", "A date is no day, or work ends before it begins")
def dates(d: Definitions) -> Iterator[Said]:
    """Dates are written YYYY-MM-DD. `recorded_at` of a target may have a time as well: 2026-04-05T16:00:00+00:00.
    The date of its source may be a month, 2026-03, or a year, 2026.

    An initiative ends on or after the day it starts.
    """
    for thing, key, text in _dates(d):
        if text is not None and _day(text) is None:
            message = f"`{key}` of {call(thing)} is {show(text)}, which is no day."
            yield Said(f"{thing}.{key}", message, "Write it as year-month-day, for example 2026-03-31.")
    for thing, target in targets(d):
        if target.recorded_at is not None and not is_moment(target.recorded_at):
            message = f"`recorded_at` of {call(thing)} is {show(target.recorded_at)}, which is no moment."
            fix = "Write a day, 2026-03-31, or a moment, 2026-03-31T16:00:00+00:00."
            yield Said(f"{thing}.recorded_at", message, fix)
        if target.source_date is not None and first_day(target.source_date) is None:
            message = f"`source_date` of {call(thing)} is {show(target.source_date)}, which is no day, month or year."
            yield Said(f"{thing}.source_date", message, "Write it as 2026-03-31, 2026-03 or 2026.")
    for i in d.initiatives:
        yield from _order(i)


def _dates(d: Definitions) -> Iterator[tuple[str, str, str | None]]:
    """(thing, key, text) of every date."""
    yield from (("strategy", "waivers", waiver.until) for waiver in d.strategy.waivers)
    yield from (("organisation", "holidays", day) for day in d.organisation.holidays)
    for unit in d.units:
        yield from ((f"unit:{unit.code}", "holidays", day) for day in unit.holidays or ())
        yield from ((f"unit:{unit.code}", "formerly", past.until) for past in unit.formerly)
    for kpi in d.kpis:
        yield f"kpi:{kpi.code}", "review_by", kpi.review_by
        yield f"kpi:{kpi.code}", "side_effects_reviewed", kpi.side_effects_reviewed
    for i in d.initiatives:
        thing = f"initiative:{i.code}"
        yield from ((thing, key, getattr(i, key)) for key in ("start", "end", "expected_end"))
        yield from ((thing, "milestones", m.due) for m in i.milestones)
    for thing, note in notes(d):
        yield thing, "date", note.date
    for thing, step in steps(d):
        yield thing, "date", step.date


def _order(i: Initiative) -> Iterator[Said]:
    start = _day(i.start)
    for key in ("end", "expected_end"):
        text = getattr(i, key)
        end = _day(text) if text is not None else None
        if start is not None and end is not None and end < start:
            message = f"Initiative {i.code} starts on {i.start}, and its `{key}` is {text}."
            yield Said(f"initiative:{i.code}.{key}", message, "Swap the dates, or correct one of them.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def is_moment(text: str) -> bool:
    """True for a day or a moment of ISO 8601."""
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False
