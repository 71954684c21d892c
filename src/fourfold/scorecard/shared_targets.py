"""A target that was shared out over units, set: one target for each of them, as amendments."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.cascade import CannotAllocate
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.periods import PeriodError
from fourfold.engine.target_versions import became_known
from fourfold.scorecard.allocated_targets import AllocatedTargets

#: What else of a target that adds up is shared out with it, in proportion.
_AMOUNTS: Final = ("red_line", "floor", "stretch", "baseline")
_FINEST: Final = Decimal("1E-6")


def shared_targets(found: AllocatedTargets, written: Definitions, since: str, *, author: str | None) -> Amendments:
    """A target from the period `since` on for each unit, in place of one that begins there already.

    The way to a target that adds up is that of the target above: its path and due period, its anchors in proportion.
    Raises `CannotAllocate` where a unit got no part, or `since` is no period of the KPI.
    """
    kpi = found.kpi
    try:
        begin = written.calendar.parse(since, kpi.frequency)
    except PeriodError as error:
        raise CannotAllocate(f"“{since[:30]}” is no period of {kpi.name}.", hint=error.hint) from None
    parts = _parts(found)
    if lacking := [written.unit[unit].name for unit, part in parts.items() if part is None]:
        raise CannotAllocate(f"{', '.join(lacking)} would get no target.", hint="Give each unit a key.")
    above = target_above(written, kpi, found.unit, begin.ordinal)
    shape = _shape(above, Decimal(found.working.target)) if above is not None and not found.working.is_ratio else {}
    amendments = []
    for unit, part in parts.items():
        assert part is not None
        before = _there(written, kpi, unit, begin.ordinal)
        fields: dict[str, object] = {"value": part, **_scaled(shape, above, part)}
        if before is not None:
            after = before.model_copy(update=fields)
        else:
            reason = "new_information" if _has(written, kpi, unit) else "initial"
            after = Target.model_validate(
                {"kpi": kpi.code, "unit": unit, "since": begin.short_id, "author": author, "reason": reason, **fields}
            )
        if after != before:
            amendments.append(Amendment("targets", before, after))
    return tuple(amendments)


def _parts(found: AllocatedTargets) -> dict[str, Decimal | None]:
    """The target of each unit, exact where it adds up."""
    if found.working.is_ratio:
        ratios = (None if p is None else _rounded(Decimal(repr(p))) for p in found.working.parts())
        return dict(zip(found.below, ratios, strict=True))
    given = found.working.answer()["parts"]
    assert isinstance(given, list)
    sums: list[Decimal | None] = [Decimal(str(part)) for part in given]
    return dict(zip(found.below, sums or [None] * len(found.below), strict=True))


def _rounded(value: Decimal) -> Decimal:
    """To six decimals, without zeros at the end and without a power of ten."""
    return Decimal(f"{value.quantize(_FINEST).normalize():f}")


def target_above(written: Definitions, kpi: Kpi, unit: str, begin: int) -> Target | None:
    """The target that holds in a unit in the period with the ordinal `begin`: its own, else that of all units."""
    for own in (unit, None):
        held = [t for t in _commits(written, kpi, own) if _ordinal(written, kpi, t) <= begin]
        if held:
            return max(held, key=lambda t: (_ordinal(written, kpi, t), became_known(t)))
    return None


def _there(written: Definitions, kpi: Kpi, unit: str, begin: int) -> Target | None:
    return next((t for t in _commits(written, kpi, unit) if _ordinal(written, kpi, t) == begin), None)


def _has(written: Definitions, kpi: Kpi, unit: str) -> bool:
    return bool(_commits(written, kpi, unit))


def _commits(written: Definitions, kpi: Kpi, unit: str | None) -> list[Target]:
    return [t for t in written.targets_of(kpi.code) if t.unit == unit and t.kind == "commit"]


def _ordinal(written: Definitions, kpi: Kpi, target: Target) -> int:
    return written.calendar.parse(target.since, kpi.frequency).ordinal


def _shape(above: Target, shared: Decimal) -> dict[str, object]:
    """The way of the target above, where it is the one that was shared out."""
    if above.value is None or not above.value or above.value != shared:
        return {}
    fields = ("due", "path", "half_life", "shares", "steps", *_AMOUNTS)
    return {name: getattr(above, name) for name in fields if name in above.model_fields_set}


def _scaled(shape: dict[str, object], above: Target | None, part: Decimal) -> dict[str, object]:
    """The same way for a part: amounts in proportion, to six decimals."""
    if not shape or above is None or not above.value:
        return {}
    share = part / above.value
    found = dict(shape)
    for name in _AMOUNTS:
        if isinstance(amount := shape.get(name), Decimal):
            found[name] = _rounded(amount * share)
    if above.steps and "steps" in shape:
        found["steps"] = {period: _rounded(amount * share) for period, amount in above.steps.items()}
    return found
