"""An initiative: work that should move objectives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Exact, Flag, Line, Name, Text


class Milestone(Definition):
    """A dated point of an initiative."""

    name: Name  # what will be there
    due: Line  # `YYYY-MM-DD`
    done: Flag = False  # true once it is


class Initiative(Definition):
    """Dates are `YYYY-MM-DD`; `progress` is a share 0..1; `expected_end` later than `end` is slip."""

    code: Code  # names the initiative for ever
    name: Name  # what people read
    objectives: tuple[Code, ...] = ()  # the objectives it should move
    kpis: tuple[Code, ...] = ()  # the KPIs in which the effect should show
    owner: Code | None = None  # the person who answers for it
    start: Line  # first day, `YYYY-MM-DD`
    end: Line  # last day as planned, `YYYY-MM-DD`
    expected_end: Line | None = None  # last day as expected now, when that is another one
    progress: Annotated[float, Field(ge=0, le=1)] = 0.0  # share of the work that is done, 0 to 1
    state: Literal["planned", "active", "done", "stopped"] = "active"  # where it stands in its life
    status: Literal["on", "near", "off"] | None = None  # how its owner judges it
    budget: Exact | None = None  # money granted, in the organisation's currency
    spent: Exact | None = None  # money spent so far
    milestones: tuple[Milestone, ...] = ()  # dated points on the way
    description: Text = ""  # what is done, for whom
    custom: dict[Name, Name] = Field(default_factory=dict)  # what is written in fields of the organisation's own
