"""What the form that moves a unit asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fourfold.engine.amendments import Amendments
from fourfold.engine.definitions import Definitions
from fourfold.engine.unit_moves import move_unit
from fourfold.errors import Conflict


def move_of(definitions: Definitions, given: Mapping[str, str]) -> Amendments:
    """The move as amendments. `was` is the unit above as the person saw it. Raises `Conflict`."""
    code, to, was = given.get("unit", ""), given.get("to", ""), given.get("was")
    unit = definitions.unit.get(code)
    if unit is not None and was is not None and was != (unit.parent or ""):
        now = definitions.unit[unit.parent].name if unit.parent else "the top"
        raise Conflict(f"Somebody has moved {unit.name} under {now} meanwhile.", hint="Look, then move it again.")
    return move_unit(definitions, code, to, since=None if given.get("past") == "restate" else _day(given))


def _day(given: Mapping[str, str]) -> date:
    text = given.get("since", "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        said = f"“{text[:40]}” is no day." if text else "From which day on is open."
        raise Conflict(said, hint="Write year-month-day, such as 2026-07-01.") from None
