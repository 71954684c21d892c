"""How what is said of all KPIs together came about: balance, health index, drivers, likeness (methodology §8)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from fourfold.engine.explain import Trace, replay
from fourfold.engine.periods import Frequency
from fourfold.engine.portfolio.balance import evenness, shares
from fourfold.engine.portfolio.effort import Worth, middle_of, retire_list
from fourfold.engine.portfolio.redundancy import change_correlations
from fourfold.engine.scoring import floor_one_decimal
from fourfold.engine.workings.working import Plain, Series, Working, array, plain


@dataclass(frozen=True)
class BalanceWorking(Working):
    """Every use of a KPI with its perspective and role, and the weight of each perspective."""

    kind: ClassVar[str] = "balance"
    uses: tuple[tuple[str, str, str], ...]  # KPI, perspective, role
    weights: Mapping[str, float]

    def answer(self) -> dict[str, Plain]:
        """Shares of KPIs and of weight by perspective, their evenness 0..1, and the share of leading KPIs."""
        kpis = shares((perspective for _, perspective, _ in self.uses), self.weights)
        total = sum(self.weights.values())
        weight = {code: points / total if total else 0.0 for code, points in self.weights.items()}
        lead = sum(role == "lead" for *_, role in self.uses) / len(self.uses) if self.uses else None
        return {
            "kpis": kpis,
            "weight": weight,
            "kpi_index": evenness(kpis),
            "weight_index": evenness(weight),
            "lead": lead,
        }

    def words(self) -> list[str]:
        """The share of each perspective, and how even they are."""
        found = self.answer()
        kpis, weight = found["kpis"], found["weight"]
        assert isinstance(kpis, Mapping) and isinstance(weight, Mapping)
        said = [
            f"{code} has {_share(kpis[code])} of the KPIs and {_share(weight[code])} of the weight." for code in kpis
        ]
        said.append(f"Evenness (1: all the same): {_index(found['kpi_index'])} and {_index(found['weight_index'])}.")
        return [*said, f"{_share(found['lead'])} of the KPIs lead."]


@dataclass(frozen=True)
class HealthIndexWorking(Working):
    """The parts of the health index, 0 to 100 each, and those that nobody knows."""

    kind: ClassVar[str] = "health_index"
    parts: Mapping[str, float]
    left_out: tuple[str, ...]

    def answer(self) -> dict[str, Plain]:
        """The mean of the parts; None without any."""
        return {"index": math.fsum(self.parts.values()) / len(self.parts) if self.parts else None}

    def words(self) -> list[str]:
        """Each part, then the mean."""
        said = [f"{name.replace('_', ' ').capitalize()}: {value:.0f} of 100." for name, value in self.parts.items()]
        said += [f"{name.replace('_', ' ').capitalize()} is not known and left out." for name in self.left_out]
        index = self.answer()["index"]
        return [*said, f"The health index is their mean, {_points(index)}."]


@dataclass(frozen=True)
class RetireWorking(Working):
    """What each KPI costs a year in minutes, how many notes of a year speak of it, and its effective weight."""

    kind: ClassVar[str] = "retire"
    compared: tuple[Worth, ...]

    def answer(self) -> dict[str, Plain]:
        """The KPIs that cost more and are used and weigh less than the middle one, and the middle one's numbers."""
        cost, uses, weight = (plain(x) for x in middle_of(self.compared))
        return {"retire": list(retire_list(self.compared)), "cost": cost, "uses": uses, "weight": weight}

    def words(self) -> list[str]:
        """The middle KPI, and beside it each one that could go."""
        if not self.compared:
            return ["No KPI says how many minutes it takes (`effort_minutes`), so none can be compared."]
        cost, uses, weight = middle_of(self.compared)
        said = [
            f"Of {len(self.compared)} KPIs it is known what they cost. The middle one takes {cost:,.0f} minutes a "
            f"year, has {uses:g} notes in a year and {weight:.1%} of the weight."
        ]
        out = retire_list(self.compared)
        said += [
            f"{w.kpi}: {w.cost:,.0f} minutes, {w.uses} notes, {w.weight:.1%} of the weight; think about retiring it."
            for w in self.compared
            if w.kpi in out
        ]
        return said if out else [*said, "None costs more and is both used less and weighs less: none is to go."]


@dataclass(frozen=True)
class DriverWorking(Working):
    """The traces of all nodes above a KPI, of one unit and period, the scorecard last."""

    kind: ClassVar[str] = "driver"
    kpi: str
    traces: tuple[Trace, ...]

    def total(self, score: float | None = None) -> float | None:
        """The score of the scorecard rolled up again, with another score of the KPI where one is given."""
        name, scores = f"kpi:{self.kpi}", dict[str, float | None]()
        if score is not None:
            scores[name] = score
        for trace in self.traces:
            children = tuple(replace(c, score=scores.get(c.node, c.score)) for c in trace.children)
            scores[trace.node] = replay(replace(trace, children=children))
        return scores[self.traces[-1].node]

    def answer(self) -> dict[str, Plain]:
        """The total as it is, with the KPI at its target, with the KPI at nothing, and the points in between."""
        own = next(c.score for t in self.traces for c in t.children if c.node == f"kpi:{self.kpi}")
        if own is None or (total := self.total()) is None:
            return dict.fromkeys(("score", "total", "at_target", "at_nothing", "gain", "risk"))
        best, worst = self.total(max(own, 100.0)), self.total(0.0)
        assert best is not None and worst is not None
        return {
            "score": own,
            "total": total,
            "at_target": best,
            "at_nothing": worst,
            "gain": max(best - total, 0.0),
            "risk": max(total - worst, 0.0),
        }

    def words(self) -> list[str]:
        """The total as it is, and what the KPI could make of it."""
        a = self.answer()
        if a["total"] is None:
            return [f"KPI {self.kpi} or the scorecard has no score, so nothing can be said of what it moves."]
        return [
            f"The scorecard has {_score(a['total'])}, with KPI {self.kpi} at {_score(a['score'])}.",
            f"With the KPI at its target it would have {_score(a['at_target'])}, {_points(a['gain'])} more.",
            f"With the KPI at nothing it would have {_score(a['at_nothing'])}, {_points(a['risk'])} less.",
        ]


@dataclass(frozen=True)
class LikenessWorking(Working):
    """The figures of two KPIs over the same periods, and what their formulas have in common."""

    kind: ClassVar[str] = "likeness"
    first: str
    second: str
    frequency: Frequency
    figures: tuple[Series, Series]
    why: str = ""

    def answer(self) -> dict[str, Plain]:
        """Spearman's ρ of the changes, without the season, and the figures in common; None where they are too few."""
        rho, common = change_correlations(np.array([array(f) for f in self.figures]), self.frequency.season)
        return {"correlation": plain(float(rho[0, 1])), "common": int(common[0, 1])}

    def words(self) -> list[str]:
        """How alike their changes are, and why."""
        found = self.answer()
        r = found["correlation"]
        said = [f"{self.first} and {self.second} have {found['common']} {self.frequency.value}s in common."]
        if isinstance(r, float):
            said.append(f"The rank correlation of their changes, the season taken out, is {r:.2f}.".replace("-", "−"))
        return said + ([f"{self.why[0].upper()}{self.why[1:]}."] if self.why else [])


@dataclass(frozen=True)
class DifferenceWorking(Working):
    """Traces of a node without and with a scenario, and its scores under each choice of the scenario's parts.

    `runs` are keyed by the parts joined with a plus, in the order in which they are laid over the scorecard; the empty
    key is the scorecard as it is.
    """

    kind: ClassVar[str] = "difference"
    scenario: str
    parts: tuple[str, ...]
    base: Trace
    changed: Trace
    runs: Mapping[str, float | None]

    def answer(self) -> dict[str, Plain]:
        """Both scores worked out again, the change, and the points of each part; None where they cannot be told."""
        was, now = replay(self.base), replay(self.changed)
        change = None if was is None or now is None else now - was
        whole = change is not None and all(score is not None for score in self.runs.values())
        shared: dict[str, Plain] = {part: self._points(part) if whole else None for part in self.parts}
        return {"base": was, "scenario": now, "change": change, "parts": shared}

    def _points(self, part: str) -> float:
        """The mean effect of a part over all orders in which the parts could come (Shapley)."""
        total, count = 0.0, len(self.parts)
        for key, score in self.runs.items():
            there = key.split("+") if key else []
            if part in there or score is None:
                continue
            share = math.factorial(len(there)) * math.factorial(count - len(there) - 1) / math.factorial(count)
            with_it = self.runs["+".join(p for p in self.parts if p in (*there, part))]
            total += share * ((with_it or 0.0) - score)
        return total

    def words(self) -> list[str]:
        """Both scores, the change, and what each part did."""
        a = self.answer()
        if a["change"] is None:
            return [
                f"{self.base.node} has no score on one of the two sides: {self.base.status}, {self.changed.status}."
            ]
        said = [
            f"{self.base.node} has {_score(a['base'])} as it is and {_score(a['scenario'])} under “{self.scenario}”: "
            f"{_points(a['change'], sign=True)} points."
        ]
        parts = a["parts"]
        assert isinstance(parts, Mapping)
        if len(parts) > 1:
            said += [f"{part.capitalize()} make {_points(x, sign=True)} of them." for part, x in parts.items()]
        said += ["As it is:", *self.base.words(), "Under the scenario:", *self.changed.words()]
        return said


def _share(value: Plain) -> str:
    return f"{value:.0%}" if isinstance(value, float) else "–"


def _index(value: Plain) -> str:
    return f"{value:.2f}" if isinstance(value, float) else "–"


def _score(value: Plain) -> str:
    """A score as it is shown everywhere: floored, so that what looks like a limit has reached it."""
    return floor_one_decimal(value) if isinstance(value, float) else "–"


def _points(value: Plain, *, sign: bool = False) -> str:
    """A difference of scores."""
    if not isinstance(value, float):
        return "–"
    body = f"{value:{'+' if sign else ''}.1f}"
    return body.lstrip("+-") if float(body) == 0 else body.replace("-", "−")
