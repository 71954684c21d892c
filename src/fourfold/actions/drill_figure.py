"""Ask the source of a figure again for the rows that it was made of; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from fourfold.access.roles import Action
from fourfold.actions._feeds import definitions_here, rows_in
from fourfold.actions._sources import columns_in, complaint
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.outcome import Outcome
from fourfold.actions.save_feed import FeedPlan, plan_of
from fourfold.connectors.hook import HOOK
from fourfold.connectors.port import Cells, Rows, SourceError, Window
from fourfold.engine.measurements import FIGURES
from fourfold.records.frames.feed import rows_of_figure
from fourfold.records.models import FeedRun, Measurement, Person
from fourfold.records.queries.feeds import brought_figure

#: So many rows are given; all of them are counted and added up.
MOST = 500
_STAYS: Final = "The figure stays as it was recorded."


@dataclass(frozen=True, slots=True)
class Drilled:
    """The rows that a figure is made of when its source is asked today, each with its number in the answer.

    `made` is what they come to by name (value, or numerator and denominator), None for a text, empty without rows.
    """

    figure: Measurement
    run: FeedRun
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Cells], ...]
    count: int
    made: Mapping[str, Decimal | None]

    @property
    def differences(self) -> dict[str, tuple[Decimal | None, Decimal | None]]:
        """Each part of the figure of which the source says something else now: what was recorded, what it says."""
        both = {name: (getattr(self.figure, name), self.made.get(name)) for name in FIGURES}
        return {name: (was, now) for name, (was, now) in both.items() if was != now}

    @property
    def has_changed(self) -> bool:
        """Whether the source says something else now, or nothing."""
        return bool(self.differences) or not self.made


def drill_figure(*, by: Person, organisation: str | None = None, figure: int) -> Outcome[Drilled]:
    """The rows behind a recorded figure that the person sees and a feed brought.

    The source is asked what its run asked, for the days of that run; what it says today may be something else. A
    finding says why there are no rows. Raises `NotFound` for a figure that is not theirs to see, or came otherwise.
    """
    place = find_organisation(by, organisation)
    require(by, Action.USE_SOURCE, place)
    found, run = brought_figure(by, place, figure)
    plan, window = asked_of(run), Window(run.since, run.until)
    if run.feed.connection.kind == HOOK.code:
        message = f"{run.feed.connection.name} sends by itself and cannot be asked again."
        return Outcome("nothing was asked", findings=(complaint("ask", message, f"Look for it there. {_STAYS}"),))
    ready = definitions_here(place)
    try:
        rows = rows_in(run.feed.connection, plan, window)
        numbers, made = rows_of_figure(
            rows, columns_in(plan.columns, window), plan.adding, ready.definitions, names=plan.names,
            place=(found.kpi.code, found.unit.code, found.period),
        )  # fmt: skip
    except SourceError as error:
        fix = f"{error.hint or ''} {_STAYS}".strip()
        return Outcome("the source gave no rows", findings=(complaint("ask", error.message, fix),))
    return Outcome(f"{len(numbers):,} rows", Drilled(
        found, run, rows.columns, _shown(rows, numbers), len(numbers),
        {name: _number(text) for name, text in made.items() if name in FIGURES},
    ))  # fmt: skip


def asked_of(run: FeedRun) -> FeedPlan:
    """What a feed was when it ran."""
    return FeedPlan(**run.asked) if run.asked else plan_of(run.feed)


def _shown(rows: Rows, numbers: list[int]) -> tuple[tuple[int, Cells], ...]:
    return tuple((number, rows.rows[number - 1]) for number in numbers[:MOST])


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None
