"""The KPIs of a scorecard looked at together: what repeats, what is missing, what moves the total, what it costs."""

from __future__ import annotations

import math
import statistics
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fourfold
from fourfold.engine.amendments import amend, removal
from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Definitions, Note
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import evaluate
from fourfold.engine.formulas import parse
from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.portfolio import (
    Collection,
    Use,
    balance,
    collection,
    coverage,
    drivers,
    health_index,
    redundancy,
    retire_list,
    spoken_of,
    weight_robustness,
    worths,
)
from fourfold.engine.portfolio.balance import Balance, _warnings, evenness
from fourfold.engine.portfolio.effort import Worth, middle_of
from fourfold.engine.portfolio.formula_likeness import canonical, spelling
from fourfold.engine.portfolio.redundancy import average_linkage, change_correlations
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.scorecards import COLUMNS, figures, judged, scorecard

EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
GOAL = {"value": "100", "red_line": "50"}
DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def organisation(**parts: Any) -> Definitions:
    """Two perspectives, three objectives, whatever else is said."""
    return complete(
        Definitions.model_validate({
            "organisation": {"code": "org", "name": "Org"},
            "units": [{"code": "all", "name": "All"}],
            "people": [{"code": "alice", "name": "Alice"}],
            "strategy": {"code": "s", "name": "S"},
            "perspectives": [{"code": "finance", "name": "Finance", "weight": "1"},
                             {"code": "people", "name": "People", "weight": "3"}],
            "objectives": [{"code": "a", "name": "A", "perspective": "finance", "themes": ["t"], "owner": "alice"},
                           {"code": "b", "name": "B", "perspective": "people"},
                           {"code": "c", "name": "C", "perspective": "people", "themes": ["u"]}],
            "themes": [{"code": "t", "name": "T"}, {"code": "u", "name": "U"}],
            **parts,
        })
    )  # fmt: skip


def rows_of(series: dict[str, Floats], first: str = "2020-01") -> pl.DataFrame:
    start = Calendar().parse(first)
    rows = [
        (code, "all", start.shift(i).short_id, float(v), None, None, 0, 0)
        for code, values in series.items()
        for i, v in enumerate(values)
        if math.isfinite(v)
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


# Drivers of the total.


@given(companies())
@settings(max_examples=40)
def test_the_tree_rolled_up_for_the_drivers_is_that_of_the_engine(company: Company) -> None:
    evaluation = evaluate(company.definitions, company.rows, as_of=AS_OF)
    nodes, top = evaluation.nodes, evaluation.nodes.index["scorecard"]
    for u, unit in enumerate(nodes.units):
        for p, period in enumerate(nodes.periods):
            found = drivers(evaluation, unit=unit, period=period).score
            expected = float(nodes.score[top, u, p])
            assert (found is None and math.isnan(expected)) or found == pytest.approx(expected, abs=2e-6)


@given(companies(), st.integers(0, 10**6))
@settings(max_examples=25)
def test_a_driver_says_what_a_new_evaluation_would_say(company: Company, pick: int) -> None:
    """Put a KPI at a score of 0 by hand, roll up again with the engine's own nodes, and compare."""
    from fourfold.engine.nodes import roll_up_nodes

    evaluation = evaluate(company.definitions, company.rows, as_of=AS_OF)
    root, p = company.definitions.root.code, max(len(evaluation.periods) - 1 - pick % 3, 0)
    found = drivers(evaluation, unit=root, period=evaluation.periods[p])
    if not found.drivers:
        return
    driver = found.drivers[pick % len(found.drivers)]
    at = evaluation.kpis.index[f"kpi:{driver.kpi}"], evaluation.kpis.units.index(root), p
    evaluation.kpis.score[at], evaluation.kpis.status[at] = 0.0, Status.OFF
    nodes = roll_up_nodes(company.definitions, evaluation.kpis)
    after = float(nodes.score[nodes.index["scorecard"], at[1], p])
    assert found.score is not None
    assert driver.risk == pytest.approx(max(found.score - after, 0.0), abs=2e-6)


def test_the_gains_of_a_plain_mean_add_up_to_what_is_missing_to_100() -> None:
    goals = [{"kpi": c, **GOAL} for c in "abc"]
    kpis, weights = [{"code": c} for c in "abc"], {"a": 5, "b": 3, "c": 2}
    definitions = scorecard(*kpis, targets=goals, weights=weights)
    evaluation = judged(definitions, figures(("a", "2026-01", 80), ("b", "2026-01", 60), ("c", "2026-01", 130)))
    found = drivers(evaluation, unit="all", period="2026-01")
    assert found.score == pytest.approx(78.0)
    assert sum(d.gain for d in found.drivers) == pytest.approx(22.0)
    rows = {d.kpi: (d.weight, d.gain, d.risk, d.per_unit) for d in found.drivers}
    assert rows["a"] == pytest.approx((0.5, 10.0, 40.0, 0.5))
    assert rows["b"] == pytest.approx((0.3, 12.0, 18.0, 0.3))
    assert rows["c"] == pytest.approx((0.2, 0.0, 20.0, 0.2))
    assert [d.kpi for d in found.drivers] == ["a", "b", "c"]


def test_a_kpi_gains_what_its_own_profile_gives_at_the_target() -> None:
    curve = {"scoring": "custom", "curve_values": [0, 100], "curve_scores": [0, 90]}
    kpis = [{"code": "a", "scoring": "spider_0_10"}, {"code": "b", **curve}, {"code": "c", "scoring": "bands_3"}]
    definitions = scorecard(*kpis, targets=[{"kpi": c, **GOAL} for c in "abc"])
    evaluation = judged(definitions, figures(*[(c, "2026-01", 60) for c in "abc"]))
    found = {d.kpi: (d.score, d.gain) for d in drivers(evaluation, unit="all", period="2026-01").drivers}
    reached = {kpi: score + 3 * gain for kpi, (score, gain) in found.items()}
    assert reached == pytest.approx({"a": 200 / 3, "b": 90.0, "c": 100.0}, abs=1e-5)


def test_under_worst_of_only_the_worst_can_lift_the_total() -> None:
    goals = [{"kpi": c, **GOAL} for c in "ab"]
    definitions = scorecard({"code": "a"}, {"code": "b"}, targets=goals, roll_up="worst_of")
    evaluation = judged(definitions, figures(("a", "2026-01", 80), ("b", "2026-01", 60)))
    found = {d.kpi: d for d in drivers(evaluation, unit="all", period="2026-01").drivers}
    assert (found["a"].gain, found["a"].risk, found["b"].gain, found["b"].risk) == (0.0, 60.0, 20.0, 60.0)
    assert found["a"].per_unit is None


def test_a_kpi_without_a_score_is_named_and_moves_nothing() -> None:
    definitions = scorecard({"code": "a"}, {"code": "b"}, targets=[{"kpi": "a", **GOAL}])
    evaluation = judged(definitions, figures(("a", "2026-01", 80), ("b", "2026-01", 60)))
    found = drivers(evaluation, unit="all", period="2026-01")
    assert found.without_score == ("b",) and [d.kpi for d in found.drivers] == ["a"]
    assert drivers(evaluation, unit="all", period="2026-03").score is None
    with pytest.raises(NotFound):
        drivers(evaluation, unit="all", period="2031-01")


def test_other_weights_move_the_total_as_much_as_a_slow_draw_says() -> None:
    goals = [{"kpi": c, **GOAL} for c in "ab"]
    definitions = scorecard({"code": "a"}, {"code": "b"}, targets=goals, weights={"a": 3, "b": 1})
    evaluation = judged(definitions, figures(("a", "2026-01", 100), ("b", "2026-01", 66)))
    found = weight_robustness(evaluation, unit="all", period="2026-01", seed=4, draws=4000)
    random = Random(1)
    slow = []
    for _ in range(4000):  # a Dirichlet of two is a beta: 20·(3/4) and 20·(1/4)
        share = random.betavariate(15, 5)
        slow.append(share * 100 + (1 - share) * 66)
    low, *_, high = statistics.quantiles(slow, n=20)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.4)
    assert found.same_status == pytest.approx(statistics.fmean(s >= 90 - 1e-9 for s in slow), abs=0.03)
    assert found.is_fragile
    assert found == weight_robustness(evaluation, unit="all", period="2026-01", seed=4, draws=4000)


def test_weights_are_drawn_for_the_children_of_every_node() -> None:
    """Two perspectives of weights 1 and 3; the second has three objectives. A Dirichlet is gammas over their sum."""
    scores, weights = {"a": 95.0, "b": 40.0, "c": 80.0, "d": 99.0}, {"b": 1, "c": 2, "d": 1}
    definitions = organisation(
        objectives=[{"code": "a", "name": "A", "perspective": "finance"},
                    *({"code": c, "name": c, "perspective": "people", "weight": w} for c, w in weights.items())],
        themes=[], kpis=[{"code": c, "name": c} for c in scores],
        uses=[{"kpi": c, "objective": c} for c in scores],
        targets=[{"kpi": c, "since": "2026-01", **GOAL} for c in scores],
    )  # fmt: skip
    evaluation = judged(definitions, figures(*((c, "2026-01", 50 + s / 2 if s > 50 else s) for c, s in scores.items())))
    seen = {c: float(evaluation.kpis.score[evaluation.kpis.index[f"kpi:{c}"], 0, 0]) for c in scores}
    random = Random(2)
    slow = []
    for _ in range(4000):
        top = [random.gammavariate(20 * w / 4, 1) for w in (1, 3)]
        low = [random.gammavariate(20 * w / 4, 1) for w in weights.values()]
        people = sum(w * seen[c] for w, c in zip(low, weights, strict=True)) / sum(low)
        slow.append((top[0] * seen["a"] + top[1] * people) / sum(top))
    least, *_, most = statistics.quantiles(slow, n=20)
    found = weight_robustness(evaluation, unit="all", period="2026-01", seed=9, draws=4000)
    assert (found.low, found.high) == pytest.approx((least, most), abs=0.5)
    assert found.score == pytest.approx((seen["a"] + 3 * (seen["b"] + 2 * seen["c"] + seen["d"]) / 4) / 4)


def test_where_all_scores_are_alike_weights_do_not_matter() -> None:
    goals = [{"kpi": c, **GOAL} for c in "ab"]
    evaluation = judged(
        scorecard({"code": "a"}, {"code": "b"}, targets=goals),
        figures(("a", "2026-01", 70), ("b", "2026-01", 70)),
    )
    found = weight_robustness(evaluation, unit="all", period="2026-01", seed=1)
    assert (found.low, found.high, found.same_status, found.is_fragile) == (70.0, 70.0, 1.0, False)
    assert weight_robustness(evaluation, unit="all", period="2026-02", seed=1).score is None


# Redundancy.


def slow_spearman(x: list[float], y: list[float]) -> float:
    def ranks(values: list[float]) -> list[float]:
        ordered = sorted(values)
        return [statistics.fmean(i for i, w in enumerate(ordered) if w == v) for v in values]

    return statistics.correlation(ranks(x), ranks(y))


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_likeness_is_the_rank_correlation_of_changes_both_have(seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = rng.integers(0, 9, (4, 24)).astype(float)
    series[rng.random((4, 24)) < 0.1] = np.nan
    rho, common = change_correlations(series, season=1)
    for i in range(4):
        for j in range(4):
            both = [t for t in range(1, 24) if np.isfinite(series[[i, j, i, j], [t, t, t - 1, t - 1]]).all()]
            assert common[i, j] == (np.isfinite(series[i]) & np.isfinite(series[j])).sum()
            if common[i, j] < 12 or len(both) < 11:
                assert np.isnan(rho[i, j])
                continue
            steps = [[float(series[k, t] - series[k, t - 1]) for t in both] for k in (i, j)]
            assert rho[i, j] == pytest.approx(slow_spearman(*steps), abs=1e-9)


def test_two_kpis_that_merely_both_grow_are_not_alike() -> None:
    rng = np.random.default_rng(1)
    growing = 10 * np.arange(36) + rng.standard_normal((2, 36))
    same = growing[0] * 3 + 5
    definitions = scorecard({"code": "a"}, {"code": "b"}, {"code": "c"})
    rows = rows_of({"a": growing[0], "b": growing[1], "c": same + 0.01 * rng.standard_normal(36)})
    found = redundancy(definitions, rows, as_of=datetime(2024, 1, 1, tzinfo=UTC))
    assert [(p.first, p.second, p.is_redundant, p.common) for p in found.pairs] == [("a", "c", True, 36)]
    assert [c.kpis for c in found.clusters] == [("a", "c")]


def test_of_a_cluster_the_healthiest_is_kept_then_the_freshest_then_the_leading() -> None:
    base = np.random.default_rng(1).standard_normal(30).cumsum()
    definitions = scorecard({"code": "a"}, {"code": "b"}, {"code": "c"}, weights={"b": 3})
    late = base.copy()
    late[-1] = np.nan
    rows = rows_of({"a": base, "b": -base, "c": late})
    at = datetime(2024, 1, 1, tzinfo=UTC)
    (found,) = redundancy(definitions, rows, as_of=at).clusters
    assert found.kpis == ("a", "b", "c") and found.keep == "b"  # as fresh as a, and heavier
    assert redundancy(definitions, rows, as_of=at, health={"c": 80}).clusters[0].keep == "c"


def test_with_fewer_than_12_figures_only_formulas_speak() -> None:
    kpis = [
        {"code": "x"}, {"code": "y"}, {"code": "z"},
        {"code": "sum", "formula": "x + y * 2"}, {"code": "mus", "formula": "2 * y + x"},
        {"code": "double", "formula": "x * 2"},
        {"code": "rate", "kind": "ratio", "numerator": "x", "denominator": "y"},
        {"code": "other", "kind": "ratio", "numerator": "z", "denominator": "y"},
    ]  # fmt: skip
    rows = rows_of({c: np.random.default_rng(i).random(8) for i, c in enumerate("xyz")})
    found = redundancy(scorecard(*kpis), rows, as_of=datetime(2024, 1, 1, tzinfo=UTC))
    assert {(p.first, p.second): (p.value, p.why) for p in found.pairs} == {
        ("sum", "mus"): (1.0, "the same formula"),
        ("x", "double"): (1.0, "one is computed from the other alone"),
    }
    assert all(np.isnan(p.correlation) for p in found.pairs)


def test_a_shared_denominator_adds_a_fifth() -> None:
    rng = np.random.default_rng(2)
    common, *noise = rng.standard_normal((3, 40))
    kpis = [
        {"code": "n"}, {"code": "m"}, {"code": "d"},
        {"code": "first", "kind": "ratio", "numerator": "n", "denominator": "d"},
        {"code": "second", "kind": "ratio", "numerator": "m", "denominator": "d"},
    ]  # fmt: skip
    parts = [20 + common + 0.65 * e for e in noise]
    rows = rows_of({"n": parts[0], "m": parts[1], "d": np.full(40, 7.0)})
    found = {(p.first, p.second): p for p in redundancy(scorecard(*kpis), rows, as_of=NOW).pairs}
    pair = found["first", "second"]
    assert pair.why == "the same denominator"
    assert pair.value == pytest.approx(min(abs(pair.correlation) + 0.2, 1.0))
    assert ("n", "m") not in found or found["n", "m"].value == pytest.approx(abs(pair.correlation))


def test_the_order_of_terms_does_not_make_another_formula() -> None:
    for one, other in [("a + b", "b + a"), ("a*b*c", "c*(b*a)"), ("if(a > 1, b + c, 0)", "if(a > 1, c + b, 0)")]:
        assert spelling(parse(one)) == spelling(parse(other))
    for one, other in [("a - b", "b - a"), ("a / b", "b / a"), ("a + b", "a * b"), ("a ^ 2", "a * 2")]:
        assert spelling(parse(one)) != spelling(parse(other))
    assert canonical(scorecard({"code": "m"}).kpis[0]).text == ""


def test_clusters_are_those_of_average_linkage_by_hand() -> None:
    alike = np.array([[1, 0.9, 0.7, 0], [0.9, 1, 0.82, 0], [0.7, 0.82, 1, np.nan], [0, 0, np.nan, 1]])
    assert average_linkage(alike, 0.75) == [[0, 1, 2]]  # (0.7 + 0.82) / 2 = 0.76
    assert average_linkage(alike, 0.77) == [[0, 1]]
    assert average_linkage(np.empty((0, 0)), 0.75) == []


# Balance.


def test_shares_and_evenness_are_those_of_the_definitions() -> None:
    definitions = organisation(
        kpis=[{"code": c, "name": c, "result_type": "input" if c == "k" else "outcome"} for c in "klmn"],
        uses=[{"kpi": "k", "objective": "a", "role": "lead"}, {"kpi": "l", "objective": "a"},
              {"kpi": "m", "objective": "a"}, {"kpi": "n", "objective": "b"}],
    )  # fmt: skip
    found = balance(definitions)
    assert found.kpis == {"finance": 0.75, "people": 0.25} and found.weight == {"finance": 0.25, "people": 0.75}
    entropy = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25))
    assert found.kpi_index == pytest.approx(entropy) and found.weight_index == pytest.approx(entropy)
    assert found.lead == 0.25 and found.result_types == {"input": 0.25, "outcome": 0.75}
    assert [w.split(";")[0] for w in found.warnings] == [
        "People has 75% of the weight", "25% of the KPIs lead", "Not balanced: 75% of the KPIs are financial."
    ]  # fmt: skip
    assert balance(definitions, financial=()).warnings == found.warnings[:2]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8).filter(lambda x: sum(x) > 0.01))
def test_evenness_is_between_one_and_all(parts: list[float]) -> None:
    whole = sum(parts)
    value = evenness({str(i): p / whole for i, p in enumerate(parts)})
    assert value is not None and -1e-12 <= value <= 1 + 1e-12
    assert evenness({str(i): 1 / len(parts) for i in range(len(parts))}) == pytest.approx(1.0)
    assert evenness({"a": 1.0}) is None


# Coverage.


def test_what_is_missing_is_named() -> None:
    definitions = organisation(
        kpis=[{"code": c, "name": c} for c in "klmz"] + [{"code": "sum", "name": "Sum", "formula": "k + m"}],
        uses=[{"kpi": "k", "objective": "a"}, {"kpi": "l", "objective": "b", "role": "lead"},
              {"kpi": "sum", "objective": "a"}],
        targets=[{"kpi": "k", "since": "2026-01", "value": "1"},
                 {"kpi": "l", "since": "2026-01", "kind": "stretch", "value": "1"}],
        initiatives=[{"code": "i", "name": "I", "objectives": ["b"], "start": "2026-01-01", "end": "2026-12-31"}],
    )  # fmt: skip
    found = coverage(definitions, as_of=DAY, statuses={"a": Status.OFF, "b": Status.OFF, "c": Status.NEAR})
    assert found.without_kpi == ("c",) and found.without_lead == ("a", "c") and found.without_target == ("b", "c")
    assert found.without_owner == ("b", "c") and found.off_target_without_initiative == ("a",)
    assert found.themes_without_outcome == ("u",)
    assert found.kpis_without_objective == ("z",) and found.zombies is None  # m feeds a formula
    assert found.share == pytest.approx(1 - 7 / 12) and found.gaps == 10


def test_a_success_factor_that_no_living_kpi_watches_is_named() -> None:
    strategy = {"code": "s", "name": "S", "success_factors": [
        {"name": "Beds are free", "kpis": ["k", "old"]}, {"name": "Staff stay", "kpis": ["old"]},
        {"name": "Partners trust us"}]}  # fmt: skip
    kpis = [{"code": "k", "name": "K"}, {"code": "old", "name": "Old", "state": "retired"}]
    definitions = organisation(strategy=strategy, kpis=kpis)
    by_hand = [f["name"] for f in strategy["success_factors"] if "k" not in f.get("kpis", [])]  # type: ignore[index]
    assert list(coverage(definitions, as_of=DAY).factors_without_kpi) == by_hand == ["Staff stay", "Partners trust us"]
    without = removal(definitions, "kpis", definitions.kpi["k"])
    assert coverage(amend(definitions, without), as_of=DAY).factors_without_kpi[0] == "Beds are free"
    assert organisation().strategy.success_factors == () == coverage(organisation(), as_of=DAY).factors_without_kpi


def test_a_kpi_without_an_objective_is_a_zombie_when_nobody_looks_at_it() -> None:
    definitions = organisation(kpis=[{"code": c, "name": c} for c in "xyz"])
    month = Calendar().period(Frequency.MONTH, DAY)
    use = {"x": Use(viewed=date(2026, 1, 1)), "y": Use(viewed=date(2025, 1, 1), noted=month.shift(-4))}
    assert coverage(definitions, as_of=DAY, use=use).zombies == ("z",)
    use["y"] = Use(viewed=date(2025, 1, 1), noted=month.shift(-5))
    assert coverage(definitions, as_of=DAY, use=use).zombies == ("y", "z")


# Freshness and effort.


def collected(rows: list[tuple[str, str, str, float | None, int, str]], **kpi: Any) -> Collection:
    units = [{"code": "all", "name": "All"}, {"code": "n", "name": "N", "parent": "all"},
             {"code": "s", "name": "S", "parent": "all"}]  # fmt: skip
    definitions = organisation(units=units, kpis=[{"code": "k", "name": "K", "lag": "P5D", **kpi}])
    columns = ["kpi", "unit", "period", "value", "state", "recorded_at"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(pl.col("state").cast(pl.UInt8))
    return collection(definitions, frame, as_of=NOW)


def test_due_figures_are_counted_from_the_first_one_of_each_unit() -> None:
    found = collected([
        ("k", "n", "2025-12", 1.0, 0, "2026-01-03T10:00:00"),  # expected 6 January: in time
        ("k", "n", "2026-01", 1.0, 0, "2026-02-10T10:00:00"),  # expected 6 February: four days late
        ("k", "n", "2026-01", 2.0, 0, "2026-03-01T10:00:00"),  # a correction makes it no later
        ("k", "s", "2026-02", None, 2, "2026-03-01T10:00:00"),  # not applicable: not due
        ("k", "s", "2026-01", 1.0, 0, "2026-02-06T23:00:00"),  # on the day
    ], effort_minutes=15)  # fmt: skip
    (k,) = found.kpis
    assert (k.due, k.there, k.completeness) == (4, 3, 0.75)  # n lacks February; March is not over
    assert k.on_time == pytest.approx(2 / 4) and k.late_days == 0.0
    assert k.ages == {"n": pytest.approx(4 / 28), "s": pytest.approx(4 / 28)}
    assert k.is_manual and k.minutes == 15 * 12 * 2 and k.points == 2
    assert (found.completeness, found.on_time, found.manual, found.minutes) == (0.75, 0.5, 1.0, 360.0)


def test_a_figure_is_late_by_the_business_days_and_holidays_of_its_unit() -> None:
    units = [{"code": "all", "name": "All"}, {"code": "n", "name": "N", "parent": "all"},
             {"code": "s", "name": "S", "parent": "all", "holidays": [f"2026-03-0{n}" for n in (2, 3, 4)]}]  # fmt: skip
    definitions = organisation(units=units, kpis=[{"code": "k", "name": "K", "lag": "P5B"}])
    rows = [("k", u, "2026-02", 1.0, "2026-03-11T09:00:00") for u in "ns"] + [
        ("k", u, "2026-01", 1.0, "2026-02-03T09:00:00") for u in "ns"
    ]
    frame = pl.DataFrame(rows, schema=["kpi", "unit", "period", "value", "recorded_at"], orient="row")
    # February is expected on Monday 9 March at n, three business days later, on the 12th, at s.
    (on_the_9th,) = collection(definitions, frame, as_of=datetime(2026, 3, 9, tzinfo=UTC)).kpis
    assert on_the_9th.due == 3
    (k,) = collection(definitions, frame, as_of=datetime(2026, 3, 12, tzinfo=UTC)).kpis
    assert (k.due, k.there, k.on_time, k.late_days) == (4, 4, 3 / 4, 0.0)


def test_without_a_time_of_recording_nothing_is_said_about_lateness() -> None:
    definitions = organisation(kpis=[{"code": "k", "name": "K", "automated": True}])
    found = collection(definitions, rows_of({"k": np.ones(3)}, "2025-12"), as_of=NOW)
    assert (found.kpis[0].on_time, found.kpis[0].late_days, found.on_time) == (None, None, None)
    assert found.completeness == 1.0 and found.manual == 0.0
    empty = collection(definitions, rows_of({}), as_of=NOW)
    assert (empty.completeness, empty.manual, empty.kpis[0].completeness) == (None, None, None)


def test_dear_unseen_and_light_kpis_are_on_the_list() -> None:
    definitions = scorecard(*({"code": c} for c in "abcd"), weights={"a": 1, "b": 4, "c": 4, "d": 4})
    found = collection(definitions, rows_of({c: np.ones(3) for c in "abcd"}), as_of=NOW)
    effort = {"a": 90.0, "b": 80.0, "c": 5.0, "d": 5.0}

    def retired(uses: dict[str, int], effort: dict[str, float] | None) -> tuple[str, ...]:
        return retire_list(worths(definitions, found, uses=uses, effort=effort))

    assert retired({"b": 9, "c": 9, "d": 9}, effort) == ("a",)
    assert retired({"a": 99, "b": 1, "c": 1, "d": 1}, effort) == ()
    assert retired({}, None) == ()  # nobody knows what they cost


def test_notes_of_the_last_year_count_as_use() -> None:
    periods = {"a": ["2026-01", "2026-02", "2025-01"], "b": ["2026-04", "nonsense"]}
    notes = [{"kpi": k, "period": p, "text": "Said."} for k, some in periods.items() for p in some]
    definitions = scorecard({"code": "a"}, {"code": "b"}).model_copy(
        update={"notes": tuple(Note.model_validate(n) for n in notes)}
    )
    assert spoken_of(definitions, as_of=date(2026, 3, 15)) == {"a": 2}  # April is not over


# Health.


def test_the_health_index_is_the_mean_of_what_is_known() -> None:
    definitions = organisation(
        kpis=[{"code": "k", "name": "K"}, {"code": "l", "name": "L"}],
        uses=[{"kpi": "k", "objective": "a", "role": "lead"}, {"kpi": "l", "objective": "b"}],
        targets=[{"kpi": "k", "since": "2026-01", "value": "1"}],
    )
    rows = rows_of({"k": np.ones(14), "l": np.array([1.0, np.nan, 1.0])}, "2025-01")
    taken = collection(definitions, rows, as_of=NOW)
    covered, balanced = coverage(definitions, as_of=DAY), balance(definitions)
    found = health_index(taken, covered, balanced, as_of=DAY)
    assert found.left_out == ("use",) and found.parts["signal_readiness"] == 50.0
    assert found.parts["completeness"] == pytest.approx(100 * 16 / 28)
    assert found.parts["freshness"] == pytest.approx(50.0)  # l is dead
    assert found.parts["coverage"] == pytest.approx(100 * (1 - 7 / 12))
    assert found.index == pytest.approx(statistics.fmean(found.parts.values()))
    assert found.weakest["completeness"] == ("l",) and found.weakest["signal_readiness"] == ("l",)
    used = health_index(taken, covered, balanced, as_of=DAY, use={"k": Use(viewed=DAY)})
    assert used.parts["use"] == 50.0 and used.left_out == () and used.weakest["use"] == ("l",)


def test_the_example_can_be_looked_at_as_a_whole() -> None:
    card = fourfold.load(EXAMPLE)
    at = datetime(2026, 11, 3, tzinfo=UTC)
    evaluation = card.evaluate(as_of=at).evaluation
    d, root = card.definitions, card.definitions.root.code
    found = drivers(evaluation, unit=root, period="2026-10")
    assert found.score is not None
    assert sum(x.gain for x in found.drivers) == pytest.approx(100 - found.score, abs=1e-4)
    health = health_index(collection(d, card.rows, as_of=at), coverage(d, as_of=at.date()), balance(d), as_of=at.date())
    assert health.index is not None and 0 <= health.index <= 100
    assert {(p.first, p.second) for p in redundancy(d, card.rows, as_of=at).pairs} == {("income", "operating_cost")}


@pytest.mark.parametrize(("weights", "warned"), [
    ((15, 85), ["People has 85% of the weight; above 45% it outweighs the others."]),
    ((14, 86), ["Finance has 14% of the weight; below 15% it hardly counts.",
                "People has 86% of the weight; above 45% it outweighs the others."]),
    ((15, 45, 40), []), ((15, 46, 39), ["People has 46% of the weight; above 45% it outweighs the others."]),
    ((1,), []),
])  # fmt: skip
def test_a_perspective_weighs_neither_too_little_nor_too_much(weights: tuple[int, ...], warned: list[str]) -> None:
    codes = ("finance", "people", "third")[: len(weights)]
    share = dict(zip(codes, (w / sum(weights) for w in weights), strict=True))
    names = {"finance": "Finance", "people": "People", "third": "Third"}
    assert list(_warnings(Balance({}, share, None, None, None, {}, {}, ()), names, ())) == warned


@pytest.mark.parametrize(("lead", "money", "warned"), [
    (0.3, 0.5, []), (0.7, 0.5, []), (None, 0.0, []),
    (0.29, 0.0, ["29% of the KPIs lead; with so many that lag the map shows only one end of the story."]),
    (0.71, 0.0, ["71% of the KPIs lead; with so many that lead the map shows only one end of the story."]),
    (0.5, 0.51, ["Not balanced: 51% of the KPIs are financial."]),
])  # fmt: skip
def test_kpis_lead_and_lag_and_half_of_them_may_be_financial(
    lead: float | None, money: float, warned: list[str]
) -> None:
    found = Balance({"f": money, "g": 1 - money}, {}, None, None, lead, {}, {}, ())
    assert list(_warnings(found, {}, ("f", "other"))) == warned


def test_only_what_is_beyond_the_median_in_all_three_is_on_the_list() -> None:
    middle = [Worth("m", 20.0, 4, 0.4), Worth("n", 20.0, 4, 0.4), Worth("o", 20.0, 4, 0.4)]
    for own, listed in (
        (Worth("a", 21.0, 3, 0.3), ("a",)), (Worth("a", 20.0, 3, 0.3), ()), (Worth("a", 21.0, 4, 0.3), ()),
        (Worth("a", 21.0, 3, 0.4), ()),
    ):  # fmt: skip
        assert retire_list([*middle, own]) == listed
    assert middle_of([]) == pytest.approx((math.nan,) * 3, nan_ok=True) and retire_list([]) == ()


def test_a_note_counts_from_the_end_of_its_period_for_a_year() -> None:
    note = Note(kpi="a", period="2025-03", text="Said.")
    definitions = scorecard({"code": "a"}).model_copy(update={"notes": (note,)})
    days = {date(2025, 3, 30): {}, date(2025, 3, 31): {"a": 1}, date(2026, 4, 1): {"a": 1}, date(2026, 4, 2): {}}
    assert {day: spoken_of(definitions, as_of=day) for day in days} == days

