"""Workings small enough to check by hand: the answer to the digit, and every sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.evidence.hypotheses import Hypothesis, Pair
from fourfold.engine.explain import Child, Trace
from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.workings.allocation import AllocationWorking
from fourfold.engine.workings.evidence import EvidenceWorking, LinkFigures
from fourfold.engine.workings.portfolio import (
    BalanceWorking,
    DifferenceWorking,
    DriverWorking,
    HealthIndexWorking,
    LikenessWorking,
)
from fourfold.engine.workings.proposals import Benchmark, ForecastAhead, ProposalsWorking

POLICY = {"roll_up": "weighted_mean", "missing": "renormalise", "minimum_coverage": 0.6, "allow_over": False,
          "green": 90}  # fmt: skip


def node(name: str, *children: tuple[str, float, float | None], **more: Any) -> Trace:
    """The trace of a node over `(child, weight, score)`."""
    rows = tuple(Child(code, weight, 0.0, score, "On target") for code, weight, score in children)
    given: dict[str, Any] = {"score": 1.0, "status": "On target"} | more
    return Trace(node=name, unit="all", period="M:2026-03", view="month", as_of="", coverage=1.0, confidence=1.0,
                 children=rows, policy=POLICY, **given)  # fmt: skip


def test_shares_of_perspectives_are_told() -> None:
    uses = (("a", "fin", "lead"), ("b", "fin", "lag"), ("c", "fin", ""), ("d", "cus", "lag"))
    made = BalanceWorking(uses, {"fin": 1.0, "cus": 3.0})
    assert made.answer()["kpis"] == {"fin": 0.75, "cus": 0.25} and made.answer()["lead"] == 0.25
    assert made.answer()["weight"] == {"fin": 0.25, "cus": 0.75}
    assert made.words() == [
        "fin has 75% of the KPIs and 25% of the weight.",
        "cus has 25% of the KPIs and 75% of the weight.",
        "Evenness (1: all the same): 0.81 and 0.81.",  # 2 − ¾·log₂3
        "25% of the KPIs lead.",
    ]
    nothing = BalanceWorking((), {"fin": 0.0})
    assert nothing.answer() == {"kpis": {"fin": 0.0}, "weight": {"fin": 0.0}, "kpi_index": None, "weight_index": None,
                                "lead": None}  # fmt: skip
    assert nothing.words()[1:] == ["Evenness (1: all the same): – and –.", "– of the KPIs lead."]


def test_the_health_index_is_a_mean_of_what_is_known() -> None:
    made = HealthIndexWorking({"smart_score": 80.0, "on_time": 55.5}, ("evidence_of_links",))
    assert made.answer() == {"index": 67.75}
    assert made.words() == [
        "Smart score: 80 of 100.", "On time: 56 of 100.", "Evidence of links is not known and left out.",
        "The health index is their mean, 67.8.",
    ]  # fmt: skip
    assert HealthIndexWorking({}, ()).words() == ["The health index is their mean, –."]


def test_what_a_kpi_could_make_of_the_scorecard() -> None:
    # a (60) and b (80) weigh 1 and 3 in o: 75. At its target a makes it 85, at nothing 60.
    objective = node("objective:o", ("kpi:a", 1, 60.0), ("kpi:b", 3, 80.0))
    made = DriverWorking("a", (objective, node("scorecard", ("objective:o", 1, 75.0))))
    assert made.answer() == {"score": 60.0, "total": 75.0, "at_target": 85.0, "at_nothing": 60.0, "gain": 10.0,
                             "risk": 15.0}  # fmt: skip
    assert made.words() == [
        "The scorecard has 75.0, with KPI a at 60.0.",
        "With the KPI at its target it would have 85.0, 10.0 more.",
        "With the KPI at nothing it would have 60.0, 15.0 less.",
    ]
    over = DriverWorking("a", (node("scorecard", ("kpi:a", 1, 110.0), ("kpi:b", 1, 50.0)),))
    assert over.answer()["gain"] == 0.0 and over.answer()["total"] == 75.0
    lacking = DriverWorking("a", (node("scorecard", ("kpi:a", 1, None), ("kpi:b", 3, 80.0)),))
    assert set(lacking.answer().values()) == {None}
    assert lacking.words() == ["KPI a or the scorecard has no score, so nothing can be said of what it moves."]


def test_how_alike_two_kpis_are() -> None:
    steps = np.cumsum([1.0, -2, 3, -1, 2, -3, 1, 2, -2, 1, 3, -1, -2, 2])
    one, other = tuple(steps.tolist()), tuple((-2 * steps).tolist())
    made = LikenessWorking("a", "b", Frequency.QUARTER, (one, other), "both divide by beds")
    assert made.answer()["correlation"] == pytest.approx(-1.0)
    said = made.words()
    assert said[0] == f"a and b have {made.answer()['common']} quarters in common."
    assert said[1] == "The rank correlation of their changes, the season taken out, is −1.00."
    assert said[2:] == ["Both divide by beds."]
    few = LikenessWorking("a", "b", Frequency.MONTH, (one[:3], other[:3]))
    assert few.answer()["correlation"] is None and len(few.words()) == 1


def scored(score: float | None, name: str = "objective:o") -> Trace:
    return node(name, ("kpi:a", 1, score), score=score, status="Insufficient data" if score is None else "On target")


def test_a_difference_is_shared_out_over_the_parts_of_a_scenario() -> None:
    # Alone the figures bring 4 and the weights 2, together 10: each also gets half of the 4 that they bring together.
    runs = {"": 70.0, "figures": 74.0, "weights": 72.0, "figures+weights": 80.0}
    made = DifferenceWorking("bold", ("figures", "weights"), scored(70.0), scored(80.0), runs)
    assert made.answer() == {"base": 70.0, "scenario": 80.0, "change": 10.0, "parts": {"figures": 6.0, "weights": 4.0}}
    said = made.words()
    assert said[:3] == [
        "objective:o has 70.0 as it is and 80.0 under “bold”: +10.0 points.",
        "Figures make +6.0 of them.",
        "Weights make +4.0 of them.",
    ]
    assert said[3] == "As it is:" and "Under the scenario:" in said
    three = {key: float(len(key)) for key in ("", "a", "b", "c", "a+b", "a+c", "b+c", "a+b+c")}
    parts = DifferenceWorking("x", ("a", "b", "c"), scored(0.0), scored(5.0), three).answer()["parts"]
    assert parts == {name: pytest.approx(5 / 3) for name in "abc"}
    alone = DifferenceWorking("x", ("a",), scored(70.04), scored(70.0), {"": 70.04, "a": 70.0})
    assert alone.words()[:2] == ["objective:o has 70.0 as it is and 70.0 under “x”: 0.0 points.", "As it is:"]
    down = DifferenceWorking("x", ("a",), scored(70.0), scored(68.0), {"": 70.0, "a": 68.0})
    assert down.words()[0].endswith("−2.0 points.")
    gone = DifferenceWorking("x", ("a",), scored(70.0), scored(None), {"": 70.0, "a": None})
    assert gone.answer() == {"base": 70.0, "scenario": None, "change": None, "parts": {"a": None}}
    assert gone.words() == ["objective:o has no score on one of the two sides: On target, Insufficient data."]


def test_a_target_that_adds_up_is_shared_by_keys() -> None:
    made = AllocationWorking("sales", "1000", ("North", "South", "West"), (50.0, 30.0, None), over="1.1", step="1")
    assert made.parts() == (688.0, 412.0, 0.0) and not made.is_ratio
    assert made.words() == [
        "1000 times 1.1 is 1100.0, shared by keys in steps of 1; the parts add up.",
        "North: 688, key 50.", "South: 412, key 30.", "West: 0, key –.",
        "West has no key, and gets nothing. Give its key.",
    ]  # fmt: skip
    nothing = AllocationWorking("sales", "1000", ("North",), (0.0,))
    assert nothing.parts() == (None,)
    assert nothing.words()[0] == "1000 is 1000, shared by keys in steps of 1E-9; the parts add up."


def test_a_ratio_is_shared_by_closing_gaps() -> None:
    made = AllocationWorking("rate", "80", ("North", "South"), (100.0, 100.0), (70.0, 80.0), (90.0, 90.0))
    assert made.is_ratio and made.parts() == pytest.approx((76.6667, 83.3333), abs=1e-4)
    assert made.words()[1:] == [
        "North: 76.6667, from 70 with the cap 90 and 100 counted.",
        "South: 83.3333, from 80 with the cap 90 and 100 counted.",
    ]
    assert "33" in made.words()[0] and "90" in made.words()[0]


def test_proposals_come_way_by_way() -> None:
    figures = (9.0, 11.0, 9.0, 11.0, 9.0, 11.0)
    made = ProposalsWorking(
        "k", "all", Polarity.LOWER_BETTER, figures, ForecastAhead("M:2026-12", 10.0, 8.0, 12.0, 5),
        Benchmark(6.0, "peers"), limit=0.0, ahead=4, months=9,
    )  # fmt: skip
    names = [(p.way.value, p.name) for p in made.proposals()]
    assert names == [
        ("history", "hold"), ("history", "detectable"), ("history", "step"), ("forecast", "commit"),
        ("forecast", "stretch"), ("benchmark", "1 year"), ("benchmark", "2 years"), ("benchmark", "3 years or more"),
        ("half_life", "after 9"),
    ]  # fmt: skip
    values = {p.name: p.value for p in made.proposals()}
    assert (values["1 year"], values["3 years or more"]) == (9.0, 6.0)
    assert values["after 9"] == pytest.approx(5.5)  # half of 11: nine months are the usual half-life
    said = made.words()
    assert said[5] == "benchmark, 1 year: 9. 25% of the way from 10 to 6 (peers)."
    assert said[-1].startswith("half life, after 9: 5.5. ")
    falling = tuple(64.0 * 2.0 ** (-i / 3) for i in range(8))
    shorter = ProposalsWorking("k", "all", Polarity.LOWER_BETTER, falling, limit=0.0, ahead=3, months=9)
    last = shorter.proposals()[-1]
    assert (last.name, last.value) == ("after 3", pytest.approx(falling[-1] / 2))


def test_levels_and_few_figures_have_no_proposals() -> None:
    levels = ProposalsWorking("k", "all", Polarity.HIGHER_BETTER, (1.0, 2.0), discrete=True)
    assert levels.words() == ["Yes or no, and levels, have no way between."] and levels.proposals() == ()
    few = ProposalsWorking("k", "all", Polarity.HIGHER_BETTER, (1.0, None), limit=5.0)
    assert few.answer()["without"] == ["There is 1 figure; a level needs 6."]
    none = ProposalsWorking("k", "all", Polarity.HIGHER_BETTER, (), limit=5.0, benchmark=Benchmark(3.0, "peers"))
    assert none.answer()["without"] == [
        "There are 0 figures; a level needs 6.", "There is no present level or no benchmark.",
    ]  # fmt: skip


# Evidence


def link(sign: int = 1, **more: Any) -> Hypothesis:
    given: dict[str, Any] = {"link": "a>b", "driver": "x", "outcome": "y", "sign": sign, "lags": (1, 3),
                             "driver_name": "Training", "outcome_name": "Waits"} | more  # fmt: skip
    return Hypothesis(**given)


@pytest.mark.parametrize(("hypothesis", "said"), [
    (link(), "Expected: when Training rises, Waits rises 1 to 3 periods later."),
    (link(-1), "Expected: when Training rises, Waits falls 1 to 3 periods later."),
    (link(0), "Expected: when Training rises, Waits moves 1 to 3 periods later."),
    (link(lags=None), "Expected: when Training rises, Waits rises."),
    (link(driver=None), "The link a>b has no two KPIs to compare."),
    (link(outcome=None), "The link a>b has no two KPIs to compare."),
])  # fmt: skip
def test_a_hypothesis_is_told_before_its_verdict(hypothesis: Hypothesis, said: str) -> None:
    months = Calendar().range(Calendar().parse("2023-01"), Calendar().parse("2023-12"))
    figures = LinkFigures.of(hypothesis, Pair(np.ones((1, 12)), np.ones((1, 12)), months))
    made = EvidenceWorking("a>b", (figures,), Calendar(), date(2026, 3, 31), 7, 99)
    assert made.words()[0] == said
    assert made.words()[1].startswith("Verdict: ") and made.words()[-1] == (
        f"It counts until {made.answer()['expires']}."
    )


def test_the_numbers_of_a_test_are_in_its_words() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal(60)
    y = np.concatenate([rng.standard_normal(2), x[:-2]]) + 0.2 * rng.standard_normal(60)
    months = Calendar().range(Calendar().parse("2021-01"), Calendar().parse("2025-12"))
    figures = LinkFigures.of(link(), Pair(x[None], y[None], months))
    assert (figures.first, figures.frequency, len(figures.driver[0])) == ("M:2021-01", Frequency.MONTH, 60)
    back = figures.pair(Calendar())
    assert back.periods == months and back.x.tolist() == [x.tolist()] and back.y.tolist() == [y.tolist()]
    made = EvidenceWorking("a>b", (figures,), Calendar(), date(2026, 3, 31), 7, 199)
    answer: Any = made.answer()
    assert (answer["expected"]["lag"], answer["links"], answer["n"]) == (2, 1, 60)
    assert answer["expected"]["r"] > 0.8 and answer["expected"]["p"] == answer["q"]
    assert made.words()[2].startswith("At its strongest, 2 periods on, r is 0.9")
    assert "shuffled 199 times (seed 7)" in made.words()[2] and "Of 1 link tested" in made.words()[2]


def test_a_link_without_periods_is_an_empty_pair() -> None:
    empty = LinkFigures.of(link(), Pair(np.empty((1, 0)), np.empty((1, 0)), ()))
    assert (empty.first, empty.frequency) == ("", Frequency.MONTH)
    assert empty.pair(Calendar()).periods == ()
