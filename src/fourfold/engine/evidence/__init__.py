"""Evidence for the links of a strategy map: what the figures say about a cause-and-effect hypothesis (methodology §7).

The sign and the lag window are written down before anybody looks. Both series are freed of growth, season, trend and
memory; the strongest correlation in the window is compared with what shuffled drivers give; all links are tested
together. One of five verdicts comes out, in fixed words that never claim more than a correlation can.
"""

from fourfold.engine.evidence.granger import Granger, granger
from fourfold.engine.evidence.hypotheses import hypothesis, map_pairs
from fourfold.engine.evidence.initiatives import Around, around_initiatives
from fourfold.engine.evidence.link_test import Evidence, Hypothesis, Pair, SeriesError, evidence_of
from fourfold.engine.evidence.permutation import Strongest, kept, smallest_visible, strongest
from fourfold.engine.evidence.stationary import Whitened, stationary, whitened
from fourfold.engine.evidence.step import Intervention, Step, before_and_after, step
from fourfold.engine.evidence.verdict import BANNED, LinkTest, Verdict

__all__ = [
    "BANNED",
    "Around",
    "Evidence",
    "Granger",
    "Hypothesis",
    "Intervention",
    "LinkTest",
    "Pair",
    "SeriesError",
    "Step",
    "Strongest",
    "Verdict",
    "Whitened",
    "around_initiatives",
    "before_and_after",
    "evidence_of",
    "granger",
    "hypothesis",
    "kept",
    "map_pairs",
    "smallest_visible",
    "stationary",
    "step",
    "strongest",
    "whitened",
]
