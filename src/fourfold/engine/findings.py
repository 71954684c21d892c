"""A finding is what a check says: a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How serious a finding is; `ERROR` blocks loading and activation."""

    INFO = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is: a file with line and column (1-based), a row, or an object such as `kpi:ed_4h`."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    thing: str | None = None

    def __str__(self) -> str:
        """`kpis.yaml:12:3 (kpi ed_4h)`, leaving out what is not known."""
        spot = ":".join(str(p) for p in (self.file, self.line, self.column) if p is not None)
        return f"{spot} ({self.thing})" if spot and self.thing else spot or self.thing or ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check has to say: machine code, level, place, what is wrong, how to mend it."""

    code: str
    level: Level
    place: Place
    message: str
    fix: str = ""

    @property
    def words(self) -> str:
        """What is wrong and how to mend it, as pages and reports say it."""
        return f"{self.message} {self.fix}".strip()

    def __str__(self) -> str:
        """One line: `error kpis.yaml:12 KPI-UNKNOWN: message  Fix: …`."""
        tail = f" {self.fix}" if self.fix else ""
        return f"{self.level.name.lower()} {self.place} {self.code}: {self.message}{tail}"


def errors(findings: tuple[Finding, ...] | list[Finding]) -> list[Finding]:
    """Only the findings that block."""
    return [f for f in findings if f.level is Level.ERROR]
