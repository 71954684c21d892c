"""A unit of the organisation: one node of its tree."""

from __future__ import annotations

from typing import Literal

from fourfold.engine.definitions.base import Code, Definition, Flag, Line, Name, Text
from fourfold.engine.periods.week_year import Weekday


class FormerParent(Definition):
    """A unit above another one in former times, until a day that is no longer one of them."""

    parent: Code  # the unit it was part of
    until: Line  # the first day on which it no longer was, `YYYY-MM-DD`


class Unit(Definition):
    """A unit; exactly one unit of an organisation has no parent, and values roll up along `parent`.

    `parent` is the unit above today. Figures of periods that began before a unit moved roll up along `formerly`.
    """

    code: Code  # names the unit for ever, in measurements too
    name: Name  # what people read
    parent: Code | None = None  # the unit it is part of; none for the root
    formerly: tuple[FormerParent, ...] = ()  # what it was part of before, the earliest first
    kind: Literal["corporate", "business", "support", "team"] = "business"  # what it is there for
    description: Text = ""  # what it does
    size: Line = ""  # shown under its name, for example "540 beds"
    needs_approval: Flag = False  # true when all its figures, and those of units below, wait for an approver
    currency: Line = ""  # the currency its figures of money come in, ISO 4217; that of the unit above without one
    time_zone: Line = ""  # where its days begin and end, Europe/London …; that of the unit above without one
    work_days: tuple[Weekday, ...] = ()  # weekdays worked; those of the unit above without any
    holidays: tuple[Line, ...] | None = None  # days not worked, `YYYY-MM-DD`; those of the unit above where left out
