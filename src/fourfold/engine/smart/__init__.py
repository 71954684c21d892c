"""How specific, measurable, achievable, relevant and timely the goal behind a KPI is (methodology §2.7)."""

from fourfold.engine.smart.assess import assess, grade_of
from fourfold.engine.smart.from_results import known_from
from fourfold.engine.smart.known import Known

__all__ = ["Known", "assess", "grade_of", "known_from"]
