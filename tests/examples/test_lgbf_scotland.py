"""Councils of Scotland: national figures rolled up from 32 councils against those that were published."""

from __future__ import annotations

import csv
import gzip
import runpy
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest

import fourfold
from fourfold.engine.findings import errors
from tests.house.source import ROOT

pytestmark = pytest.mark.data

#: Why a published national figure is not ΣN/ΣD over the councils: its published numerator or denominator is not the sum
#: of theirs, or it is not the quotient of the two (shares of grants decided in time are multiples of a quarter of one
#: per cent, as the mean of four quarters in whole per cent is).
NOT_REPRODUCED = {
    "other parts": [
        "CORP-ASSET01 FY2012", "CORP-ASSET01 FY2013", "CORP-ASSET02 FY2012", "CORP-ASSET02 FY2013", "CORP06a FY2012",
        "CORP06b FY2012", "CORP06b FY2013", "CORP10 FY2019", "SW01 FY2019", "SW02 FY2018", "SW02 FY2021",
        "SW02 FY2022", "SW05 FY2019", "SW08 FY2017", "SW08 FY2023", "SW08 FY2024",
    ],
    "no quotient": [
        "CORP-ASSET01 FY2011", "CORP01 FY2021", "CORP09 FY2019", "CORP09 FY2020", "CORP09 FY2021", "CORP09 FY2022",
        "CORP09 FY2023", "CORP10 FY2021", "CORP10 FY2022", "CORP10 FY2023",
    ],
}  # fmt: skip
END = datetime(2024, 3, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    """One indicator and year in the file: what is said of Scotland, and the parts of the councils."""

    code: str
    value: str
    scale: int  # the scorecard shows shares of one as per cent
    times: Fraction
    numerator: str
    denominator: str
    parts: tuple[tuple[Fraction, Fraction], ...]
    councils: tuple[Fraction, ...]

    @property
    def whole(self) -> Fraction:
        """Sum over sum, exactly."""
        top, bottom = (sum(part) for part in zip(*self.parts, strict=True))
        return self.times * top / bottom

    def near(self, figure: Fraction | float, share: float) -> bool:
        """Whether a figure is the published one but for this share of it."""
        return abs(float(figure) / float(self.value) - 1) <= share

    def to_the_digit(self, figure: float) -> bool:
        """Whether a figure is the published one, rounded to as many decimals."""
        half = 0.5 * 10.0 ** -len(self.value.partition(".")[2])
        return abs(figure - float(self.value)) <= half * 1.0001

    def reproduced(self, figure: float) -> bool:
        """To the digit, or as near as figures in prices of another year can be after rounding: one in a thousand."""
        return self.to_the_digit(figure) or self.near(figure, 1e-3)


@pytest.fixture(scope="module")
def published(public_data: Path) -> Mapping[tuple[str, str], Published]:
    """(indicator, `FY2023`) → what the file says."""
    folder = public_data / "lgbf_scotland_a"
    with (folder / "indicator_information.csv").open(encoding="utf-8-sig", newline="") as file:
        about = {row["Code"]: row for row in csv.DictReader(file)}
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with gzip.open(folder / "lgbf_council_real.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["Code"], "FY20" + row["Year"][-2:]].append(row)
    found = {}
    for (code, year), rows in groups.items():
        known, first = about[code], rows[0]
        times = Fraction(known["Numerator_Multipier"] or "1") / Fraction(known["Denominator_Multiplier"] or "1")
        parts = [(Fraction(r["LA_Numerator_real"]), Fraction(r["LA_Den_Real"])) for r in rows if r["LA_Den_Real"]]
        found[code, year] = Published(
            code, first["Scotland_Indicator_Real"], 100 if known["MeasureType"] == "Percentage" else 1, times,
            first["Scotland_Num_Real"], first["Scotland_Den_Real"], () if code == "CORP03c" else tuple(parts),
            tuple(Fraction(r["LA_IndicatorReal"]) for r in rows),
        )  # fmt: skip
    return MappingProxyType(found)


@pytest.fixture(scope="module")
def scorecard(public_data: Path, tmp_path_factory: pytest.TempPathFactory) -> fourfold.Scorecard:
    folder = tmp_path_factory.mktemp("lgbf") / "scorecard"
    script = runpy.run_path(str(ROOT / "examples" / "lgbf_scotland" / "build.py"))
    count = script["build"](public_data / "lgbf_scotland_a", folder)
    loaded = fourfold.load(folder)
    assert len(loaded.rows) == count
    return loaded


@pytest.fixture(scope="module")
def results(scorecard: fourfold.Scorecard) -> pl.DataFrame:
    return scorecard.evaluate(as_of=END, view="year").results.filter(pl.col("node").str.starts_with("kpi:"))


@pytest.fixture(scope="module")
def national(results: pl.DataFrame) -> dict[tuple[str, str], float]:
    """(indicator, year) → the figure of Scotland, in the unit of the file but for per cent."""
    own = results.filter(pl.col("unit") == "scotland", pl.col("value").is_not_null())
    named = own.select(pl.col("node").str.strip_prefix("kpi:"), pl.col("period").str.split(":").list.last(), "value")
    return {(code, year): value for code, year, value in named.iter_rows()}


def test_the_folder_has_32_councils_and_45_indicators_and_nothing_wrong(scorecard: fourfold.Scorecard) -> None:
    assert len(scorecard.definitions.units) == 33
    assert len(scorecard.definitions.kpis) == 45
    assert errors(scorecard.check()) == []


def test_every_figure_of_a_council_is_kept(
    published: Mapping[tuple[str, str], Published], results: pl.DataFrame
) -> None:
    councils = results.filter(pl.col("unit") != "scotland", pl.col("value").is_not_null())
    assert len(councils) == sum(len(p.councils) for p in published.values()) == 15_258


def test_every_ratio_is_the_sum_over_the_sum_to_twelve_digits(
    published: Mapping[tuple[str, str], Published], national: dict[tuple[str, str], float]
) -> None:
    compared = 0
    for cell, p in published.items():
        if p.parts:
            assert national[cell] == pytest.approx(float(p.whole) * p.scale, rel=1e-12)
            compared += 1
    assert compared == 335


def test_of_335_published_national_ratios_309_are_reproduced(
    published: Mapping[tuple[str, str], Published], national: dict[tuple[str, str], float]
) -> None:
    ratios = [(p, national[cell] / p.scale) for cell, p in published.items() if p.parts]
    to_the_digit = sum(p.to_the_digit(ours) for p, ours in ratios)
    reproduced = sum(p.reproduced(ours) for p, ours in ratios)
    assert (len(ratios), to_the_digit, reproduced) == (335, 186, 309)


def test_the_other_26_were_published_from_other_parts_or_are_no_quotient_of_their_parts(
    published: Mapping[tuple[str, str], Published], national: dict[tuple[str, str], float]
) -> None:
    reasons: dict[str, list[str]] = {"other parts": [], "no quotient": []}
    for cell, p in sorted(published.items()):
        if not p.parts or p.reproduced(national[cell] / p.scale):
            continue
        top, bottom = (sum(part) for part in zip(*p.parts, strict=True))
        stated = Fraction(p.numerator), Fraction(p.denominator)
        if not p.near(p.times * stated[0] / stated[1], 1e-3):
            reasons["no quotient"].append(" ".join(cell))
        elif abs(top / stated[0] - 1) > 1e-4 or abs(bottom / stated[1] - 1) > 1e-4:
            reasons["other parts"].append(" ".join(cell))
        else:
            pytest.fail(f"{cell}: {national[cell]} is not {p.value}, and nothing says why")
    assert reasons == NOT_REPRODUCED
    quarters = [p for p in published.values() if p.code in ("CORP09", "CORP10")]
    assert all(Fraction(p.value) * 400 % 1 == 0 for p in quarters)


def test_the_mean_of_councils_would_reproduce_few_of_them(published: Mapping[tuple[str, str], Published]) -> None:
    ratios = [p for p in published.values() if p.parts]
    means = [p for p in ratios if p.near(sum(p.councils) / len(p.councils), 1e-3)]
    assert len(means) < 0.1 * len(ratios)


def test_what_was_published_without_parts_stands_as_published(
    published: Mapping[tuple[str, str], Published], national: dict[tuple[str, str], float]
) -> None:
    without = {cell: p for cell, p in published.items() if not p.parts}
    assert len(without) == 151
    assert len({p.code for p in without.values()}) == 15
    for cell, p in without.items():
        assert national[cell] == pytest.approx(float(p.value) * p.scale, rel=1e-12)


def test_councils_without_dwellings_have_no_housing_figures_and_leave_no_gap(results: pl.DataFrame) -> None:
    rent = results.filter(pl.col("node") == "kpi:HSN01b", pl.col("period").str.ends_with("FY2023"))
    assert dict(rent["state"].value_counts().iter_rows()) == {"number": 27, "not_applicable": 6}
    assert rent.filter(pl.col("unit") == "scotland")["coverage"].to_list() == [1.0]
