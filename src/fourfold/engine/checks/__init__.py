"""What can be wrong with definitions that can be read: one rule per file, each with a code that never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

from fourfold.engine.checks.aggregation import aggregation
from fourfold.engine.checks.applicability import applicability
from fourfold.engine.checks.cascade import cascade
from fourfold.engine.checks.classification import classification
from fourfold.engine.checks.code_twice import code_twice
from fourfold.engine.checks.computed import computed
from fourfold.engine.checks.custom_field import custom_field
from fourfold.engine.checks.dates import dates
from fourfold.engine.checks.driver_dead_end import driver_dead_end
from fourfold.engine.checks.driver_missing import driver_missing
from fourfold.engine.checks.former_parents import former_parents
from fourfold.engine.checks.formula_circle import formula_circle
from fourfold.engine.checks.formula_fit import formula_fit
from fourfold.engine.checks.formula_name import formula_name
from fourfold.engine.checks.formula_text import formula_text
from fourfold.engine.checks.formula_unit import formula_unit
from fourfold.engine.checks.headcount import headcount
from fourfold.engine.checks.initiative_objective import initiative_objective
from fourfold.engine.checks.lags import lags
from fourfold.engine.checks.lead_missing import lead_missing
from fourfold.engine.checks.lead_share import lead_share
from fourfold.engine.checks.levels import levels
from fourfold.engine.checks.link_circle import link_circle
from fourfold.engine.checks.link_down import link_down
from fourfold.engine.checks.link_hypothesis import link_hypothesis
from fourfold.engine.checks.map_path import map_path
from fourfold.engine.checks.map_shape import map_shape
from fourfold.engine.checks.map_size import map_size
from fourfold.engine.checks.money import money
from fourfold.engine.checks.objective_activity import objective_activity
from fourfold.engine.checks.objective_kpis import objective_kpis
from fourfold.engine.checks.objective_statement import objective_statement
from fourfold.engine.checks.objective_twins import objective_twins
from fourfold.engine.checks.objective_vague import objective_vague
from fourfold.engine.checks.organisation import organisation
from fourfold.engine.checks.owner_missing import owner_missing
from fourfold.engine.checks.people import people
from fourfold.engine.checks.period_text import period_text
from fourfold.engine.checks.rate_missing import rate_missing
from fourfold.engine.checks.rates import rates
from fourfold.engine.checks.rule import Check
from fourfold.engine.checks.scoring_profile import scoring_profile
from fourfold.engine.checks.season import season
from fourfold.engine.checks.step_twice import step_twice
from fourfold.engine.checks.target_band import target_band
from fourfold.engine.checks.target_eased import target_eased
from fourfold.engine.checks.target_missing import target_missing
from fourfold.engine.checks.target_order import target_order
from fourfold.engine.checks.target_path import target_path
from fourfold.engine.checks.target_range import target_range
from fourfold.engine.checks.target_red_line import target_red_line
from fourfold.engine.checks.target_tolerance import target_tolerance
from fourfold.engine.checks.target_twice import target_twice
from fourfold.engine.checks.theme_width import theme_width
from fourfold.engine.checks.unit_tree import unit_tree
from fourfold.engine.checks.unknown_reference import unknown_reference, unknown_within
from fourfold.engine.checks.unused import unused
from fourfold.engine.checks.vision import vision
from fourfold.engine.checks.waiving import waive
from fourfold.engine.checks.weights import weights
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, Level, Place

__all__ = ["CHECKS", "GATES", "Check", "check", "keeps_inactive"]

_ALL: Final = (
    code_twice,
    unknown_reference,
    organisation,
    custom_field,
    rates,
    unit_tree,
    former_parents,
    people,
    map_shape,
    map_size,
    map_path,
    vision,
    theme_width,
    objective_statement,
    objective_activity,
    objective_vague,
    objective_twins,
    objective_kpis,
    owner_missing,
    lead_missing,
    lead_share,
    driver_dead_end,
    driver_missing,
    link_down,
    link_hypothesis,
    initiative_objective,
    cascade,
    weights,
    link_circle,
    computed,
    aggregation,
    levels,
    season,
    scoring_profile,
    lags,
    money,
    rate_missing,
    applicability,
    formula_text,
    formula_name,
    formula_fit,
    formula_circle,
    formula_unit,
    classification,
    headcount,
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
    target_eased,
    step_twice,
    dates,
)
#: Every check by its code.
CHECKS: Final[Mapping[str, Check]] = {c.code: c for c in _ALL}


#: The checks whose findings keep a draft strategy from becoming active.
GATES: Final = frozenset(c.code for c in _ALL if c.gate)


def check(
    definitions: Definitions, places: Mapping[str, Place] | None = None, *, today: date | None = None,
    within: Definitions | None = None, referring: Definitions | None = None,
) -> tuple[Finding, ...]:  # fmt: skip
    """What all checks have to say, in the order of files and lines; `places` are those of `Parsed`.

    Give completed definitions: what is left open is taken as left open. Never raises, however broken the references.
    `today` decides which waivers of the strategy still hold; without it none does, and every finding counts. Where the
    definitions are a part of others, `within`, whether codes refer to something is looked at in those: the codes of the
    part, else those of `referring`.
    """
    found: list[Finding] = []
    for each in CHECKS.values():
        if each is unknown_reference and within is not None:
            each, part = replace(each, rule=partial(unknown_within, d=within)), referring or definitions
        else:
            part = definitions
        found += each.findings(part, places or {})
    if today is not None:
        found = list(waive(found, definitions.strategy.waivers, today=today, gates=GATES))
    found.sort(key=lambda f: (f.place.file or "\uffff", f.place.line or 0, f.place.column or 0, -f.level))
    return tuple(found)


def keeps_inactive(findings: Iterable[Finding]) -> list[Finding]:
    """What keeps a draft strategy from becoming active: errors, and whatever a gate says and nobody has waived."""
    return [f for f in findings if f.level is Level.ERROR or (f.code in GATES and f.level is Level.WARNING)]
