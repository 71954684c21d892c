"""Student's t: printed tables, known forms, and the quantile as the inverse of the probability."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.student_t import DistributionError, t_cdf, t_quantile, two_sided

#: Two-sided critical values as every table prints them: degrees → 80 %, 95 %, 99 %.
TABLE = {1: (3.078, 12.706, 63.657), 2: (1.886, 4.303, 9.925), 3: (1.638, 3.182, 5.841), 4: (1.533, 2.776, 4.604),
         10: (1.372, 2.228, 3.169), 30: (1.310, 2.042, 2.750), 120: (1.289, 1.980, 2.617)}  # fmt: skip


@pytest.mark.parametrize(("degrees", "row"), TABLE.items())
def test_quantiles_are_those_of_the_printed_table(degrees: int, row: tuple[float, ...]) -> None:
    assert [t_quantile(p, degrees) for p in (0.90, 0.975, 0.995)] == pytest.approx(row, abs=5.1e-4)


@pytest.mark.parametrize(("degrees", "row"), TABLE.items())
def test_the_level_of_a_printed_critical_value_is_the_printed_one(degrees: int, row: tuple[float, ...]) -> None:
    found = two_sided(np.array([*row, *(-t for t in row)]), np.full(6, degrees))
    assert found.tolist() == pytest.approx([0.20, 0.05, 0.01] * 2, rel=2e-3)


def test_each_value_has_its_own_degrees_far_out_is_impossible_and_the_middle_certain() -> None:
    found = two_sided(np.array([0.0, 1e9, 12.706, 2.776]), np.array([7, 8, 1, 4]))
    assert found.round(4).tolist() == [1.0, 0.0, 0.05, 0.05]


def test_one_degree_is_cauchy_and_many_are_nearly_normal() -> None:
    t = np.linspace(-8, 8, 33)
    assert t_cdf(t, 1).tolist() == pytest.approx((0.5 + np.arctan(t) / math.pi).tolist())
    normal = [0.5 * math.erfc(-x / math.sqrt(2)) for x in t]
    assert t_cdf(t, 2000).tolist() == pytest.approx(normal, abs=2e-4)


@given(st.floats(1e-4, 1 - 1e-4), st.integers(1, 60))
def test_the_quantile_undoes_the_probability(p: float, degrees: int) -> None:
    assert float(t_cdf(t_quantile(p, degrees), degrees)) == pytest.approx(p, abs=1e-12)


@given(st.floats(-50, 50), st.integers(1, 12))
def test_the_probability_is_the_area_under_the_curve(t: float, degrees: int) -> None:
    x = np.linspace(0.0, t, 20_001)
    density = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)
    curve = density * (1 + x**2 / degrees) ** (-(degrees + 1) / 2)
    area = float(((curve[1:] + curve[:-1]) / 2).sum() * (t / 20_000))
    assert float(t_cdf(t, degrees)) == pytest.approx(0.5 + area, abs=1e-5)


def test_infinite_and_absent_values_have_their_answers() -> None:
    assert t_cdf(np.array([-np.inf, np.inf, np.nan]), 4).tolist() == pytest.approx([0.0, 1.0, math.nan], nan_ok=True)


def test_what_is_no_probability_or_distribution_is_refused() -> None:
    for p in (0.0, 1.0, math.nan):
        with pytest.raises(DistributionError):
            t_quantile(p, 3)
    with pytest.raises(DistributionError):
        t_cdf(0.0, 0)
