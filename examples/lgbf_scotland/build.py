"""Make a scorecard folder of Scotland's 32 councils from the Local Government Benchmarking Framework.

Run: `python examples/lgbf_scotland/build.py LGBF FOLDER`, where LGBF holds `lgbf_council_real.csv.gz` (a row for each
indicator, council and year) and `indicator_information.csv`. An indicator with numerator and denominator is a ratio:
Scotland is in no row of it and rolls up as ΣN/ΣD. Of the others only percentages are published, which do not add up;
for them the published national figure is Scotland's own. Years are fiscal years from April; a figure of several years
is filed under the last one. A year without any survey is said not to apply. Targets are ours: what the best quarter
of councils had reached by 2018-19, with the worst quarter as the red line.
"""

from __future__ import annotations

import csv
import gzip
import re
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

SCOTLAND = "scotland"
#: The gap between the mean pay of men and women does not follow from sums of anything.
NOT_A_SHARE = ("CORP03c",)
#: Where neither more nor less is better: the middle, how far from it is on target, and how far is the red line, in %.
MIDDLE = {"CORP03b": (50, 2, 10), "CORP03c": (0, 1, 5), "CORP11": (100, 2, 10), "CORP12": (100, 2, 10)}
SATISFACTION = ("ENV07a", "ENV07b", "SW04b", "SW04c", "SW04d", "SW04e")
PEOPLE = ("CORP03b", "CORP03c", "CORP06a", "CORP06b")
BASE = 2019
PERSPECTIVES = {
    "finance": ("Cost", "What do services cost?"),
    "customers": ("Residents", "What do residents say?"),
    "processes": ("Services", "How well do services work?"),
    "people": ("Workforce", "Are those who serve well and fairly treated?"),
}
HEAD = """\
format: 1

organisation:
  code: lgbf
  name: Councils of Scotland
  currency: GBP
  time_zone: Europe/London
  fiscal_year_start: 4

strategy: {code: lgbf, name: Local Government Benchmarking Framework, unit: scotland}

"""


@dataclass
class Indicator:
    """One indicator: what is said about it, and its figures as they are written."""

    code: str
    title: str
    category: str
    measure: str
    ranking: str
    every: int  # years between two surveys
    times: Decimal  # published value = times · numerator / denominator
    figures: dict[tuple[str, int], tuple[str, str, str]] = field(default_factory=dict)  # council, year: value, N, D
    national: dict[int, str] = field(default_factory=dict)

    @property
    def is_ratio(self) -> bool:
        """Whether its parts are published, at least for some."""
        return self.code not in NOT_A_SHARE and any(d for _, _, d in self.figures.values())

    @property
    def percent(self) -> bool:
        """Whether it is a percentage; the file writes shares of one."""
        return self.measure == "Percentage"

    @property
    def perspective(self) -> str:
        """Where it stands on the scorecard."""
        if self.code in SATISFACTION:
            return "customers"
        return "people" if self.code in PEOPLE else "finance" if self.measure == "Cost" else "processes"

    def shown(self, value: str) -> Decimal:
        """A published value as it is shown: shares as per cent."""
        return Decimal(value) * (100 if self.percent else 1)


def slug(name: str) -> str:
    """A code for a name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def fiscal_year(label: str) -> int:
    """`2019-20` and `2017-20` both end in 2020."""
    return 2000 + int(label[-2:])


def read(folder: Path) -> tuple[dict[str, Indicator], dict[str, str]]:
    """Indicators by code, and the names of councils by code."""
    with (folder / "indicator_information.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {
            row["Code"]: Indicator(
                row["Code"], row["Title"], row["ISCategory"], row["MeasureType"], row["Ranking_Type"],
                2 if row["ReportingPeriod"] == "2 Yearly" else 1,
                Decimal(row["Numerator_Multipier"] or 1) / Decimal(row["Denominator_Multiplier"] or 1),
            )
            for row in csv.DictReader(file)
        }  # fmt: skip
    councils: dict[str, str] = {}
    with gzip.open(folder / "lgbf_council_real.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            council, year = slug(row["LocalAuthority"]), fiscal_year(row["Year"])
            councils[council] = row["LocalAuthority"]
            indicator = known[row["Code"]]
            parts = (row["LA_IndicatorReal"], row["LA_Numerator_real"], row["LA_Den_Real"])
            indicator.figures[council, year] = parts
            indicator.national.setdefault(year, row["Scotland_Indicator_Real"])
    return {code: i for code, i in known.items() if i.figures}, dict(sorted(councils.items()))


def target(i: Indicator) -> str:
    """The target as YAML: a band around the middle, or the quarters of councils in the last year up to 2018-19."""
    years = {year for _, year in i.figures}
    since = f"since: FY{min(years)}"
    if i.code in MIDDLE:
        middle, near, far = MIDDLE[i.code]
        band = f"low: {middle - near}, high: {middle + near}, red_low: {middle - far}, red_high: {middle + far}"
        return f"{{{since}, {band}}}"
    year = max(y for y in years if y <= BASE)
    values = [float(i.shown(v)) for (_, y), (v, _, _) in i.figures.items() if y == year]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    best, worst = (low, high) if i.ranking == "Ascending" else (high, low)
    return f"{{{since}, value: {best:.6g}, red_line: {worst:.6g}}}"


def kpi(i: Indicator, councils: dict[str, str]) -> str:
    """One KPI as YAML."""
    unit = "%" if i.percent else {"Cost": "GBP", "Days": "days"}.get(i.measure, "")
    absent = [c for c in councils if not any(council == c for council, _ in i.figures)]
    polarity = "in_range" if i.code in MIDDLE else "lower_better" if i.ranking == "Ascending" else "higher_better"
    lines = [f"  - code: {i.code}", f'    name: "{i.title}"', "    kind: ratio", f'    unit: "{unit}"']
    lines += [f"    polarity: {polarity}", "    frequency: year", f"    category: {i.category}"]
    if i.is_ratio and not i.percent:
        lines.append(f"    factor: {i.times.normalize():f}")
    if not i.is_ratio:
        lines.append("    aggregate_units: none")
    if absent:
        lines.append(f"    not_applicable_in: [{', '.join(absent)}]")
    return "\n".join([*lines, f"    targets: [{target(i)}]"]) + "\n"


def definitions(indicators: dict[str, Indicator], councils: dict[str, str]) -> str:
    """The scorecard as YAML: an objective for each category in each perspective."""
    objectives: dict[tuple[str, str], list[str]] = defaultdict(list)
    for i in indicators.values():
        objectives[i.perspective, i.category].append(i.code)
    text = HEAD + "perspectives:\n"
    text += "".join(f'  - {{code: {c}, name: {n}, question: "{q}"}}\n' for c, (n, q) in PERSPECTIVES.items())
    text += "\nobjectives:\n"
    for (perspective, category), codes in objectives.items():
        name = f"{category}: {PERSPECTIVES[perspective][0].lower()}"
        text += f'  - {{code: {slug(category)}-{perspective}, name: "{name}", perspective: {perspective}, '
        text += f"kpis: [{', '.join(codes)}]}}\n"
    text += "\nunits:\n  - {code: scotland, name: Scotland, kind: corporate}\n"
    text += "".join(f'  - {{code: {c}, name: "{n}", parent: scotland}}\n' for c, n in councils.items())
    return text + "\nkpis:\n" + "\n".join(kpi(i, councils) for i in indicators.values())


def rows(i: Indicator) -> list[tuple[str, ...]]:
    """The figures of one indicator: kpi, unit, period, value, numerator, denominator, state."""
    table = []
    councils, years = {c for c, _ in i.figures}, {y for _, y in i.figures}
    for (council, year), (value, top, bottom) in sorted(i.figures.items()):
        if i.is_ratio and bottom:
            table.append((i.code, council, f"FY{year}", "", top, bottom, ""))
        else:
            table.append((i.code, council, f"FY{year}", f"{i.shown(value):f}", "", "", ""))
    if not i.is_ratio:
        table += [(i.code, SCOTLAND, f"FY{y}", f"{i.shown(v):f}", "", "", "") for y, v in sorted(i.national.items())]
    between = sorted(set(range(min(years), max(years) + i.every)) - years)
    return table + [(i.code, c, f"FY{y}", "", "", "", "n/a") for y in between for c in sorted(councils | {SCOTLAND})]


def build(source: Path, folder: Path) -> int:
    """Write the folder; returns the number of rows."""
    indicators, councils = read(source)
    table = [row for i in indicators.values() for row in rows(i)]
    (folder / "measurements").mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.yaml").write_text(definitions(indicators, councils), encoding="utf-8")
    with (folder / "measurements" / "figures.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kpi", "unit", "period", "value", "numerator", "denominator", "state"))
        writer.writerows(table)
    return len(table)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python build.py LGBF FOLDER")
    print(f"{build(Path(sys.argv[1]), Path(sys.argv[2])):,} rows")
