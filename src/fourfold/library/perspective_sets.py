"""Sets of perspectives to begin with (methodology §1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fourfold.engine.definitions import Perspective


@dataclass(frozen=True, slots=True)
class PerspectiveSet:
    """Perspectives that belong together, for a kind of organisation."""

    name: str
    words: str
    perspectives: tuple[Perspective, ...]


def _set(name: str, words: str, *rows: tuple[int, str, str, str]) -> PerspectiveSet:
    made = tuple(Perspective(code=code, name=called, question=asks, rank=rank) for rank, code, called, asks in rows)
    return PerspectiveSet(name, words, made)


_PROCESS: Final = ("process", "Internal process", "What must we do better than anybody?")
_PEOPLE: Final = ("learning", "Learning and growth", "How do we keep the ability to change and improve?")
#: By the word that an address says.
SETS: Final[Mapping[str, PerspectiveSet]] = {
    "commercial": _set(
        "Commercial", "for a company that earns its living",
        (0, "financial", "Financial", "To succeed, how must we appear to those who own us?"),
        (1, "customer", "Customer", "To achieve our vision, how must we appear to our customers?"),
        (2, *_PROCESS), (3, *_PEOPLE),
    ),
    "public_sector": _set(
        "Public sector", "where the mission is on top, and money is a condition",
        (0, "mission", "Mission", "What good do we do for the public?"),
        (1, "citizens", "Citizens and stakeholders", "How must those we serve see us?"),
        (1, "budget", "Budget and resources", "How do we look after what we are given?"),
        (2, *_PROCESS), (3, *_PEOPLE),
    ),
    "nonprofit": _set(
        "Non-profit", "where the one who pays and the one who receives differ",
        (0, "mission", "Mission and impact", "What becomes better because of us?"),
        (1, "beneficiaries", "Beneficiaries", "How must those we help see us?"),
        (1, "donors", "Donors and funders", "Why do people trust us with their money?"),
        (1, "stewardship", "Financial stewardship", "How do we look after what we are given?"),
        (2, *_PROCESS), (3, *_PEOPLE),
    ),
    "health": _set(
        "Health", "for hospitals and others that care for people under rules",
        (0, "outcomes", "Mission and outcomes", "How much healthier are people because of us?"),
        (1, "patients", "Patients", "How must patients and families see us?"),
        (1, "finance", "Finance", "How do we live within our means?"),
        (2, "care", "Care processes", "What must we do well every time?"),
        (3, "people", "People and capability", "How do we keep and grow those who do it?"),
    ),
}  # fmt: skip
