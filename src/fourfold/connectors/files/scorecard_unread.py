"""What of a spreadsheet of KPIs was not understood: each cell by itself for a report, each kind once for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from fourfold.connectors.files.safe_cell import safe_cell
from fourfold.engine.findings import Finding, Level, Place

_NAMED: Final = 5  # KPIs or lines that a finding names
#: What is said of many of one kind: how many, and the first.
_SAID: Final = {
    "SHEET-RHYTHM": "Figures in another rhythm than that of their KPI stay out of {}: {}.",
    "SHEET-ZEROS": "Of {} all figures are 0 or just the last one is, so that they may be no figures: {}.",
    "SHEET-NOT-APPLICABLE": "{} not applicable and left empty: {}.",
    "SHEET-YEAR": "Figures of {} were not read, as nobody says of which year they are: {}.",
}
_OF: Final = {"SHEET-RHYTHM": "line", "SHEET-ZEROS": "KPI", "SHEET-YEAR": "place", "SHEET-NOT-APPLICABLE": "figure"}


class Unread(NamedTuple):
    """One thing that was not understood: the kind of finding, the KPI, line or column it is about, what, what to do."""

    code: str
    place: str
    message: str
    fix: str


class Misses(dict[str, list[str]]):
    """The KPIs about which something was not understood, by what it was, and the first line of each KPI."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__()
        self.lines: dict[str, int] = {}

    def note(self, what: str, kpi: str) -> None:
        """Once for each KPI."""
        found = self.setdefault(what, [])
        if kpi not in found:
            found.append(kpi)

    def unread(self) -> Iterator[Unread]:
        """All of them."""
        fix = "Say it in the definition of the KPI."
        for what, kpis in self.items():
            for kpi in kpis:
                yield Unread("SHEET-KPI", f"{kpi} (line {self.lines[kpi]})" if kpi in self.lines else kpi, what, fix)


def findings_of(unread: Iterable[Unread], file: str) -> Iterator[Finding]:
    """Each kind once, with its count and the first examples."""
    kinds: dict[tuple[str, str], list[Unread]] = {}
    for each in unread:
        own = each.message if each.code == "SHEET-KPI" else ""
        kinds.setdefault((each.code, own), []).append(each)
    for (code, _), found in kinds.items():
        level = Level.INFO if code == "SHEET-COLUMNS" else Level.WARNING
        yield Finding(code, level, Place(file), _said(code, found), found[0].fix)


def _said(code: str, found: list[Unread]) -> str:
    count, first = len(found), found[0]
    listed = ", ".join(each.place for each in found[:_NAMED]) + (" and others" if count > _NAMED else "")
    if code == "SHEET-KPI":
        return f"{first.message} (of {f'{count:,} KPIs' if count > 1 else 'one KPI'}: {listed})."
    if code == "SHEET-COLUMNS":
        return f"{count:,} column{'s' if count != 1 else ''} not used: {listed}."
    if code == "SHEET-ROWS":
        return f"{count:,} figures stand in lines with other cells than the header, such as {listed}."
    if code in _SAID:
        return _SAID[code].format(f"{count:,} {_OF[code]}{'s' if count > 1 else ''}", listed)
    if code == "SHEET-FIGURES":
        return first.message
    return f"{f'{count:,} figures were' if count > 1 else 'One figure was'} not understood; the first: {first.message}"


def report_of(unread: Iterable[Unread]) -> str:
    """All of them as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("kind", "where", "what", "fix"))
    writer.writerows([safe_cell(cell) for cell in each] for each in unread)
    return text.getvalue()
