"""What people define: frozen, checked types, one noun per file; text becomes them by parse → complete → check."""

from fourfold.engine.definitions.custom_field import CustomField
from fourfold.engine.definitions.initiative import Initiative, Milestone
from fourfold.engine.definitions.kpi import Kpi
from fourfold.engine.definitions.kpi_use import KpiUse
from fourfold.engine.definitions.link import Link
from fourfold.engine.definitions.note import Note
from fourfold.engine.definitions.objective import Objective
from fourfold.engine.definitions.organisation import Organisation
from fourfold.engine.definitions.person import Person
from fourfold.engine.definitions.perspective import Perspective
from fourfold.engine.definitions.rate import Rate
from fourfold.engine.definitions.scorecard import Definitions
from fourfold.engine.definitions.step import Step
from fourfold.engine.definitions.strategy import Strategy, SuccessFactor
from fourfold.engine.definitions.target import Target
from fourfold.engine.definitions.theme import Theme
from fourfold.engine.definitions.unit import FormerParent, Unit
from fourfold.engine.definitions.waiver import Waiver

__all__ = [
    "CustomField",
    "Definitions",
    "FormerParent",
    "Initiative",
    "Kpi",
    "KpiUse",
    "Link",
    "Milestone",
    "Note",
    "Objective",
    "Organisation",
    "Person",
    "Perspective",
    "Rate",
    "Step",
    "Strategy",
    "SuccessFactor",
    "Target",
    "Theme",
    "Unit",
    "Waiver",
]
