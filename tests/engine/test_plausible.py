"""What is said beside a figure: usual or not, its status by itself, and the highest in how many."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Calendar
from fourfold.engine.plausible import (
    UsualRange,
    Wanted,
    Why,
    extreme,
    needs_words,
    number_of,
    status_of,
    usual_range,
    why_explain,
)
from fourfold.engine.statuses import Status

JANUARY = Calendar().parse("2026-01")
NOTHING = [None] * 4
FIRST, SECOND = [1.0, 2.0, 3.0, 0.4], [5.0, 6.0, 7.0, 0.5]


def d(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(("value", "above", "below", "expected"), [
    (None, "3", "4", 75.0), ("9", "3", "4", 75.0), ("9", "3", "0", 9.0), ("9", "3", None, 9.0), ("9", None, "4", 9.0),
    (None, "3", "0", None), (None, None, None, None), ("0", None, None, 0.0), (None, "0", "4", 0.0),
])  # fmt: skip
def test_a_figure_with_both_parts_is_their_ratio(
    value: str | None, above: str | None, below: str | None, expected: float | None
) -> None:
    kpi = Kpi(code="k", name="K", kind="ratio", factor="100")
    assert number_of(kpi, d(value), d(above), d(below)) == expected


def test_on_the_limits_is_inside_and_a_hair_beyond_is_not() -> None:
    usual = UsualRange(-20.0, 0.0, 10.0, 5.0)
    assert [usual.holds(x) for x in (-20.0, 10.0, 10.0 + 1e-8, -20.0 - 1e-8)] == [True] * 4
    assert [usual.holds(x) for x in (10.0 + 1e-7, -20.0 - 1e-7, 11.0, -21.0)] == [False] * 4
    assert UsualRange(0.0, 0.0, 0.0, 0.0).holds(0.0) and not UsualRange(0.0, 0.0, 0.0, 0.0).holds(1e-12)


@pytest.mark.parametrize(("value", "sigma", "expected"), [
    (16.0, 1.0, False), (16.01, 1.0, True), (4.0, 1.0, False), (3.99, 1.0, True), (99.0, 0.0, False),
    (10.0, 0.5, False), (13.1, 0.5, True), (6.9, 0.5, True),
])  # fmt: skip
def test_more_than_six_sigmas_from_the_centre_is_sudden(value: float, sigma: float, expected: bool) -> None:
    assert UsualRange(7.0, 10.0, 13.0, sigma).is_sudden(value) is expected


@pytest.mark.parametrize(("months", "expected"), [
    (-1, None), (0, None), (3, None), (4, FIRST), (5, FIRST), (6, SECOND), (7, SECOND), (8, SECOND), (40, SECOND),
])  # fmt: skip
def test_lines_hold_until_the_next_and_the_last_for_what_comes(months: int, expected: list[float] | None) -> None:
    lines = [[0, *NOTHING], [4, *FIRST], [6, *SECOND]]
    found = usual_range(lines, JANUARY, 8, JANUARY.shift(months))
    assert found == (None if expected is None else UsualRange(*expected))


def test_without_lines_or_where_they_end_nothing_is_usual() -> None:
    assert usual_range([], JANUARY, 8, JANUARY) is None
    assert usual_range([[2, *FIRST]], JANUARY, 8, JANUARY.shift(1)) is None
    assert usual_range([[2, *FIRST], [5, *NOTHING]], JANUARY, 8, JANUARY.shift(6)) is None


@pytest.mark.parametrize(("months", "place"), [
    (23, 23), (24, 12), (25, 13), (35, 23), (36, 12), (47, 23), (48, 12),
])  # fmt: skip
def test_lines_that_follow_the_season_are_those_of_a_year_before(months: int, place: int) -> None:
    lines = [[i, float(i), i + 1.0, i + 2.0, 1.0] for i in range(24)]
    found = usual_range(lines, JANUARY, 24, JANUARY.shift(months))
    assert found is not None and found.low == place


def test_one_step_in_the_last_year_makes_a_season_and_one_before_it_does_not() -> None:
    at_start = [[0, *FIRST], [12, *SECOND]]  # the last year of 24 months begins with the twelfth
    assert usual_range(at_start, JANUARY, 24, JANUARY.shift(24)) == UsualRange(*SECOND)
    within = [[0, *FIRST], [13, *SECOND]]
    assert usual_range(within, JANUARY, 24, JANUARY.shift(24)) == UsualRange(*FIRST)
    assert usual_range(within, JANUARY, 24, JANUARY.shift(25)) == UsualRange(*SECOND)


def test_less_than_a_year_has_no_season_and_exactly_one_has() -> None:
    eleven = [[i, float(i), i + 1.0, i + 2.0, 1.0] for i in range(11)]
    after_eleven = usual_range(eleven, JANUARY, 11, JANUARY.shift(11))
    assert after_eleven is not None and after_eleven.low == 10
    twelve = [[i, float(i), i + 1.0, i + 2.0, 1.0] for i in range(12)]
    after_twelve = usual_range(twelve, JANUARY, 12, JANUARY.shift(12))
    assert after_twelve is not None and after_twelve.low in (0, 11)
    after_thirteen = usual_range([*twelve, [12, 12.0, 13.0, 14.0, 1.0]], JANUARY, 13, JANUARY.shift(13))
    assert after_thirteen is not None and after_thirteen.low == 1


UP, DOWN = {"polarity": "higher_better"}, {"polarity": "lower_better"}


@pytest.mark.parametrize(("fields", "value", "wanted", "expected"), [
    (UP, 100.0, Wanted(100.0, 80.0), Status.ON), (UP, 90.0, Wanted(100.0, 80.0), Status.NEAR),
    (UP, 79.0, Wanted(100.0, 80.0), Status.OFF), (DOWN, 100.0, Wanted(100.0, 120.0), Status.ON),
    (DOWN, 110.0, Wanted(100.0, 120.0), Status.NEAR), (DOWN, 121.0, Wanted(100.0, 120.0), Status.OFF),
    (UP, 1.0, Wanted(None, 80.0), Status.UNSCORED), (UP, 1.0, Wanted(100.0, None), Status.UNSCORED),
    (UP, 1.0, Wanted(), Status.UNSCORED), ({"polarity": "neutral"}, 1.0, Wanted(100.0, 80.0), Status.UNSCORED),
    (UP | {"tolerance": "5"}, 95.0, Wanted(100.0, 80.0), Status.ON),
    (UP | {"tolerance": "5"}, 94.0, Wanted(100.0, 80.0), Status.NEAR),
    ({"polarity": "in_range"}, 3.0, Wanted(low=3.0, high=5.0), Status.ON),
    ({"polarity": "in_range"}, 5.0, Wanted(low=3.0, high=5.0), Status.ON),
    ({"polarity": "in_range"}, 2.9, Wanted(low=3.0, high=5.0), Status.UNSCORED),
    ({"polarity": "in_range"}, 5.1, Wanted(low=3.0, high=5.0), Status.UNSCORED),
    ({"polarity": "in_range"}, 4.0, Wanted(low=3.0), Status.UNSCORED),
    ({"polarity": "in_range"}, 4.0, Wanted(high=5.0), Status.UNSCORED),
    ({"polarity": "in_range", "tolerance": "0.5"}, 2.5, Wanted(low=3.0, high=5.0), Status.ON),
    ({"polarity": "in_range", "tolerance": "0.5"}, 5.5, Wanted(low=3.0, high=5.0), Status.ON),
    ({"polarity": "in_range", "tolerance": "0.5"}, 2.4, Wanted(low=3.0, high=5.0), Status.UNSCORED),
    ({"polarity": "in_range", "tolerance": "0.5"}, 5.6, Wanted(low=3.0, high=5.0), Status.UNSCORED),
    ({"kind": "boolean"} | UP, 1.0, Wanted(), Status.ON), ({"kind": "boolean"} | UP, 0.0, Wanted(), Status.OFF),
    ({"kind": "boolean"} | DOWN, 1.0, Wanted(), Status.OFF), ({"kind": "boolean"} | DOWN, 0.0, Wanted(), Status.ON),
    ({"kind": "ordinal", "levels": {"poor": "0", "fair": "60", "good": "100"}}, 1.0, Wanted(), Status.OFF),
    ({"kind": "ordinal", "levels": {"poor": "0", "fair": "60", "good": "100"}}, 2.0, Wanted(), Status.NEAR),
    ({"kind": "ordinal", "levels": {"poor": "0", "fair": "60", "good": "100"}}, 3.0, Wanted(), Status.ON),
])  # fmt: skip
def test_a_figure_has_its_status_by_itself(
    fields: dict[str, object], value: float, wanted: Wanted, expected: Status
) -> None:
    assert status_of(Kpi.model_validate({"code": "k", "name": "K", **fields}), value, wanted) is expected


@pytest.mark.parametrize(("value", "before", "expected"), [
    (9.0, [4.0, None, 7.0, 5.0], ("highest", 4)), (3.0, [4.0, None, 7.0, 5.0], ("lowest", 4)),
    (7.0, [4.0, 7.0], ("", 0)), (4.0, [4.0, 7.0], ("", 0)), (5.0, [4.0, 7.0], ("", 0)), (5.0, [], ("", 0)),
    (5.0, [None], ("", 0)), (5.0, [4.0], ("highest", 2)), (5.0, [6.0], ("lowest", 2)),
])  # fmt: skip
def test_only_what_goes_further_than_all_before_is_an_extreme(
    value: float, before: list[float | None], expected: tuple[str, int]
) -> None:
    assert extreme(value, before) == expected


def test_an_explanation_has_twenty_characters_at_least_and_spaces_around_it_are_none() -> None:
    assert [needs_words(text) for text in ("x" * 19, "x" * 20, " " + "x" * 19 + " ", "")] == [True, False, True, True]


@pytest.mark.parametrize(("rule", "status", "value", "why"), [
    ("off_target", Status.OFF, 25.0, Why.OFF_TARGET), ("off_target", Status.NEAR, 99.0, None),
    ("unusual", Status.OFF, 25.0, None), ("unusual", Status.ON, 31.0, Why.UNUSUAL),
    ("unusual", None, 31.0, Why.UNUSUAL), ("off_target_or_unusual", Status.OFF, 25.0, Why.OFF_TARGET),
    ("off_target_or_unusual", Status.ON, 31.0, Why.UNUSUAL), ("off_target_or_unusual", Status.ON, 25.0, None),
    ("never", Status.OFF, 99.0, None),
])  # fmt: skip
def test_a_rule_says_which_figures_need_an_explanation(
    rule: str, status: Status | None, value: float, why: Why | None
) -> None:
    assert why_explain(rule, status, value, UsualRange(20.0, 25.0, 30.0, 1.7)) is why
    if why is not Why.OFF_TARGET:
        assert why_explain(rule, status, value, None) is None
