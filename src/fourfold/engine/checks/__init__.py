"""What can be wrong with definitions that can be read: one rule per file, each with a code that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fourfold.engine.checks.aggregation import aggregation
from fourfold.engine.checks.applicability import applicability
from fourfold.engine.checks.code_twice import code_twice
from fourfold.engine.checks.computed import computed
from fourfold.engine.checks.dates import dates
from fourfold.engine.checks.formula_circle import formula_circle
from fourfold.engine.checks.formula_name import formula_name
from fourfold.engine.checks.formula_text import formula_text
from fourfold.engine.checks.formula_unit import formula_unit
from fourfold.engine.checks.lags import lags
from fourfold.engine.checks.levels import levels
from fourfold.engine.checks.link_circle import link_circle
from fourfold.engine.checks.map_shape import map_shape
from fourfold.engine.checks.organisation import organisation
from fourfold.engine.checks.people import people
from fourfold.engine.checks.period_text import period_text
from fourfold.engine.checks.rule import Check
from fourfold.engine.checks.target_band import target_band
from fourfold.engine.checks.target_missing import target_missing
from fourfold.engine.checks.target_order import target_order
from fourfold.engine.checks.target_path import target_path
from fourfold.engine.checks.target_range import target_range
from fourfold.engine.checks.target_red_line import target_red_line
from fourfold.engine.checks.target_tolerance import target_tolerance
from fourfold.engine.checks.target_twice import target_twice
from fourfold.engine.checks.unit_tree import unit_tree
from fourfold.engine.checks.unknown_reference import unknown_reference
from fourfold.engine.checks.unused import unused
from fourfold.engine.checks.weights import weights
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, Place

__all__ = ["CHECKS", "Check", "check"]

_ALL: Final = (
    code_twice,
    unknown_reference,
    organisation,
    unit_tree,
    people,
    map_shape,
    weights,
    link_circle,
    computed,
    aggregation,
    levels,
    lags,
    applicability,
    formula_text,
    formula_name,
    formula_circle,
    formula_unit,
    unused,
    target_missing,
    period_text,
    target_band,
    target_order,
    target_path,
    target_range,
    target_red_line,
    target_tolerance,
    target_twice,
    dates,
)
#: Every check by its code.
CHECKS: Final[Mapping[str, Check]] = {c.code: c for c in _ALL}


def check(definitions: Definitions, places: Mapping[str, Place] | None = None) -> tuple[Finding, ...]:
    """What all checks have to say, in the order of files and lines; `places` are those of `Parsed`.

    Give completed definitions: what is left open is taken as left open. Never raises, however broken the references.
    """
    found = [finding for each in CHECKS.values() for finding in each.findings(definitions, places or {})]
    found.sort(key=lambda f: (f.place.file or "\uffff", f.place.line or 0, f.place.column or 0, -f.level))
    return tuple(found)
