"""Write the figures of Marram Stores, an invented retailer with a year of weeks, always the same.

Run: `python examples/marram_stores/generate.py`. Sales are given by the week, the rest by the period of four or five
weeks, each shop in its own currency.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

#: The year 2025 begins on 26 January 2025 and has 53 weeks, 2026 begins on 1 February 2026.
YEARS = {2025: 53, 2026: 39}
PATTERN = (4, 4, 5) * 4
SHOPS = {"london": (42_000, 9), "new-york": (55_000, 14)}


def periods(year: int) -> list[tuple[int, list[int]]]:
    """The periods of a year that are over, with the numbers of their weeks; the last one takes week 53."""
    found, first = [], 1
    for number, length in enumerate(PATTERN, start=1):
        length += 1 if number == 12 and YEARS[year] == 53 else 0
        weeks = list(range(first, first + length))
        if weeks[-1] <= YEARS[year]:
            found.append((number, weeks))
        first += length
    return found


def sales_of(shop: str, year: int, week: int) -> int:
    """Sales of a week: a level that grows, more before Christmas, and a little up and down."""
    level, _ = SHOPS[shop]
    start = date(2025, 1, 26) + timedelta(weeks=week - 1 + (53 if year == 2026 else 0))
    grown = level * (1.0 + 0.04 * (start - date(2025, 1, 26)).days / 364)
    christmas = 0.35 if start.month == 12 else 0.10 if start.month == 11 else 0.0
    wobble = ((week * 37 + level // 1000 + year) % 17 - 8) / 100
    return round(grown * (1 + christmas + wobble))


def rows() -> list[dict[str, object]]:
    """One row for each KPI, shop and week or period."""
    found: list[dict[str, object]] = []
    for shop, (_, staff) in SHOPS.items():
        for year in YEARS:
            for number, weeks in periods(year):
                total = 0
                for week in weeks:
                    sales = sales_of(shop, year, week)
                    total += sales
                    found.append({"kpi": "sales", "unit": shop, "period": f"FY{year}-W{week:02}", "value": sales})
                own = {"unit": shop, "period": f"FY{year}-P{number:02}"}
                share = 0.38 + (number * 5 + staff) % 7 / 100
                found.append({"kpi": "margin", **own, "numerator": round(total * share), "denominator": total})
                found.append({"kpi": "cash", **own, "value": round(total * 0.6) + 1_000 * number})
                found.append({"kpi": "staff", **own, "value": staff + number // 6})
                if (year, number) != (2026, 9):  # the last count of returns is not in yet
                    found.append({"kpi": "returns", **own, "value": (number * 13 + staff * 7) % 29 + 4 * len(weeks)})
    return found


def main() -> None:
    """Write `measurements/figures.csv` beside this file."""
    path = Path(__file__).parent / "measurements" / "figures.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        names = ["kpi", "unit", "period", "value", "numerator", "denominator"]
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    main()
