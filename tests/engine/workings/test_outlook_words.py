"""An outlook in sentences and as plain data: every number of the outlook stands where it belongs."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fourfold.engine.definitions import Kpi
from fourfold.engine.measurements import to_polars
from fourfold.engine.outlook import Outlook
from fourfold.engine.workings.outlook_answer import chance_answer, forecast_answer, last, signal_answer
from fourfold.engine.workings.outlook_words import chance_words, forecast_words, number, signal_words
from tests.engine.test_outlook import MOVED, SHARE, defined, months, rows, seen

FLOW = {"code": "share", "name": "Sales", "kind": "flow"}
NO_CHANCE = ("There is no chance to tell: there is no target for the end of the fiscal year, or it is farther away "
             "than a forecast reaches.")  # fmt: skip


def look(kpi: dict[str, Any], values: Any = MOVED, **target: str) -> tuple[Outlook, Kpi]:
    targets = [{"kpi": "share", "since": "2024-01", "unit": "a"} | target] if target else []
    d = defined([kpi], targets=targets)
    return seen(d, to_polars(rows("share", values)))["share", "a"], d.kpi["share"]


def test_a_forecast_is_told_with_its_first_and_last_period() -> None:
    found, kpi = look(SHARE | {"decimals": 0})
    f = found.forecast
    assert f.scale is not None and f.horizon > 1
    said = forecast_words(found, kpi)
    assert said[0] == f"From 20 figures up to Sep 2026, by the method “{f.method.value.replace('_', ' ')}”."
    assert said[1] == (
        f"One month ahead such forecasts of it usually missed by {f.scale:.4g}; intervals grow with the distance by "
        f"the factors “{f.calibration.name}” (t, {f.degrees} degrees of freedom)."
    )
    assert said[2] == f"Oct 2026: {f.mean[0]:.1f}; four times in five {f.lower80[0]:.1f} to {f.upper80[0]:.1f}."
    end = f"{f.mean[-1]:.1f}; four times in five {f.lower80[-1]:.1f} to {f.upper80[-1]:.1f}."
    assert said[3:] == [f"{f.period(f.horizon).label}: {end}"]
    answer = forecast_answer(found)
    assert answer["periods"] == [f.period(h).id for h in range(1, f.horizon + 1)] and answer["origin"] == "M:2026-09"
    assert (answer["count"], answer["scale"], answer["degrees"]) == (20, f.scale, f.degrees)


def test_few_figures_have_no_interval_and_none_no_forecast() -> None:
    found, kpi = look(SHARE | {"decimals": 0}, MOVED[:4])
    f = found.forecast
    assert forecast_words(found, kpi) == [
        f"From 4 figures up to Sep 2026, by the method “{f.method.value.replace('_', ' ')}”.", str(f.lack),
        f"Oct 2026: {f.mean[0]:.1f}.",
    ]  # fmt: skip
    assert chance_words(found, kpi) == [f"There is no chance to tell: {f.lack}"]
    d = defined([SHARE, SHARE | {"code": "other"}])
    none = seen(d, to_polars(rows("share", MOVED)))["other", "a"]
    assert forecast_words(none, d.kpi["other"]) == [str(none.forecast.lack) or "No forecast."]
    assert forecast_answer(none)["origin"] is None and forecast_answer(none)["periods"] == []


@pytest.mark.parametrize(("kpi", "target", "wanted"), [
    (SHARE, {"value": "60"}, "the figure of Mar 2027 is at least 60.0"),
    (SHARE | {"polarity": "lower_better"}, {"value": "60"}, "the figure of Mar 2027 is at most 60.0"),
    (SHARE | {"polarity": "in_range"}, {"low": "55", "high": "60"},
     "the figure of Mar 2027 is at least 55.0 and at most 60.0"),
    (SHARE | {"aggregate_time": "mean"}, {"value": "57"},
     "the mean of the fiscal year up to Mar 2027 is at least 57.0"),
    (FLOW, {"value": "57"}, "the sum of the fiscal year up to Mar 2027 is at least 684.0"),
])  # fmt: skip
def test_a_chance_says_what_is_wanted(kpi: dict[str, Any], target: dict[str, str], wanted: str) -> None:
    found, own = look(kpi | {"decimals": 0}, **target)
    c = found.chance
    assert c is not None
    said = chance_words(found, own)
    assert said[0] == f"Wanted: {wanted}."
    assert said[1] == f"The forecast leads to {c.expected:.1f}. The chance is about {c.percent} % ({c.word})."
    needed = "For that Oct 2026 must bring" in " ".join(said[2:])
    assert needed is (c.needed is not None)
    answer = chance_answer(found)
    assert (answer["end"], answer["way"], answer["expected"]) == ("M:2027-03", c.way.value, c.expected)
    assert (answer["probability"], answer["shown"], answer["word"]) == (c.p, c.percent, c.word)
    assert answer["low"] == (None if math.isinf(c.low) else c.low)
    assert answer["high"] == (None if math.isinf(c.high) else c.high)


def test_what_the_next_period_must_bring_stands_beside_its_forecast() -> None:
    for polarity, most in (("higher_better", ""), ("lower_better", "at most ")):
        found, kpi = look(FLOW | {"polarity": polarity, "decimals": 0}, value="57")
        c = found.chance
        assert c is not None and c.needed is not None
        assert chance_words(found, kpi)[2:] == [
            f"For that Oct 2026 must bring {most}{c.needed:.1f}, and the other periods their part; the forecast is "
            f"{found.forecast.mean[0]:.1f}."
        ]


def test_without_a_target_there_is_no_chance() -> None:
    found, kpi = look(SHARE)
    assert chance_words(found, kpi) == [NO_CHANCE]
    assert set(chance_answer(found).values()) == {None} and len(chance_answer(found)) == 9


def test_signals_are_told_with_the_numbers_of_their_limits() -> None:
    found, kpi = look(SHARE | {"decimals": 0})
    r = found.reading
    assert r is not None
    answer: Any = signal_answer(found)
    assert (answer["count"], answer["phase"]) == (20, r.phase.name.lower())
    assert (answer["lower"], answer["centre"], answer["upper"]) == (last(r.lower), last(r.centre), last(r.upper))
    assert [s["period"] for s in answer["signals"]] == [found.periods[s.at].id for s in r.signals]
    assert answer["suggested_step"] == "M:2026-02" == months(20)[12]  # the figures moved after twelve
    said = signal_words(found, kpi)
    assert said[0] == f"The usual range is {answer['lower']:.1f} to {answer['upper']:.1f}."
    assert "Sep 2026" in " ".join(said)
    words, yes = look({"code": "share", "name": "Open", "kind": "boolean"}, [1, 0, 1, 1])
    assert signal_words(words, yes) == ["Yes or no, levels, and KPIs without figures have no usual range."]
    assert signal_answer(words) == {"phase": "none", "variation": "none", "assurance": "none", "headline": "",
                                    "signals": []}  # fmt: skip


@pytest.mark.parametrize(("x", "keys", "said"), [
    (1234.5678, {"decimals": 0}, "1,234.6"), (1234.5678, {"decimals": 2}, "1,234.568"),
    (-0.5, {"unit": "%", "decimals": 0}, "−0.5%"), (2.0, {"scale": "m", "unit": "GBP", "decimals": 0}, "2.0m"),
    (1.0, {"decimals": 10}, "1.0000000000"),
])  # fmt: skip
def test_a_number_has_one_decimal_more_than_is_shown(x: float, keys: dict[str, Any], said: str) -> None:
    assert number(x, Kpi.model_validate({"code": "k", "name": "K"} | keys)) == said
