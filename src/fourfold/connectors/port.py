"""The port that every kind of source has: what a person says about it, and one function that brings its rows.

A kind never judges figures and knows no KPI: it gives a table of texts under the names that the source uses, complete
or not at all. Whatever goes wrong is a `SourceError`, whose message holds no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from fourfold.connectors.egress import EgressPolicy
from fourfold.engine.words import choices, show
from fourfold.errors import FourfoldError, Kind

Cells = tuple[str | None, ...]


class SourceError(FourfoldError):
    """The source gave no rows."""

    kind = Kind.REFUSED


class SourceAway(SourceError):
    """The source does not answer as it should; a later try may work."""

    kind = Kind.UNAVAILABLE
    retry = True


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a person says about a connection, or about what a feed asks of it."""

    name: str
    label: str
    hint: str = ""
    required: bool = False
    form: Literal["line", "text", "secret", "number"] = "line"
    choices: tuple[tuple[str, str], ...] = ()  # value and words; the first one is the default


@dataclass(frozen=True, slots=True)
class Access:
    """Where a source is and who asks, and what the operator lets be asked."""

    options: Mapping[str, str]
    secret: str = field(default="", repr=False)
    policy: EgressPolicy = field(default_factory=EgressPolicy)
    folder: Path | None = None  # of files that may be read; None where there are none


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a run is about, both included."""

    since: date
    until: date

    @property
    def texts(self) -> dict[str, str]:
        """As statements and addresses name them."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run may take, all its requests together: seconds, rows, bytes."""

    seconds: float = 120
    rows: int = 100_000
    size: int = 20 << 20


@dataclass(frozen=True, slots=True)
class Rows:
    """What a source gave: unique names of columns, and texts; None is a cell in which there is nothing."""

    columns: tuple[str, ...]
    rows: tuple[Cells, ...]


Read = Callable[[Access, Mapping[str, str], Window, Limits], Rows]
#: Asks whether the source is there and knows who asks; what it says is a sentence without its full stop.
Reach = Callable[[Access, Limits], str]


@dataclass(frozen=True, slots=True)
class Connector:
    """A kind of source."""

    code: str
    name: str
    place: tuple[Option, ...]  # where it is and who asks: of a connection
    ask: tuple[Option, ...]  # what is asked: of a feed
    read: Read
    reach: Reach

    def missing(self, options: tuple[Option, ...], given: Mapping[str, str]) -> dict[str, str]:
        """What is wrong with what a person said, by the name of the option."""
        found = {o.name: f"{o.label} is not said." for o in options if o.required and not given.get(o.name)}
        for option in options:
            said, known = given.get(option.name, ""), [value for value, _ in option.choices]
            if known and said and said not in known:
                found[option.name] = f"{show(said)} is none of {choices(known, 'and')}."
            if option.form == "number" and said and not (said.isascii() and said.isdigit() and len(said) < 10):
                found[option.name] = f"{option.label} is a whole number."
        return found


def rows_of(columns: tuple[str, ...], rows: list[tuple[object, ...]], limits: Limits) -> Rows:
    """A table of whatever a source gave as texts; numbers in the shortest form that gives them back exactly."""
    if len(rows) > limits.rows:
        hint = "Sum up at the source, or ask for less."
        raise SourceError(f"The source gives more than {limits.rows:,} rows.", hint=hint)
    names = tuple(shown(str(name)).strip() for name in columns)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"Two columns are called {show(twice[0])}.", hint="Give each a name of its own.")
    return Rows(names, tuple(tuple(map(_text, row, names)) for row in rows))


def shown(text: str) -> str:
    """A text without the sign NUL, which PostgreSQL cannot keep: its picture ␀ stands there, so that it is seen."""
    return text.replace("\0", "␀")


def _text(cell: object, column: str) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell and shown(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, int | Decimal | float):
        return str(cell)
    hint = "Choose the one value of it that is meant."
    raise SourceError(f"The column {show(column)} holds something else than text and numbers.", hint=hint)


_NAMED: Final = re.compile(r"\{(\w+)\}")


def filled(text: str, window: Window, *, is_address: bool = True) -> str:
    """A text with `{since}` and `{until}` as days. Raises `SourceError` for other names in an address.

    >>> filled("/sales?from={since}", Window(date(2026, 1, 1), date(2026, 3, 31)))
    '/sales?from=2026-01-01'
    """
    known = window.texts
    strange = [name for name in _NAMED.findall(text) if name not in known]
    if is_address and strange:
        hint = "It may name {since} and {until}, the first and the last day that the run is about."
        raise SourceError(f"Nobody knows what {{{strange[0]}}} is.", hint=hint)
    return _NAMED.sub(lambda found: known.get(found[1], found[0]), text)
