"""How SMART the goals behind KPIs are, and whether KPIs can be steered by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fourfold.engine.assessment import Assessment
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import did_you_mean, show
from fourfold.engine.workings import AssessmentWorking
from fourfold.engine.workings.working import plain
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown, rounded

if TYPE_CHECKING:
    import polars as pl

#: Columns of the frame; one row for each question of each KPI.
COLUMNS: Final = (
    "kpi",
    "unit",
    "part",
    "part_score",
    "question",
    "asks",
    "points",
    "of",
    "evidence",
    "mend",
    "score",
    "grade",
)
_NUMBERS: Final = frozenset({"part_score", "points", "of", "score"})


@dataclass(frozen=True, repr=False)
class Assessments(Shown):
    """Assessments of the KPIs of a unit, each with the evidence for every point."""

    definitions: Definitions
    name: str
    unit: str
    items: tuple[Assessment, ...]

    def at(self, kpi: str) -> Assessment:
        """The assessment of a KPI; raises `NotFound`."""
        found = {a.thing.removeprefix("kpi:"): a for a in self.items}
        if kpi not in found:
            raise NotFound(f"There is no {show(kpi)} here.", hint=did_you_mean(kpi, list(found), "KPI"))
        return found[kpi]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each KPI, the lowest score first; of one KPI one row for each gap."""
        d = self.definitions
        title = f"{self.name}: {d.organisation.name}, {d.unit[self.unit].name}"
        if not self.items:
            return (Sheet(title, ("KPI",), (), notes=("No KPI in use has figures here.",)),)
        parts = [p.name for p in self.items[0].parts]
        heads = ("KPI", *(p[:1] if self.name == "SMART" else p for p in parts), "Score", "", "Dearest gap")
        order = sorted(self.items, key=lambda a: (plain(a.score) is None, a.score))
        rows = tuple(self._row(a) for a in order)
        numbers = frozenset(heads[1 : len(parts) + 2])
        overview = Sheet(title, heads, rows, numbers, (0, len(heads) - 1))
        return (overview,) if len(self.items) > 1 else (overview, self._gaps(self.items[0]))

    def _row(self, a: Assessment) -> tuple[str, ...]:
        name = self.definitions.kpi[a.thing.removeprefix("kpi:")].name
        gap = a.gaps[0].mend if a.gaps else ""
        return name, *(rounded(plain(p.score)) for p in a.parts), rounded(plain(a.score)), a.grade, gap

    def _gaps(self, a: Assessment) -> Sheet:
        rows = tuple((c.code, c.asks, f"{c.points:g} of {c.of:g}", c.evidence, c.mend) for c in a.gaps)
        untold = tuple(f"Not told: {c.code} {c.asks} {c.evidence}." for c in a.untold)
        return Sheet("Gaps, the dearest first", ("", "Question", "Points", "Evidence", "What would mend it"), rows,
                     frozenset({"Points"}), (1, 3, 4), untold)  # fmt: skip

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each question of each KPI, columns `COLUMNS`; `points` are null where nobody can tell."""
        return cells(COLUMNS, self._cells(), frozenset(COLUMNS) - _NUMBERS)

    def _cells(self) -> Iterator[tuple[object, ...]]:
        for a in self.items:
            whole = (plain(a.score), a.grade)
            for p in a.parts:
                for c in p.criteria:
                    head = (a.thing.removeprefix("kpi:"), self.unit, p.code, plain(p.score))
                    yield *head, c.code, c.asks, c.points, c.of, c.evidence, c.mend, *whole

    def explain(self, kpi: str) -> WorkingExplanation:
        """Every part and gap of one KPI in sentences, with all questions."""
        return WorkingExplanation(AssessmentWorking.of(self.at(kpi)))
