"""R: it matters to the strategy."""

from __future__ import annotations

from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.smart.known import Known
from fourfold.engine.words import show

FIT, TWIN = 0.60, 0.90


def relevant(known: Known) -> Part:
    """The part R."""
    return Part("R", "Relevant", (_used(known), _fit(known), _path(known), _review(known), _twin(known)))


def _used(known: Known) -> Criterion:
    active = known.definitions.strategy.state == "active"
    named = known.definitions.objective
    names = [named[o].name if o in named else o for o in known.objectives]
    evidence = f"used by {', '.join(map(show, names))}" if names else "used by no objective"
    evidence += "" if active else f", and the strategy is {known.definitions.strategy.state}"
    fine = active and bool(known.objectives)
    mend = "Place it on an objective of a strategy that is live (`state: active`)."
    return Criterion("R1", "Does an objective use it?", 30.0 * fine, 30, evidence, mend)


def _fit(known: Known) -> Criterion:
    asks = "Does it fit the objective?"
    if any(u.fit_confirmed for u in known.definitions.uses if u.kpi == known.kpi.code):
        return Criterion("R2", asks, 20, 20, "the owner has confirmed the fit")
    if known.fit is None:
        return Criterion(
            "R2", asks, None, 20, "its likeness to the objective is not known, and nobody has confirmed the fit"
        )
    evidence = f"more like the objective than {known.fit:.0%} of all KPIs"
    mend = "Ask the owner, and write `fit_confirmed: true` at its use; or choose a KPI that is closer."
    return Criterion("R2", asks, 20.0 * (known.fit > FIT), 20, evidence, mend)


def _path(known: Known) -> Criterion:
    asks, mend = "Does its objective lead to the top?", "Link its objective, over others, to one of the top row."
    found = [path for o in known.objectives if (path := known.graph.path_to_top(o)) is not None]
    if not found:
        return Criterion("R3", asks, 0, 20, "no way of links leads from its objective to the top row", mend)
    return Criterion("R3", asks, 20, 20, " → ".join(sorted(found, key=len)[0]))


def _review(known: Known) -> Criterion:
    asks, mend = "Has a review looked at it?", "Comment on it in the next review."
    if known.reviewed is None:
        return Criterion("R4", asks, None, 15, "reviews are not known")
    evidence = (
        "a comment or decision in the last twelve months"
        if known.reviewed
        else "no comment or decision in twelve months"
    )
    return Criterion("R4", asks, 15.0 * known.reviewed, 15, evidence, mend)


def _twin(known: Known) -> Criterion:
    asks = "Does it say something of its own?"
    mates = {u.kpi for u in known.definitions.uses if u.objective in known.objectives} - {known.kpi.code}
    if not mates:
        return Criterion("R5", asks, 15, 15, "the only KPI of its objective")
    if known.twins is None:
        return Criterion("R5", asks, None, 15, "its likeness to the other KPIs is not known")
    close = {code: r for code, r in known.twins.items() if code in mates and r >= TWIN}
    if not close:
        return Criterion("R5", asks, 15, 15, f"no other KPI of its objective with redundancy {TWIN} or more")
    code, likeness = max(close.items(), key=lambda item: item[1])
    mend = "Keep the healthier one of the two."
    return Criterion("R5", asks, 0, 15, f"redundancy {likeness:.2f} with {code}", mend)
