"""Every working gives the answer of the engine's own functions again, from nothing but its JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fourfold
from fourfold.engine.alignment import alignment
from fourfold.engine.evaluate import periods_of
from fourfold.engine.evidence import evidence_of, map_pairs
from fourfold.engine.kpis import Figures, figures
from fourfold.engine.outlook import Outlook, outlooks
from fourfold.engine.portfolio import Worth, drivers
from fourfold.engine.scenarios import Part, Scenario, what_if
from fourfold.engine.workings import NoWorking, OutlookWorking, RetireWorking, Working, replay
from fourfold.engine.workings.outlook_answer import chance_answer, forecast_answer, signal_answer
from fourfold.engine.workings.working import array, series

FOLDER = Path(__file__).parents[3] / "examples" / "calder_vale"
AS_OF = "2026-11-20"
ANSWERS = {"signal": signal_answer, "forecast": forecast_answer, "chance": chance_answer}


@cache
def card() -> fourfold.Scorecard:
    return fourfold.load(FOLDER)


@cache
def base() -> fourfold.Evaluated:
    return card().evaluate(as_of=AS_OF)


@cache
def looked_at() -> tuple[Figures, tuple[Outlook, ...]]:
    """All series at once, as pages and commands read them."""
    d, at = card().definitions, base().evaluation.as_of
    found = figures(d, card().rows, as_of=at, periods=periods_of(d, card().rows, view="month", as_of=at))
    return found, tuple(outlooks(d, found, as_of=at))


def plain(body: object) -> Any:
    """What is left after a journey as text."""
    return json.loads(json.dumps(body))


def made_again(working: Working) -> Any:
    """The answer from the JSON alone; the one beside the inputs must be the same."""
    body = plain(working.to_json())
    again = replay(body)
    assert again == body["answer"]
    return again


@pytest.mark.parametrize("part", ["signal", "forecast", "chance"])
@pytest.mark.parametrize("unit", ["group", "st-brigids"])
def test_each_series_alone_says_what_all_of_them_together_say(part: Any, unit: str) -> None:
    found, all_of_them = looked_at()
    own = [o for o in all_of_them if o.unit == unit]
    assert len(own) == len(card().definitions.kpis)
    for o in own:
        working = OutlookWorking.of(part, card().definitions, found, o.kpi, unit, base().evaluation.as_of)
        assert made_again(working) == plain(ANSWERS[part](o)), o.kpi
        assert all(working.words())


def test_another_figure_gives_another_answer() -> None:
    found, _ = looked_at()
    body = plain(
        OutlookWorking.of("signal", card().definitions, found, "ed_4h", "group", base().evaluation.as_of).to_json()
    )
    body["inputs"]["values"][-2] = 20.0
    assert "M:2026-10" in {s["period"] for s in replay(body)["signals"]}  # type: ignore[union-attr, index]
    assert replay(body) != body["answer"]


def test_the_evidence_for_a_link_is_that_of_all_links_tested_together() -> None:
    found = card().evidence(as_of=AS_OF, seed=7)
    at = base().evaluation.as_of
    own = evidence_of(map_pairs(card().definitions, card().rows, as_of=at), as_of=at.date(), seed=7)
    assert len(own) == len(card().definitions.links)
    for link in ("less-agency>within-means", "within-means>timely-access", "trusted-data>no-harm"):
        expected = next(e for e in own if e.hypothesis.link == link)
        answer = made_again(found.explain(link).working)
        assert (answer["verdict"], answer["text"], answer["n"]) == (expected.verdict, expected.text, expected.n)
        if expected.test is not None:
            assert answer["q"] == expected.test.q
            assert answer["expected"]["p"] == expected.test.expected.p


def test_what_was_seen_around_an_initiative_is_made_again_from_its_figures() -> None:
    found = card().evidence(as_of=AS_OF)
    assert len(found.around) > 5
    for one in found.around:
        answer = made_again(found.explain(one.name).working)
        assert answer["driver"]["shift"] == one.found.driver.shift
        lag, strongest = one.found.strongest
        assert answer["outcome"][str(lag)]["after"] == strongest.after


def test_a_driver_moves_the_total_as_much_by_its_traces_as_by_the_whole_scorecard() -> None:
    found = card().portfolio(as_of=AS_OF)
    own = drivers(base().evaluation, unit="group", period=found.period)
    assert len(own.drivers) > 15
    for d in own.drivers:
        answer = made_again(found.explain(d.kpi).working)
        assert answer["total"] == pytest.approx(own.score, abs=1e-9)
        assert (answer["gain"], answer["risk"]) == pytest.approx((d.gain, d.risk), abs=1e-9)


def test_balance_and_health_are_made_of_what_they_name() -> None:
    found = card().portfolio(as_of=AS_OF)
    balance = made_again(found.explain("balance").working)
    assert (balance["kpi_index"], balance["lead"]) == (found.balance.kpi_index, found.balance.lead)
    assert balance["weight"] == dict(found.balance.weight)
    assert made_again(found.explain("health").working)["index"] == found.health.index


def test_the_likeness_of_two_kpis_is_that_of_their_figures() -> None:
    found = card().portfolio(as_of=AS_OF)
    (pair,) = found.redundancy.pairs
    answer = made_again(found.explain(f"{pair.first}/{pair.second}").working)
    assert answer == {"correlation": pytest.approx(pair.correlation, abs=1e-12), "common": pair.common}


@pytest.mark.parametrize("node", ["scorecard", "objective:timely-access", "kpi:ed_4h", "kpi:income"])
def test_the_parts_of_a_change_are_those_of_the_comparison(node: str) -> None:
    rows = pl.DataFrame({"kpi": ["ed_4h"], "unit": ["calder-general"], "period": ["M:2026-10"],
                         "numerator": [9500.0], "denominator": [10_000.0]})  # fmt: skip
    (target,) = (t for t in card().definitions.targets_of("ed_4h") if t.since == "2026-04" and t.unit is None)
    scenario = Scenario(
        "waits", figures=rows, targets=(target.model_copy(update={"value": Decimal(79)}),),
        weights={"objective:no-harm": Decimal(4)},
    )  # fmt: skip
    expected = what_if(base().evaluation, card().rows, scenario).at(node, unit="group", period="2026-10")
    answer = made_again(card().what_if(scenario, period="2026-10", as_of=AS_OF).explain(node).working)
    if node == "kpi:income":
        assert answer["change"] is None  # no target, no score
        return
    assert answer["change"] == pytest.approx(expected.change, abs=1e-9)
    assert set(answer["parts"]) == {Part.TARGETS, Part.WEIGHTS, Part.FIGURES}
    assert answer["parts"] == pytest.approx({p.value: x for p, x in expected.parts.items()}, abs=1e-9)
    assert sum(answer["parts"].values()) == pytest.approx(answer["change"], abs=1e-9)


def test_proposals_are_made_again_and_say_the_figures_they_came_from() -> None:
    found = card().propose_targets("ed_4h", as_of=AS_OF)
    answer = made_again(found.explain().working)
    assert [p["value"] for p in answer["proposals"]] == [p.value for p in found.items]
    known = [v for v in found.working.figures if v is not None]
    hold = next(p for p in answer["proposals"] if p["name"] == "hold")
    assert hold["value"] == pytest.approx(sum(known) / len(known))


def test_assessments_are_graded_again_from_their_points() -> None:
    for found in (card().smart(as_of=AS_OF), card().health(as_of=AS_OF)):
        assert len(found.items) == len(card().definitions.kpis)
        for a in found.items:
            answer = made_again(found.explain(a.thing.removeprefix("kpi:")).working)
            assert (answer["score"], answer["grade"], answer["cap"]) == (a.score, a.grade, a.cap)


def test_what_forecasts_were_worth_is_counted_again_from_each_of_them() -> None:
    """The oracle counts figures within intervals one by one."""
    found = card().forecast_record("ed_4h", as_of=AS_OF)
    body = found.explain().to_json()
    assert replay(plain(body)) == body["answer"]
    answer: Any = body["answer"]
    inputs: Any = body["inputs"]
    inside = outcomes = 0
    for f in inputs["forecasts"]:
        for low, high, came in zip(f["lower80"], f["upper80"], f["actual"], strict=True):
            if came is not None and low is not None:
                outcomes += 1
                inside += low <= came <= high
    assert (answer["coverage80"]["inside"], answer["coverage80"]["outcomes"]) == (inside, outcomes)
    assert answer["mase"] == pytest.approx(found.whole.mase_mean) and answer["forecasts"] == found.whole.forecasts
    said = found.explain().working.words()
    assert f"Intervals of 80 % held {inside} of {outcomes} figures" in said[1]
    with pytest.raises(NoWorking):
        replay(plain(body) | {"inputs": {"is_kept": False}})


def test_what_could_be_retired_is_compared_again() -> None:
    compared = (Worth("a", 90.0, 0, 0.1), Worth("b", 10.0, 5, 0.4), Worth("c", 20.0, 4, 0.5))
    working = RetireWorking(compared)
    assert made_again(working) == {"retire": ["a"], "cost": 20.0, "uses": 4.0, "weight": 0.4}
    assert working.words()[1] == "a: 90 minutes, 0 notes, 10.0% of the weight; think about retiring it."
    assert made_again(RetireWorking(())) == {"retire": [], "cost": None, "uses": None, "weight": None}
    found = card().portfolio(as_of=AS_OF)
    assert replay(plain(found.explain("retire").to_json()))["retire"] == list(found.retire)


def test_alignment_is_counted_again() -> None:
    found = card().alignment()
    for unit in card().definitions.unit:
        own = alignment(card().definitions, unit)
        answer = made_again(found.explain(unit).working)
        for share in ("up", "down", "side", "people"):
            value = getattr(own, share).value
            assert answer[share] == (None if np.isnan(value) else pytest.approx(value))


def test_the_seal_is_that_of_everything_else() -> None:
    body = plain(card().alignment("group").explain("group").to_json())
    seal = body.pop("sha256")
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == seal


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "chanse", "inputs": {}}, "no working of the kind"),
        ({"kind": "alignment"}, "no working of the kind"),
        ({"kind": "alignment", "inputs": {"unit": "group"}}, "things"),
        ({"kind": "alignment", "inputs": {"unit": "group", "things": {}, "more": 1}}, "more"),
    ],
)
def test_what_is_no_working_is_refused_with_the_place(body: Mapping[str, object], said: str) -> None:
    with pytest.raises(NoWorking, match=said):
        replay(body)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), max_size=20))
def test_figures_survive_the_journey_to_plain_and_back(values: list[float]) -> None:
    there = np.array(values, dtype=np.float64)
    assert np.array_equal(array(series(there)), there, equal_nan=True)
    assert all(v is None or np.isfinite(v) for v in series(there))
