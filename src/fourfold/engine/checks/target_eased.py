"""A target is not eased alone, nor again and again."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.target_revisions import histories, twice_in_a_year


@rule("TARGET-EASED", "A target was made easier without a second pair of eyes, or twice within a year")
def target_eased(d: Definitions) -> Iterator[Said]:
    """Who answers for a KPI does not lower its bar alone: a version that is easier than the one before names an
    `approver` who is neither the owner of the KPI nor the author. Two easings that begin within twelve months are a
    question to the owner. Source: §4.5, and G8 of §2.9.
    """
    for kpi in d.kpis:
        for history in histories(d, kpi):
            for revision in history.easings:
                target, thing = revision.target, f"target:{kpi.code}#{revision.place}"
                if target.approver is None or target.approver in (kpi.owner, target.author):
                    who = "nobody else agreed" if target.approver is None else f"{target.approver} approved it alone"
                    message = f"The target of KPI {kpi.code} from {target.since} on is easier than before, and {who}."
                    fix = "Name an `approver` who is neither its author nor the owner of the KPI."
                    yield Said(thing, message, fix, Level.WARNING)
            for first, second in twice_in_a_year(history.easings):
                thing = f"target:{kpi.code}#{second.place}"
                since = f"from {first.target.since} and from {second.target.since}"
                message = f"The target of KPI {kpi.code} was made easier twice within a year: {since} on."
                fix = "Ask what was learnt; show the original target beside the new one."
                yield Said(thing, message, fix, Level.WARNING)
