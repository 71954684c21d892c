"""The KPIs of a scorecard looked at together: which say the same, what is missing, what moves the whole (§8).

How ambitious the targets are together is in `fourfold.engine.ambition`.
"""

from fourfold.engine.portfolio.balance import Balance, balance
from fourfold.engine.portfolio.coverage import UNSEEN, Coverage, Use, coverage, unused, uses_of
from fourfold.engine.portfolio.drivers import Driver, Drivers, Robustness, drivers, weight_robustness
from fourfold.engine.portfolio.effort import (
    Collected,
    Collection,
    Worth,
    collection,
    middle_of,
    retire_list,
    spoken_of,
    worths,
)
from fourfold.engine.portfolio.health import Health, health_index
from fourfold.engine.portfolio.redundancy import Cluster, Likeness, Redundancy, redundancy

__all__ = [
    "UNSEEN",
    "Balance",
    "Cluster",
    "Collected",
    "Collection",
    "Coverage",
    "Driver",
    "Drivers",
    "Health",
    "Likeness",
    "Redundancy",
    "Robustness",
    "Use",
    "Worth",
    "balance",
    "collection",
    "coverage",
    "drivers",
    "health_index",
    "middle_of",
    "redundancy",
    "retire_list",
    "spoken_of",
    "unused",
    "uses_of",
    "weight_robustness",
    "worths",
]
