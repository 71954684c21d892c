"""How the points of an assessment became its score (methodology §2.7, §2.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from fourfold.engine.assessment import Assessment, Part
from fourfold.engine.health import graded as graded_health
from fourfold.engine.smart.assess import graded as graded_smart
from fourfold.engine.workings.working import Plain, Working, plain


@dataclass(frozen=True)
class AssessmentWorking(Working):
    """The questions asked of a thing in their parts, with points, evidence and what would mend a gap."""

    kind: ClassVar[str] = "assessment"
    method: Literal["SMART", "HEALTH"]
    thing: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, found: Assessment) -> AssessmentWorking:
        """The working of an assessment."""
        return cls("HEALTH" if found.kind == "HEALTH" else "SMART", found.thing, found.parts)

    def assessment(self) -> Assessment:
        """The parts, put together."""
        grade = graded_health if self.method == "HEALTH" else graded_smart
        return grade(self.thing, self.parts)

    def answer(self) -> dict[str, Plain]:
        """The score of each part and of the whole, the grade, and why it was capped; None where nothing can be told."""
        found = self.assessment()
        return {
            "parts": {p.code: plain(p.score) for p in self.parts},
            "score": plain(found.score),
            "grade": found.grade,
            "cap": found.cap,
            "coverage": found.coverage,
        }

    def words(self) -> list[str]:
        """Each part, then each gap with what would mend it, the dearest first, then what could not be told."""
        found = self.assessment()
        said = [f"{p.name}: {_points(p.score)} ({p.coverage:.0%} could be told)." for p in self.parts]
        capped = f", capped because {found.cap}" if found.cap else ""
        said.append(f"Together: {_points(found.score)}{f' ({found.grade})' if found.grade else ''}{capped}.")
        for c in found.gaps:
            said.append(f"{c.code} {c.asks} {c.points:g} of {c.of:g}: {c.evidence}. {c.mend}".rstrip())
        return said + [f"{c.code} {c.asks} Not told: {c.evidence}." for c in found.untold]


def _points(score: float) -> str:
    return "–" if plain(score) is None else f"{score:.0f}"
