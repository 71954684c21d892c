"""Montgomery's charts of subgroups: his limits, his signals, and the run test of the package that printed them."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from fourfold.engine.cells import Bools, Floats
from fourfold.engine.signals.moments import deviation, mean
from fourfold.engine.signals.subgroups import (
    count_limits,
    deviation_limits,
    has_unusual_runs,
    mean_limits,
    share_limits,
)

Lines = tuple[Floats, Floats, Floats]


def column(public_data: Path, name: str, key: str) -> Floats:
    with (public_data / "spc_montgomery" / f"{name}.csv").open() as file:
        return np.array([{"True": 1.0, "False": 0.0}.get(r[key]) or float(r[key] in ("True",) or _number(r[key]))
                         for r in csv.DictReader(file)])  # fmt: skip


def _number(text: str) -> float:
    return 0.0 if text in ("False", "") else float(text)


def agree(public_data: Path, name: str, x: Floats, lines: Lines, part: Bools | slice = slice(None)) -> None:
    """Limits within 1e-6, and the same figures outside them and unusual runs as printed."""
    for key, found in zip(("lcl", "cl", "ucl"), lines, strict=True):
        assert found == pytest.approx(column(public_data, name, key)[part], abs=1e-6)
    used = column(public_data, name, "include")[part] == 1
    outside = (x < lines[0]) | (x > lines[2])
    assert outside.tolist() == (column(public_data, name, "sigma.signal")[part] == 1).tolist()
    unusual = has_unusual_runs(np.where(used, x, np.nan), lines[1])
    assert unusual == (column(public_data, name, "runs.signal")[part] == 1).all()


@pytest.mark.data
def test_means_and_deviations_of_piston_rings_are_his(public_data: Path) -> None:
    groups = column(public_data, "tbl_06_03", "obs").reshape(25, 5)
    every = np.ones(25, bool)
    agree(public_data, "expected_ex_6_3_1", mean(groups), mean_limits(groups, every))
    agree(public_data, "expected_ex_6_3_2", deviation(groups), deviation_limits(groups, every))


@pytest.mark.data
def test_shares_of_orange_juice_cans_are_his_in_both_phases(public_data: Path) -> None:
    counts, sizes = column(public_data, "tbl_07_03", "count"), column(public_data, "tbl_07_03", "size")
    printed = "expected_ex_7_1_5"
    phase, used = column(public_data, printed, "part"), column(public_data, printed, "include") == 1
    for each in (1, 2):
        part = phase == each
        lines = share_limits(counts[part], sizes[part], used[part])
        agree(public_data, printed, counts[part] / sizes[part], lines, part)


@pytest.mark.data
def test_counts_of_nonconformities_are_his(public_data: Path) -> None:
    counts = column(public_data, "tbl_07_08", "count")
    printed = "expected_ex_7_3_3"
    baseline = (column(public_data, printed, "include") == 1) & (column(public_data, printed, "baseline") == 1)
    agree(public_data, printed, counts, count_limits(counts, baseline))


@pytest.mark.data
def test_runs_of_the_individuals_chart_are_the_printed_ones(public_data: Path) -> None:
    x = column(public_data, "tbl_06_07", "cost")
    assert has_unusual_runs(x, column(public_data, "expected_ex_6_5_3", "cl")) is False


@pytest.mark.parametrize("n", [2, 3, 10, 11, 16, 23, 24, 40])
def test_unusual_are_runs_and_crossings_beyond_log2_and_the_binomial(n: int) -> None:
    """n figures in r runs of about one length; Anhøj: more than log2(n) + 3 in one, or below the 5 % point."""
    below = [sum(math.comb(n - 1, i) for i in range(k + 1)) / 2 ** (n - 1) for k in range(n)]
    fewest = next(k for k in range(n) if below[k] >= 0.05)
    for runs in range(1, n + 1):
        lengths = [n // runs + (i < n % runs) for i in range(runs)]
        x = np.array([(-1.0) ** i for i, length in enumerate(lengths) for _ in range(length)])
        wanted = max(lengths) > round(math.log2(n)) + 3 or runs - 1 < fewest
        assert has_unusual_runs(np.insert(x, 1, [np.nan, 0.0]), np.zeros(n + 2)) is wanted


@pytest.mark.parametrize(("signs", "unusual"), [
    ("", False), ("+", False), ("+++++", False), ("++++++", True), ("+++++-", False),  # six cross once at least
    ("++++++++-+-+-+-+", True), ("+++++++-+-+-+-++", False),  # of 16, at most 7 on one side
    ("++++----++++----", True), ("+++----+++----++", False),  # of 16, four crossings at least
    ("+0+0+0+-", False), ("+.+.+.+.+.+", True),
])  # fmt: skip
def test_runs_are_unusual_when_too_long_or_too_few(signs: str, unusual: bool) -> None:
    x = np.array([{"+": 1.0, "-": -1.0, "0": 0.0, ".": math.nan}[s] for s in signs])
    assert has_unusual_runs(x, np.zeros(len(x))) is unusual
    assert has_unusual_runs(-x, np.zeros(len(x))) is unusual
