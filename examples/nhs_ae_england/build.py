"""Make a scorecard folder of accident and emergency departments in England from the published figures of NHS England.

Run: `python examples/nhs_ae_england/build.py ae_attendances.csv.gz FOLDER`. The file has one row for each month,
provider and type of department: attendances, breaches of the four hours, and admissions. Providers open, close and
merge, so in a month before a provider's first figure or after its last one it is said not to apply; a month without a
figure in between is missing. England is not in the file: it is ΣN/ΣD over its providers.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from pathlib import Path

TARGET = 95
SCORECARD = f"""\
format: 1

organisation:
  code: nhs-england
  name: Accident and emergency in England
  locale: en-GB
  time_zone: Europe/London
  fiscal_year_start: 4

strategy:
  code: four-hours
  name: Seen within four hours
  unit: ENGLAND
  mission: To see everybody who comes in need, without delay.

perspectives:
  - {{code: patients, name: Patients, question: Are people seen in time?}}
  - {{code: processes, name: Processes, question: How much comes to the door?}}

objectives:
  - {{code: timely, name: See people within four hours, perspective: patients, kpis: [seen_4h, seen_4h_major]}}
  - code: demand
    name: Know the demand
    perspective: processes
    kpis:
      - {{kpi: attendances, monitor_only: true}}
      - {{kpi: admitted, monitor_only: true}}

links:
  - {{source: demand, target: timely, sign: "-", strength: medium, hypothesis: Full departments are slow departments.}}

kpis:
  - code: seen_4h
    name: Seen within four hours
    definition: Share of attendances that were admitted, transferred or discharged within four hours.
    kind: ratio
    unit: "%"
    tolerance: 1
    targets:
      - {{since: 2016-04, value: {TARGET}, red_line: 85, note: The standard in the handbook to the NHS constitution.}}
  - code: seen_4h_major
    name: Seen within four hours in major departments
    definition: The same for departments of type 1, which are led by consultants and open around the clock.
    kind: ratio
    unit: "%"
    tolerance: 1
    targets:
      - {{since: 2016-04, value: {TARGET}, red_line: 80}}
  - {{code: attendances, name: Attendances, kind: flow, unit: attendances, decimals: 0, polarity: neutral}}
  - {{code: admitted, name: Attendances that end in an admission, kind: ratio, unit: "%", polarity: neutral}}

units:
  - {{code: ENGLAND, name: England, kind: corporate}}
"""
COLUMNS = ("kpi", "unit", "period", "value", "numerator", "denominator", "state")
Counts = tuple[int, int, int]  # attendances, breaches, admissions


def read(source: Path) -> dict[tuple[str, str], dict[str, Counts]]:
    """(provider, month) → type of department → counts."""
    found: dict[tuple[str, str], dict[str, Counts]] = defaultdict(dict)
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts = (round(float(row[c])) for c in ("attendances", "breaches", "admissions"))
            found[row["org_code"], row["period"][:7]][row["type"]] = (*counts,)
    return found


def rows(found: dict[tuple[str, str], dict[str, Counts]]) -> list[tuple[str | int, ...]]:
    """The rows of the table of figures."""
    months = sorted({month for _, month in found})
    table: list[tuple[str | int, ...]] = []
    for unit in sorted({unit for unit, _ in found}):
        own = {month: found[unit, month] for month in months if (unit, month) in found}
        majors = {month: types["1"] for month, types in own.items() if "1" in types}
        for month in months:
            if month in own:
                seen, late, admitted = (sum(part) for part in zip(*own[month].values(), strict=True))
                table.append(("seen_4h", unit, month, "", seen - late, seen, ""))
                table.append(("attendances", unit, month, seen, "", "", ""))
                table.append(("admitted", unit, month, "", admitted, seen, ""))
            elif not min(own) < month < max(own):
                table += [(kpi, unit, month, "", "", "", "n/a") for kpi in ("seen_4h", "attendances", "admitted")]
            if month in majors:
                seen, late, _ = majors[month]
                table.append(("seen_4h_major", unit, month, "", seen - late, seen, ""))
            elif not majors or not min(majors) < month < max(majors):
                table.append(("seen_4h_major", unit, month, "", "", "", "n/a"))
    return table


def build(source: Path, folder: Path) -> int:
    """Write the folder; returns the number of rows."""
    found = read(source)
    units = [f"  - {{code: {u}, name: Provider {u}, parent: ENGLAND}}\n" for u in sorted({unit for unit, _ in found})]
    table = rows(found)
    (folder / "measurements").mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.yaml").write_text(SCORECARD + "".join(units), encoding="utf-8")
    with (folder / "measurements" / "figures.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(table)
    return len(table)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python build.py ae_attendances.csv.gz FOLDER")
    print(f"{build(Path(sys.argv[1]), Path(sys.argv[2])):,} rows")
