"""The portfolio at its edges: the very day, share and number of figures at which something else is said."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.portfolio import balance, coverage, health_index, redundancy
from fourfold.engine.portfolio.balance import Balance, evenness, shares
from fourfold.engine.portfolio.coverage import Coverage, Use
from fourfold.engine.portfolio.effort import Collected, Collection, Worth, middle_of
from fourfold.engine.portfolio.redundancy import Likeness, average_linkage, change_correlations
from fourfold.engine.statuses import Status
from tests.engine.scorecards import LATER, figures, scorecard
from tests.engine.test_portfolio import collected, organisation

DAY = date(2026, 3, 15)
MONTH = Calendar().period(Frequency.MONTH, DAY)
NAN = math.nan


def kpi(code: str, due: int, there: int, points: int, **more: Any) -> Collected:
    usual: dict[str, Any] = {"on_time": None, "late_days": None, "ages": {}, "is_manual": True, "minutes": None}
    return Collected(code, due, there, points, **(usual | more))


@pytest.mark.parametrize(("days", "periods", "over"), [
    (90, None, False), (91, None, True), (None, None, True), (91, 4, False), (91, 5, True), (90, 5, False),
    (None, 4, False), (None, 5, True),
])  # fmt: skip
def test_a_kpi_is_out_of_use_when_neither_seen_for_90_days_nor_spoken_of_for_four_periods(
    days: int | None, periods: int | None, over: bool
) -> None:
    use = Use(None if days is None else DAY - timedelta(days=days), None if periods is None else MONTH.shift(-periods))
    assert use.is_over(DAY) is over


def test_the_share_covered_is_of_four_things_an_objective() -> None:
    def covered(objectives: int, *lists: tuple[str, ...]) -> Coverage:
        return Coverage(objectives, *lists, (), (), (), None)

    assert covered(2, ("a",), ("a", "b"), (), ("b",), ()).share == pytest.approx(1 - 4 / 8)
    assert covered(2, ("a",), ("a", "b"), (), ("b",), ("a",)).gaps == 5
    assert covered(1, (), (), (), (), ()).share == 1.0 and covered(0, (), (), (), (), ()).share is None
    assert covered(1, ("a",), ("a",), ("a",), ("a",), ()).share == 0.0


def test_only_planned_and_active_initiatives_work_on_an_objective_and_only_commitments_are_targets() -> None:
    def missing(state: str, kind: str, monitor_only: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        definitions = organisation(
            kpis=[{"code": "k", "name": "K"}], uses=[{"kpi": "k", "objective": "a", "monitor_only": monitor_only}],
            targets=[{"kpi": "k", "since": "2026-01", "kind": kind, "value": "1"}],
            initiatives=[{"code": "i", "name": "I", "objectives": ["a"], "state": state, "start": "2026-01-01",
                          "end": "2026-12-31"}],
        )  # fmt: skip
        found = coverage(definitions, as_of=DAY, statuses=dict.fromkeys("ab", Status.OFF))
        return found.off_target_without_initiative, found.without_target

    assert missing("planned", "commit", False) == missing("active", "commit", False) == (("b",), ("b", "c"))
    assert missing("done", "stretch", False) == missing("stopped", "commit", True) == (("a", "b"), ("a", "b", "c"))


def test_a_scorecard_without_weights_or_uses_has_no_shares_but_is_not_refused() -> None:
    perspectives = [{"code": c, "name": c, "weight": "0"} for c in ("p", "q")]
    objectives = [{"code": "o", "name": "O", "perspective": "p"}]
    found = balance(organisation(perspectives=perspectives, objectives=objectives))
    assert found.weight == {"p": 0.0, "q": 0.0} == found.kpis and found.lead is None
    assert shares([], ["a"]) == {"a": 0.0} and shares(["b", "a", "b", "b"], ["a", "c"]) == {
        "a": 0.25,
        "c": 0.0,
        "b": 0.75,
    }


@pytest.mark.parametrize(("parts", "wanted"), [
    ({}, None), ({"a": 1.0}, None), ({"a": 1.0, "b": 0.0}, 0.0), ({"a": 0.5, "b": 0.5}, 1.0),
    ({"a": 0.5, "b": 0.25, "c": 0.25}, 1.5 * math.log(2) / math.log(3)), ({"a": 0.0, "b": 0.0}, 0.0),
])  # fmt: skip
def test_evenness_is_the_entropy_by_the_greatest_there_can_be(parts: dict[str, float], wanted: float | None) -> None:
    found = evenness(parts)
    assert found == (None if wanted is None else pytest.approx(wanted))
    assert found is None or math.copysign(1.0, found) == 1.0


def test_what_is_not_applicable_is_not_due_only_from_the_first_figure_to_the_last_due_period() -> None:
    def due(*gone: tuple[str, str]) -> int:
        rows = [("k", "s", "2026-01", 1.0, 0, "2026-02-06T10:00:00")]
        found = collected([*rows, *(("k", unit, month, None, 2, "2026-03-01T10:00:00") for unit, month in gone)])
        return found.kpis[0].due

    assert due() == 2  # January and February
    assert due(("s", "2025-12")) == due(("s", "2026-03")) == due(("n", "2026-01")) == 2
    assert due(("s", "2026-02")) == 1


def test_work_is_counted_for_one_unit_at_least() -> None:
    assert collected([], effort_minutes=15).minutes == 15 * 12
    assert collected([], effort_minutes=15).kpis[0].points == 0
    assert collected([]).minutes == 0.0 and collected([]).kpis[0].minutes is None


def test_shares_of_all_kpis_are_of_their_figures() -> None:
    all_of = Collection((
        kpi("a", 10, 5, 9, on_time=0.2, minutes=30.0), kpi("b", 30, 30, 9, is_manual=False), kpi("c", 0, 0, 0),
    ))  # fmt: skip
    assert (all_of.completeness, all_of.on_time, all_of.manual, all_of.minutes) == (35 / 40, 0.2, 5 / 35, 30.0)
    assert [k.completeness for k in all_of.kpis] == [0.5, 1.0, None]
    nothing = Collection(())
    assert (nothing.completeness, nothing.on_time, nothing.manual, nothing.minutes) == (None, None, None, 0.0)


def test_the_middle_of_costs_uses_and_weights_is_their_median() -> None:
    compared = [Worth("a", 5.0, 9, 0.1), Worth("b", 1.0, 2, 0.4), Worth("c", 3.0, 1, 0.5), Worth("d", 4.0, 8, 0.2)]
    assert middle_of(compared) == pytest.approx((3.5, 5.0, 0.3))


BALANCED = Balance({}, {}, 0.5, None, None, {}, {}, ())
FULL = Coverage(1, (), (), (), (), (), (), (), (), None)


@pytest.mark.parametrize(("days", "used"), [(0, 100.0), (90, 100.0), (91, 0.0), (None, 0.0)])
def test_a_kpi_seen_within_90_days_is_in_use(days: int | None, used: float) -> None:
    use = {"a": Use(viewed=None if days is None else DAY - timedelta(days=days))}
    found = health_index(Collection((kpi("a", 1, 1, 1),)), FULL, BALANCED, as_of=DAY, use=use)
    assert found.parts["use"] == used and ("use" in found.weakest) is (used == 0.0)
    other = health_index(Collection((kpi("b", 1, 1, 1),)), FULL, BALANCED, as_of=DAY, use=use)
    assert other.parts["use"] == 0.0 and other.weakest["use"] == ("b",)


def test_each_part_of_health_names_what_pulls_it_down() -> None:
    three = (kpi("a", 3, 3, 12, ages={"x": 0.0}), kpi("b", 3, 2, 11, ages={"x": 0.5, "y": 0.0}), kpi("c", 0, 0, 13))
    bare = Coverage(2, ("o",), ("p", "o"), (), (), (), (), (), (), None)
    found = health_index(Collection(three), bare, Balance({}, {}, 0.5, 0.7, None, {}, {}, ()), as_of=DAY)
    assert found.weakest == {
        "completeness": ("b",), "freshness": ("b", "c"), "coverage": ("o", "p"), "signal_readiness": ("b",),
    }  # fmt: skip
    assert found.parts["signal_readiness"] == pytest.approx(200 / 3) and found.parts["balance"] == pytest.approx(60.0)
    assert found.parts["completeness"] == pytest.approx(500 / 6) and found.left_out == ("use",)
    nothing = health_index(Collection(()), Coverage(0, *[()] * 8, None), Balance({}, {}, None, None, None, {}, {}, ()),
                           as_of=DAY, use={})  # fmt: skip
    assert nothing.index is None and len(nothing.left_out) == 6 and nothing.weakest == {}


def ranks_by_hand(a: list[float], b: list[float]) -> float:
    """Spearman's ρ of the changes that both have."""
    pairs = [
        (a[t] - a[t - 1], b[t] - b[t - 1])
        for t in range(1, len(a))
        if all(map(math.isfinite, (*a[t - 1 : t + 1], *b[t - 1 : t + 1])))
    ]

    def ranks(values: list[float]) -> list[float]:
        return [sum(v < x for v in values) + (sum(v == x for v in values) + 1) / 2 for x in values]

    return float(np.corrcoef(ranks([p for p, _ in pairs]), ranks([q for _, q in pairs]))[0, 1])


@pytest.mark.parametrize(("n", "gaps", "known"), [
    (12, 0, True), (11, 0, False), (13, 1, False), (14, 1, True), (20, 3, True), (40, 5, True),
])  # fmt: skip
def test_likeness_of_changes_is_told_from_twelve_common_figures_on(n: int, gaps: int, known: bool) -> None:
    rng = np.random.default_rng(n)
    a, b = rng.integers(0, 9, (2, n)).astype(float)
    b[[5, 9, 12, 20, 30][:gaps]] = NAN
    rho, common = change_correlations(np.array([a, b, np.full(n, 4.0)]), 1)
    assert common.tolist() == [[n, n - gaps, n], [n - gaps] * 3, [n, n - gaps, n]]
    assert rho[0, 1] == rho[1, 0] or not known
    assert rho[0, 1] == pytest.approx(ranks_by_hand(a.tolist(), b.tolist()) if known else NAN, nan_ok=True)
    assert np.isnan(rho[2]).all() and np.isnan(rho[:, 2]).all()


def test_clusters_are_of_two_and_more_that_are_alike_enough_on_average() -> None:
    alike = np.array([[1.0, 0.75, 0.0], [0.75, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert average_linkage(alike, 0.75) == [[0, 1]] and average_linkage(alike, 0.76) == []
    chain = np.array([
        [0, 0.9, 0.5, 0.8], [0.9, 0, 0.5, 0.8], [0.5, 0.5, 0, 0.95], [0.8, 0.8, 0.95, 0],
    ])  # fmt: skip
    # 2 and 3 first, then 0 and 1; between the pairs 0.5, 0.8, 0.5, 0.8 are 0.65 on average
    assert average_linkage(chain, 0.66) == [[0, 1], [2, 3]] and average_linkage(chain, 0.65) == [[0, 1, 2, 3]]
    weighted = np.array([[0, 0.9, 0.8, 0.6], [0.9, 0, 0.8, 0.6], [0.8, 0.8, 0, 0.9 - 0.3], [0.6, 0.6, 0.6, 0]])
    assert average_linkage(weighted, 0.61) == [[0, 1, 2]] and average_linkage(weighted, 0.6 - 1e-9) == [[0, 1, 2, 3]]
    assert average_linkage(np.array([[1.0]]), 0.5) == []


@pytest.mark.parametrize(("value", "redundant"), [(0.9, True), (0.89, False), (1.0, True), (0.75, False)])
def test_ninety_percent_alike_is_redundant(value: float, redundant: bool) -> None:
    assert Likeness("a", "b", value, value, 12).is_redundant is redundant


@pytest.mark.parametrize(("health", "lead", "weights", "kept"), [
    ({}, "", {}, "x"), ({}, "", {"y": 2}, "y"), ({}, "y", {"x": 9}, "y"), ({"y": 0.5}, "x", {"x": 9}, "y"),
    ({"x": 0.6, "y": 0.5}, "y", {"y": 9}, "x"), ({"x": 0.5, "y": 0.5}, "", {"y": 2}, "y"),
])  # fmt: skip
def test_of_kpis_that_say_the_same_the_healthiest_then_a_leading_then_the_heaviest_is_kept(
    health: dict[str, float], lead: str, weights: dict[str, float], kept: str
) -> None:
    definitions = scorecard(
        {"code": "m"}, {"code": "n"}, {"code": "x", "formula": "m + n"}, {"code": "y", "formula": "n + m"},
        weights=weights,
    )  # fmt: skip
    uses = tuple(u.model_copy(update={"role": "lead"}) if u.kpi == lead else u for u in definitions.uses)
    definitions = definitions.model_copy(update={"uses": uses})
    found = redundancy(definitions, figures(), as_of=LATER, health=health)
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.value, pair.why) == ("x", "y", 1.0, "the same formula")
    assert [(c.kpis, c.keep) for c in found.clusters] == [(("x", "y"), kept)]
