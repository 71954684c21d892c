"""Whether a KPI can be steered by: twenty-four questions in six dimensions (methodology §2.8)."""

from fourfold.engine.health.assess import assess, graded
from fourfold.engine.health.classify import Label, classify
from fourfold.engine.health.conduct import ROLES
from fourfold.engine.health.record import Record

__all__ = ["ROLES", "Label", "Record", "assess", "classify", "graded"]
