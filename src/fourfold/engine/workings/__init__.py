"""Workings: every result with the inputs it was made from, in words, as JSON, and to be replayed (methodology §3.10).

How the score of a KPI or node came about is in `fourfold.engine.explain`, which has traces of its own.
"""

from fourfold.engine.workings.alignment import AlignmentWorking
from fourfold.engine.workings.allocation import AllocationWorking
from fourfold.engine.workings.assessment import AssessmentWorking
from fourfold.engine.workings.drivers import DriversWorking
from fourfold.engine.workings.evidence import EvidenceWorking, LinkFigures
from fourfold.engine.workings.gaming import AskedFigures, GamingWorking
from fourfold.engine.workings.intervention import InterventionWorking
from fourfold.engine.workings.outlook import OutlookWorking
from fourfold.engine.workings.portfolio import (
    BalanceWorking,
    DifferenceWorking,
    DriverWorking,
    HealthIndexWorking,
    LikenessWorking,
    RetireWorking,
)
from fourfold.engine.workings.proposals import Benchmark, ForecastAhead, ProposalsWorking
from fourfold.engine.workings.track_record import RecordWorking
from fourfold.engine.workings.working import NoWorking, Working, replay

__all__ = [
    "AlignmentWorking", "AllocationWorking", "AskedFigures", "AssessmentWorking", "BalanceWorking", "Benchmark",
    "DifferenceWorking", "DriverWorking", "DriversWorking", "EvidenceWorking", "ForecastAhead", "GamingWorking",
    "HealthIndexWorking", "InterventionWorking", "LikenessWorking", "LinkFigures", "NoWorking", "OutlookWorking",
    "ProposalsWorking", "RecordWorking", "RetireWorking", "Working", "replay",
]  # fmt: skip
