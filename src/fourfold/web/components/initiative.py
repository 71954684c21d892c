"""An initiative on a page: its mark, its lateness in words, and its bar on the time axis of a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from fourfold.engine.definitions import Initiative
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.statuses import Status
from fourfold.graphics.gantt import Bar
from fourfold.web.address import Here
from fourfold.web.components.numbers import plural, share_text

_MARKS: Final = {"on": Status.ON, "near": Status.NEAR, "off": Status.OFF}
_WEEK: Final = 7


def day_of(text: str | None) -> date | None:
    """A day written `YYYY-MM-DD`; None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def mark_of_initiative(initiative: Initiative) -> Status:
    """As its owner judges it; without a judgement late is off and the rest on. Not begun or stopped has none."""
    if initiative.state in ("planned", "stopped"):
        return Status.NO_DATA
    if initiative.state == "done":
        return Status.ON
    if initiative.status is not None:
        return _MARKS[initiative.status]
    return Status.OFF if slip_days(initiative) > 0 else Status.ON


def slip_days(initiative: Initiative) -> int:
    """Days by which the end expected now lies after the planned one; never negative."""
    end, expected = day_of(initiative.end), day_of(initiative.expected_end)
    return max(0, (expected - end).days) if end and expected else 0


def plan_words(initiative: Initiative) -> str:
    """Where it stands in words: "3 weeks late", "behind plan", "on plan", "done", "planned", "stopped"."""
    if initiative.state != "active":
        return initiative.state
    days = slip_days(initiative)
    if days >= _WEEK:
        return f"{plural(round(days / _WEEK), 'week')} late"
    if days:
        return f"{plural(days, 'day')} late"
    return {"off": "behind plan", "near": "slipping"}.get(initiative.status or "", "on plan")


def initiative_row(here: Here, initiative: Initiative) -> dict[str, Any]:
    """A line of a list of initiatives."""
    return {
        "name": initiative.name,
        "url": here.unit("initiatives") + f"#{initiative.code}",
        "status": mark_of_initiative(initiative),
        "plan": plan_words(initiative),
    }


def column_of(day: date | None, months: Sequence[Period], *, whole: bool = False) -> float | None:
    """Where a day lies on an axis with a column per month; `whole` counts the day itself, as an end does."""
    if day is None:
        return None
    month = months[0].calendar.period(Frequency.MONTH, day)
    return month.ordinal - months[0].ordinal + ((day - month.start).days + whole) / month.days


def bar_of(initiative: Initiative, months: Sequence[Period]) -> Bar:
    """The bar of an initiative on the axis of the months."""
    end = column_of(day_of(initiative.end), months, whole=True)
    expected = column_of(day_of(initiative.expected_end), months, whole=True)
    milestones = [
        (column, milestone.done)
        for milestone in initiative.milestones
        if (column := column_of(day_of(milestone.due), months, whole=True)) is not None
    ]
    return Bar(
        start=column_of(day_of(initiative.start), months),
        end=end,
        done=1.0 if initiative.state == "done" else initiative.progress,
        slip=expected - end if expected is not None and end is not None else None,
        milestones=milestones,
        name=initiative.name,
        status=mark_of_initiative(initiative),
    )


def bar_words(initiative: Initiative) -> str:
    """The bar in words: "1 May to 30 Sep 2026, 62% done, 10 weeks late"."""
    start, end = day_of(initiative.start), day_of(initiative.end)
    span = f"{_day(start)} to {_day(end)}, " if start and end else ""
    words = plan_words(initiative)
    done = "" if initiative.state == "done" else f"{share_text(initiative.progress)} done, "
    return f"{span}{done}{words}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def next_milestone(initiative: Initiative) -> str:
    """The first milestone to come: "Pilot ends, 30 Nov"; of one that is over, when its last was met."""
    if not initiative.milestones:
        return ""
    open_ones = sorted((m.due, m.name) for m in initiative.milestones if not m.done)
    if not open_ones or initiative.state == "done":
        last = max(day for m in initiative.milestones if (day := day_of(m.due)) is not None)
        return f"Done, {last:%b %Y}"
    due, name = open_ones[0]
    day = day_of(due)
    if day is None:
        return f"{name}, {due}"
    expected = day_of(initiative.expected_end)
    was = expected is not None and day < expected and due == initiative.end
    return f"{name}, {'was ' if was else ''}{day.day} {day:%b}"
