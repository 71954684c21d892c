"""Which tests are made of a KPI, and what they are told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Kpi
from fourfold.engine.gaming import Asked, ask, asked_of, easings, signs
from fourfold.engine.health.revisions import Conduct
from fourfold.engine.kpis import figures as blocks
from fourfold.engine.outlook import Outlook, outlooks
from fourfold.engine.periods import Frequency
from fourfold.engine.signals import Between
from fourfold.engine.statuses import Status
from tests.engine.scorecards import LATER, figures, scorecard

NOISE = np.array([3.1, -2.2, 1.4, -3.3, 2.5, -1.6, 0.7, -2.8, 3.9, -0.4, 1.2, -1.5])


def asked(kpi: dict[str, Any] | None = None, **more: Any) -> Asked:
    values = more.pop("values", 50.0 + NOISE)
    definition = Kpi.model_validate({"code": "k", "name": "K"} | (kpi or {}))
    quiet = np.full(len(values), Status.ON, dtype=np.uint8)
    return Asked(definition, values, np.full(len(values), 60.0), more.pop("status", quiet), **more)


def made(given: Asked) -> list[str]:
    return [flag.code for flag in ask(given)]


def test_what_is_not_known_is_not_asked_about() -> None:
    assert made(asked()) == ["G1", "G2", "G3", "G4", "G8"]
    assert all(flag.raised is not True for flag in ask(asked()))


@pytest.mark.parametrize("kpi", [{"automated": True}, {"formula": "a"}, {"kind": "ratio"}])
def test_digits_are_asked_about_where_figures_come_by_hand(kpi: dict[str, Any]) -> None:
    assert "G4" not in made(asked(kpi))


def test_a_kpi_without_a_better_side_is_not_asked_what_made_it_better() -> None:
    counted = tuple(np.ones(4) for _ in range(4))
    assert "G7" in made(asked(counted=counted))
    assert "G7" not in made(asked({"polarity": "neutral"}, counted=counted))


def test_corrections_that_all_help_raise_a_question() -> None:
    before, after = np.full(9, 40.0), np.full(9, 45.0)
    found = {f.code: f.raised for f in ask(asked(corrected=(before, after)))}
    assert found["G5"] is True
    assert {f.code: f.raised for f in ask(asked(corrected=(after, before)))}["G5"] is False


def test_each_pair_is_a_question_of_its_own() -> None:
    better = np.arange(12) == 6
    pairs = {"near": (np.arange(12) == 7, 12), "far": (np.arange(12) == 11, 12), "short": (np.arange(12) == 7, 3)}
    found = [(f.code, f.raised) for f in ask(asked(improves=better, worsens=pairs)) if f.code == "G9"]
    assert found == [("G9", True), ("G9", False), ("G9", None)]


def test_the_natural_standard_deviation_is_the_mean_moving_range_by_1_128() -> None:
    ranges = [abs(b - a) for a, b in zip(NOISE.tolist(), NOISE.tolist()[1:], strict=False)]
    assert asked().sigma == pytest.approx(sum(ranges) / len(ranges) / 1.128)
    assert np.isnan(asked(values=np.array([1.0, np.nan, 2.0])).sigma), "a gap breaks the moving range"


@pytest.mark.parametrize(("kpi", "step"), [({"decimals": 2}, 0.01), ({"decimals": 2, "resolution": "5"}, 5.0)])
def test_the_step_of_a_figure_is_its_resolution_or_its_last_decimal(kpi: dict[str, Any], step: float) -> None:
    assert asked(kpi).step == pytest.approx(step)


TARGETS = [
    {"kpi": "k", "value": 95, "red_line": 80, "since": "2026-01"},
    {"kpi": "k", "value": 92, "red_line": 80, "since": "2026-03"},
    {"kpi": "k", "unit": "north", "value": 90, "red_line": 80, "since": "2026-01"},
    {"kpi": "k", "unit": "north", "value": 94, "red_line": 80, "since": "2026-02"},
]


def test_a_target_eased_after_a_miss_raises_a_question() -> None:
    ratio, units = {"code": "k", "kind": "ratio", "unit": "%"}, {"all": None, "north": "all"}
    definitions = scorecard(ratio, targets=TARGETS, units=units)
    months = definitions.calendar.range(definitions.calendar.parse("2026-01"), definitions.calendar.parse("2026-04"))
    kpi = definitions.kpi["k"]
    eased = easings(definitions, kpi, "all", months)
    assert eased == {2: "the target was eased by 3"}
    assert easings(definitions, kpi, "north", months) == {}, "the target of the north became harder"
    assert easings(definitions, kpi, "all", months[:2]) == {}, "March is not among these"
    for at, raised in ((1, True), (2, True), (0, False), (3, False)):
        status = np.full(4, Status.ON, dtype=np.uint8)
        status[at] = Status.OFF
        (flag,) = (f for f in ask(asked(values=np.full(4, 90.0), status=status, eased=eased)) if f.code == "G8")
        assert flag.raised is raised, at


def seen(values: list[float], kpi: dict[str, Any]) -> Outlook:
    definitions = scorecard({"code": "k", "kind": "stock"} | kpi)
    months = definitions.calendar.range(definitions.calendar.parse("2025-01"), definitions.calendar.parse("2026-08"))
    rows = figures(*(("k", m.id, v) for m, v in zip(months, values, strict=True)))
    (found,) = outlooks(definitions, blocks(definitions, rows, as_of=LATER, periods=months), as_of=LATER)
    return found


STEP_UP = [*(50.0 + NOISE).tolist(), *(80.0 + NOISE[:8]).tolist()]  # 20 months; the 13th is far outside the limits


def test_a_signal_is_for_the_better_or_the_worse_by_the_side_that_is_better() -> None:
    rising = {polarity: seen(STEP_UP, {"polarity": polarity}) for polarity in ("higher_better", "lower_better")}
    for polarity, better in (("higher_better", True), ("lower_better", False)):
        outlook = rising[polarity]
        told = signs(outlook, Polarity(polarity), outlook.periods, better=better)
        assert told[12] and not told[:12].any()
        assert not signs(outlook, Polarity(polarity), outlook.periods, better=not better).any()
    assert not signs(rising["higher_better"], Polarity.NEUTRAL, outlook.periods, better=True).any()


def test_signals_stand_in_the_periods_of_the_series_that_is_asked_about() -> None:
    outlook = seen(STEP_UP, {"polarity": "higher_better"})
    late = outlook.periods[10:14]
    assert signs(outlook, Polarity.HIGHER_BETTER, late, better=True).tolist()[:3] == [False, False, True]
    quarters = (outlook.periods[0].within(Frequency.QUARTER),)
    assert not signs(outlook, Polarity.HIGHER_BETTER, quarters, better=True).any()


def test_a_long_time_between_events_is_what_few_events_are() -> None:
    outlook = seen(STEP_UP, {"polarity": "lower_better"})
    assert outlook.reading is not None
    none = np.empty(0)
    between = Between(none.astype(np.intp), none, none, none, none, None)
    rare = replace(outlook, reading=replace(outlook.reading, between=between))
    told = {better: signs(rare, Polarity.LOWER_BETTER, rare.periods, better=better)[12] for better in (True, False)}
    assert told == {True: True, False: False}
    assert not signs(replace(outlook, reading=None), Polarity.LOWER_BETTER, outlook.periods, better=False).any()
    assert signs(outlook, Polarity.LOWER_BETTER, (), better=False).tolist() == []


def test_what_is_asked_of_a_kpi_is_gathered_from_its_outlook_those_of_its_pairs_and_its_revisions() -> None:
    definitions = scorecard({"code": "k", "polarity": "higher_better"}, {"code": "p", "polarity": "lower_better"},
                            {"code": "q", "polarity": "lower_better"})  # fmt: skip
    rising = seen(STEP_UP, {"polarity": "higher_better"})
    months = rising.periods
    results = (np.array(STEP_UP), np.full(20, 60.0), np.full(20, Status.ON, dtype=np.uint8))

    def gathered(outlooks: dict[str, Outlook], kept: Conduct | None = None) -> Asked:
        return asked_of(definitions, definitions.kpi["k"], "all", months, results, outlooks=outlooks, kept=kept,
                        counted=None, figures={})  # fmt: skip

    found = gathered({"k": rising, "p": rising, "q": replace(rising, reading=None)},
                     Conduct(None, None, np.array([1.0]), np.array([2.0])))  # fmt: skip
    assert found.improves is not None and np.flatnonzero(found.improves)[0] == 12
    assert {code: (int(worse.sum()), count) for code, (worse, count) in found.worsens.items()} == {
        "p": (int(found.improves.sum()), 20), "q": (0, 0),
    }  # fmt: skip
    assert found.corrected is not None and [a.tolist() for a in found.corrected] == [[1.0], [2.0]]
    bare = gathered({})
    assert (bare.improves, bare.worsens, bare.corrected, bare.inside, bare.eased) == (None, {}, None, None, {})


@pytest.mark.parametrize(("first", "last", "place"), [(0, 0, 0), (-3, 0, 3), (0, 2, 0), (-3, -1, None), (1, 3, None)])
def test_an_easing_counts_from_the_first_of_the_periods_to_the_last(first: int, last: int, place: int | None) -> None:
    definitions = scorecard({"code": "k", "kind": "ratio", "unit": "%"}, targets=TARGETS[:2])
    march = definitions.calendar.parse("2026-03")
    periods = definitions.calendar.range(march.shift(first), march.shift(last))
    eased = easings(definitions, definitions.kpi["k"], "all", periods)
    assert eased == ({} if place is None else {place: "the target was eased by 3"})
    assert easings(definitions, definitions.kpi["k"], "all", ()) == {}
