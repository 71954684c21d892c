"""The status words of a KPI or node, one list for page, report, API and command line."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np


class Status(IntEnum):
    """Status codes as stored; the first three are judgements, the rest say why there is none."""

    OFF = 0
    NEAR = 1
    ON = 2
    OVERDUE = 3  # due, and not there
    NOT_DUE = 4
    NOT_APPLICABLE = 5
    ERROR = 6
    UNSCORED = 7  # a number, but no target or a neutral KPI
    INSUFFICIENT = 8  # a node whose coverage is too low for a number
    NO_DATA = 9  # a node without any KPI, or nothing below it has ever had a number

    @property
    def word(self) -> str:
        """The words people read; never a colour."""
        return _WORDS[self]

    @property
    def mark(self) -> str:
        """The drawing that carries it: on, near, off, due or none (also the CSS class)."""
        return _MARKS.get(self, "none")


#: The codes as NumPy compares them: a member of an enumeration takes it ten times as long.
OFF, NEAR, ON, OVERDUE, NOT_DUE, NOT_APPLICABLE, ERROR, UNSCORED, INSUFFICIENT, NO_DATA = (
    np.uint8(status) for status in Status
)

_WORDS: Final = {
    Status.OFF: "Off target",
    Status.NEAR: "Near target",
    Status.ON: "On target",
    Status.OVERDUE: "Overdue",
    Status.NOT_DUE: "Not due yet",
    Status.NOT_APPLICABLE: "Not applicable",
    Status.ERROR: "Error",
    Status.UNSCORED: "Not scored",
    Status.INSUFFICIENT: "Insufficient data",
    Status.NO_DATA: "No data",
}
_MARKS: Final = {Status.OFF: "off", Status.NEAR: "near", Status.ON: "on", Status.OVERDUE: "due"}
