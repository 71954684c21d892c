"""Somebody answers for every objective and every KPI."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.words import choices

LISTED = 12


@rule("OWNER-MISSING", "Nobody answers for an objective or a KPI (V05)", gate=True)
def owner_missing(d: Definitions) -> Iterator[Said]:
    """Every objective, and every KPI that an objective uses, has exactly one owner.

    A folder without owners can be evaluated, so this is a warning; a draft strategy does not become active with it.
    Where no people are defined at all it is said once.
    """
    used = {u.kpi for u in d.uses}
    lacking = [("objective", o.code) for o in d.objectives if o.owner is None]
    lacking += [("kpi", k.code) for k in d.kpis if k.owner is None and k.code in used and k.state != "retired"]
    if not d.people and lacking:
        shown = [code for _, code in lacking[:LISTED]] + ([f"{len(lacking) - LISTED} more"] if lacking[LISTED:] else [])
        message = f"Nobody answers for {choices(shown, 'and')} (V05)."
        yield Said("organisation", message, "Add `people:`, and `owner:` to each objective and KPI.", Level.WARNING)
        return
    for noun, code in lacking:
        called = "KPI" if noun == "kpi" else "Objective"
        message = f"{called} {code} has no owner, so nobody answers for it (V05)."
        yield Said(f"{noun}:{code}", message, "Add `owner:` with the code of one person.", Level.WARNING)
