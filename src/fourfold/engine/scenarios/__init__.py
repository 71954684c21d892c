"""What-if: a scenario is an overlay of figures, targets, weights and structure; both sides run through one engine."""

from fourfold.engine.scenarios.comparison import Comparison, Difference, Side, side_by_side
from fourfold.engine.scenarios.scenario import Part, Scenario, ScenarioError, lay_over
from fourfold.engine.scenarios.what_if import replaced, what_if

__all__ = [
    "Comparison",
    "Difference",
    "Part",
    "Scenario",
    "ScenarioError",
    "Side",
    "lay_over",
    "replaced",
    "side_by_side",
    "what_if",
]
