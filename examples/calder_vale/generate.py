"""Write the figures of Calder Vale Hospitals, an invented hospital group, always the same from one seed.

Run: `python examples/calder_vale/generate.py`. Each KPI follows a drawn line with noise; the last four months tell
the story of the demo: in autumn 2026 sickness rises, agencies fill the gap and patients leave their beds later.
Hospital figures are made so that the group, rolled up by the engine, hits the line.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

FIRST, LAST = (2023, 4), (2026, 10)
MONTHS = [(y, m) for y in range(2023, 2027) for m in range(1, 13) if FIRST <= (y, m) <= LAST]
BEDS = {"calder-general": 540, "st-brigids": 310, "hollin-park": 140, "marsden-community": 90}


@dataclass(frozen=True)
class Line:
    """Group values: (month index, value) points joined by straight lines, noise, and the last months as told.

    `volume` is the group's denominator in an average month, `factor` what N/D is multiplied by, `offsets` how far
    each hospital lies from the group, in points.
    """

    kpi: str
    points: list[tuple[int, float]]
    noise: float
    last: list[float | None]
    volume: int
    factor: float = 100.0
    offsets: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    absent: tuple[str, ...] = ()
    season: float = 0.0  # added in January, taken away in July
    decimals: int = 1


LINES = [
    Line("ed_4h", [(0, 74.0), (12, 75.1), (16, 74.9), (21, 71.0), (24, 74.2), (32, 72.8), (36, 75.8), (39, 77.4)], 0.5,
         [77.4, 76.6, 75.1, 73.9], 14900, offsets=(-3.1, 3.6, 0, 5.9), absent=("hollin-park",), season=-0.8),
    Line("rtt_18w", [(0, 55.0), (24, 60.5), (34, 64.5), (39, 67.2)], 0.4, [67.6, 67.9, 68.2, 68.9], 9200,
         offsets=(2.0, 0.9, -1.7, -12.2)),
    Line("recommend", [(0, 87.4), (24, 88.2), (36, 90.4)], 0.5, [90.9, 91.0, 90.8, 91.2], 5200,
         offsets=(-0.7, -0.3, 1.8, 2.1)),
    Line("complaints_25d", [(0, 84.0), (24, 82.0), (34, 80.0), (39, 77.0)], 1.3, [78.0, 76.2, 75.8, 71.3], 1600,
         offsets=(-0.4, -0.6, 3.2, -0.6)),
    Line("missed_appointments", [(0, 8.2), (24, 7.6), (36, 6.5), (39, 6.2)], 0.12, [6.2, 6.1, 6.0, 5.8], 41000,
         offsets=(-0.1, 0.0, 0.4, 0.2)),
    Line("efficiency_savings", [(0, 78), (24, 84), (35, 96), (36, 84), (39, 85.5)], 0.9, [85.2, 84.1, 83.0, 81.0], 4000,
         offsets=(5.7, -7.5, -8.3, 4.6)),
    Line("energy_m2", [(0, 29.0), (24, 27.5), (33, 30.0), (38, 23.5)], 0.4, [23.2, 23.4, 24.1, None], 118000, factor=1,
         offsets=(0.8, -0.5, -1.6, 0.3), season=2.2),
    Line("discharges_noon", [(0, 20.5), (24, 22.0), (34, 25.5), (39, 26.4)], 0.5, [26.1, 25.6, 25.1, 21.8], 6400,
         offsets=(-2.8, 3.2, 5.1, -2.2)),
    Line("length_of_stay", [(0, 5.45), (24, 5.3), (36, 4.9)], 0.05, [4.82, 4.80, 4.86, 4.93], 5900, factor=1,
         offsets=(0.15, -0.14, -0.18, -0.16), decimals=2),
    Line("theatre_use", [(0, 77.0), (24, 78.5), (36, 82.0)], 0.6, [81.9, 82.2, 82.1, 82.6], 210000,
         offsets=(4.4, -6.1, -3.7, 0), absent=("marsden-community",)),
    Line("infections", [(0, 3.2), (24, 2.9), (34, 2.1)], 0.14, [1.9, 1.8, 1.9, 1.7], 300000, factor=10000,
         offsets=(-0.2, 0.1, 0.0, 0.6)),
    Line("readmissions", [(0, 8.9), (24, 8.6), (36, 8.1)], 0.14, [7.9, 8.0, 7.8, 7.9], 5800,
         offsets=(0.4, -0.3, -0.8, -0.2)),
    Line("nurse_vacancies", [(0, 13.4), (24, 12.4), (34, 10.2), (39, 9.5)], 0.15, [9.3, 9.2, 9.3, 9.4], 6100,
         offsets=(0.9, -0.6, -1.4, -1.1)),
    Line("leavers_12m", [(0, 14.6), (24, 13.8), (36, 11.5)], 0.12, [11.2, 11.0, 10.8, 10.6], 11800,
         offsets=(0.7, -0.5, -1.0, -0.9)),
    Line("sickness", [(0, 4.9), (24, 4.7), (33, 5.3), (37, 4.6)], 0.12, [4.6, 4.8, 5.0, 5.4], 340000,
         offsets=(0.3, -0.2, -0.4, -0.5), season=0.3),
    Line("training", [(0, 85.0), (24, 87.5), (36, 92.6)], 0.4, [93.1, 93.4, 93.5, 93.8], 88000,
         offsets=(-0.6, 0.4, 1.3, 0.2)),
]  # fmt: skip

AGENCY = [(0, 3.2), (24, 2.95), (34, 2.5), (38, 2.35)], [2.38, 2.49, 2.60, 2.98]
AGENCY_LAST = {"calder-general": 1.74, "st-brigids": 0.78, "hollin-park": 0.25, "marsden-community": 0.21}
CASH = [(0, 22), (24, 24), (34, 26)], [26, 25, 25, 24]
MARGIN = [(0, 0.9), (24, 1.2), (36, 1.9)], [1.6, 1.5, 1.3, 1.1]
MARGIN_OFFSETS = {"calder-general": -0.6, "st-brigids": 0.6, "hollin-park": 0.9}
ENGAGEMENT = [6.5, 6.6, 6.6, 6.6, 6.7, 6.6, 6.7, 6.7, 6.7, 6.8, 6.8, 6.8, 6.9, 6.9]


def at(points: list[tuple[int, float]], i: int) -> float:
    """The drawn line at month `i`."""
    for (a, va), (b, vb) in pairwise(points):
        if i <= b:
            return va + (vb - va) * max(0, i - a) / (b - a)
    return points[-1][1]


def group_values(points: list[tuple[int, float]], noise: float, last: list[float | None], rnd: random.Random,
                 season: float = 0.0) -> list[float | None]:  # fmt: skip
    """The group's line with noise and season, ending as told."""
    values: list[float | None] = []
    for i, (_, month) in enumerate(MONTHS):
        swing = season * {12: 0.7, 1: 1.0, 2: 0.7, 6: -0.7, 7: -1.0, 8: -0.7}.get(month, 0.0)
        values.append(at(points, i) + swing + rnd.gauss(0, noise))
    values[-len(last) :] = last
    return values


def ratio_rows(line: Line, rnd: random.Random) -> list[list[str]]:
    """Numerators and denominators of each hospital, so that ΣN/ΣD over hospitals is the group's value."""
    rows = []
    hospitals = {u: b for u, b in BEDS.items() if u not in line.absent}
    offsets = dict(zip(BEDS, line.offsets, strict=True))
    values = group_values(line.points, line.noise, line.last, rnd, line.season)
    for (y, m), value in zip(MONTHS, values, strict=True):
        if value is None:
            continue
        wobble = {u: rnd.gauss(0, 0.15) for u in hospitals}
        beds = sum(hospitals.values())
        volume = {u: round(line.volume * b / beds * rnd.uniform(0.95, 1.05)) for u, b in hospitals.items()}
        value = round(value, line.decimals)
        total = round(value * sum(volume.values()) / line.factor)
        drift = sum((offsets[u] + wobble[u] * line.noise) * volume[u] for u in hospitals) / sum(volume.values())
        counts = {
            u: round((value + offsets[u] + wobble[u] * line.noise - drift) * volume[u] / line.factor) for u in hospitals
        }
        counts["calder-general"] += total - sum(counts.values())
        rows += [[line.kpi, u, f"{y}-{m:02}", "", str(counts[u]), str(volume[u])] for u in hospitals]
    return rows


def money_rows(rnd: random.Random) -> list[list[str]]:
    """Agency spend, income and cost of each hospital; days of cash of the group."""
    rows = []
    agency = group_values(*AGENCY[:1], 0.06, AGENCY[1], rnd)
    cash = group_values(*CASH[:1], 0.7, CASH[1], rnd)
    margin = group_values(*MARGIN[:1], 0.2, MARGIN[1], rnd)
    shares = {u: v / sum(AGENCY_LAST.values()) for u, v in AGENCY_LAST.items()}
    beds = {u: b for u, b in BEDS.items() if u in MARGIN_OFFSETS}
    for i, (y, m) in enumerate(MONTHS):
        period, last = f"{y}-{m:02}", i == len(MONTHS) - 1
        total = round(agency[i] or 0, 2)
        parts = AGENCY_LAST if last else {u: round(total * s * rnd.uniform(0.94, 1.06), 2) for u, s in shares.items()}
        if not last:
            parts["calder-general"] = round(parts["calder-general"] + total - sum(parts.values()), 2)
        rows += [["agency_spend", u, period, f"{v:.2f}", "", ""] for u, v in parts.items()]
        rows.append(["days_cash", "group", period, str(round(cash[i] or 0)), "", ""])
        income = {u: round(0.052 * b * rnd.uniform(0.985, 1.015), 3) for u, b in beds.items()}
        whole = sum(income.values())
        drift = sum(MARGIN_OFFSETS[u] * income[u] for u in beds) / whole
        for u in beds:
            rate = (round(margin[i] or 0, 1) + MARGIN_OFFSETS[u] - drift) / 100
            rows.append(["income", u, period, f"{income[u]:.3f}", "", ""])
            rows.append(["operating_cost", u, period, f"{income[u] * (1 - rate):.4f}", "", ""])
    return rows


def engagement_rows(rnd: random.Random) -> list[list[str]]:
    """Sum of answers and number of answers, by quarter."""
    rows = []
    for q, mean in enumerate(ENGAGEMENT):
        period = f"FY{2024 + q // 4}-Q{q % 4 + 1}"
        answers = {u: round(b * 2.4 * rnd.uniform(0.9, 1.1)) for u, b in BEDS.items()}
        offsets = {"calder-general": -0.1, "st-brigids": 0.05, "hollin-park": 0.2, "marsden-community": 0.15}
        drift = sum(offsets[u] * answers[u] for u in BEDS) / sum(answers.values())
        sums = {u: round((mean + offsets[u] - drift) * answers[u], 1) for u in BEDS}
        rows += [["engagement", u, period, "", f"{sums[u]:.1f}", str(answers[u])] for u in BEDS]
    return rows


def rows() -> list[list[str]]:
    """All figures: kpi, unit, period, value, numerator, denominator."""
    rnd = random.Random(2028)
    table = [row for line in LINES for row in ratio_rows(line, rnd)]
    return table + money_rows(rnd) + engagement_rows(rnd)


def main() -> None:
    """Write measurements/figures.csv beside this file."""
    path = Path(__file__).parent / "measurements" / "figures.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kpi", "unit", "period", "value", "numerator", "denominator"])
        writer.writerows(rows())
    print(f"{path.name}: {len(rows())} figures")


if __name__ == "__main__":
    main()
