"""The form of a KPI: what is completed from its other fields, and after how long a figure is due, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Final

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import Definitions, Target
from fourfold.engine.periods.lag import Lag, LagError

_MOST: Final = 4  # decimals that are more than a target somebody types by hand needs
_LARGE: Final = 100  # from here on a whole step is less than a hundredth
_AT_ONCE: Final = "at once"
_PART: Final = re.compile(r"(\d{1,4}) (months?|weeks?|days?|business days?)")


def decimals_for(unit: str, targets: Iterable[str]) -> int | None:
    """As many decimals as the targets need to be read as they were typed; None where the usual one will do.

    >>> decimals_for("EUR", ["0.35", "0.45"]), decimals_for("EUR", ["40000", "30000"]), decimals_for("count", ["3"])
    (2, 0, 0)
    >>> decimals_for("%", ["33"]), decimals_for("EUR", ["", "much"])
    (None, None)
    """
    numbers = [number for number in map(_number, targets) if number is not None]
    if not numbers:
        return None
    most = max(-int(number.normalize().as_tuple().exponent) for number in numbers)
    if most > 1:
        return min(most, _MOST)
    is_whole = unit.casefold() == "count" or min(map(abs, numbers)) >= _LARGE
    return 0 if most <= 0 and is_whole else None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def scored_from_now(written: Definitions, target: Target) -> Amendments:
    """The places of a KPI that was only watched because it had no target: with its first one it is scored."""
    if written.targets_of(target.kpi):
        return ()
    watched = [use for use in written.uses if use.kpi == target.kpi and use.monitor_only]
    return tuple(Amendment("uses", use, use.model_copy(update={"monitor_only": False})) for use in watched)


def lag_text(given: str) -> str:
    """A lag as people say it; what is none stays as it is.

    >>> lag_text("P1M5B"), lag_text("P0D"), lag_text("P1D"), lag_text("soon")
    ('1 month and 5 business days', 'at once', '1 day', 'soon')
    """
    try:
        lag = Lag.parse(given)
    except LagError:
        return given
    parts = ((lag.months, "month"), (lag.days, "day"), (lag.business_days, "business day"))
    said = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count]
    return " and ".join(said) or _AT_ONCE


def lag_of(text: str) -> str:
    """What somebody typed, as a file has it; what cannot be read stays as it is, for the check to complain about.

    >>> lag_of("1 month and 5 business days"), lag_of("At once"), lag_of("2 weeks"), lag_of("P3D"), lag_of("later")
    ('P1M5B', 'P0D', 'P14D', 'P3D', 'later')
    """
    parts = re.split(r",? and |, ", " ".join(text.casefold().split()))
    if parts == [_AT_ONCE]:
        return str(Lag())
    found = [_PART.fullmatch(part) for part in parts]
    count = {"m": 0, "w": 0, "d": 0, "b": 0}
    for each in found:
        if each is None:
            return text
        count[each[2][0]] += int(each[1])
    return str(Lag(count["m"], count["w"] * 7 + count["d"], count["b"]))
