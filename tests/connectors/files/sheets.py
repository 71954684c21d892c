"""Spreadsheets of KPIs as people keep them: small cuts of two that are public, and the workbook of a clinic."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import xlsxwriter

#: Perspectives stand once above their KPIs, months have no year, one figure and one target are words, one row is zeros.
CLINIC = [
    ["Financial", "Earn what care costs", "Income per case", "EUR", "up", "Ana Finance", 2100, *range(2010, 2120, 11)],
    ["", "", "Costs per case", "EUR", "down", "Ana Finance", 1900, *range(1980, 1880, -10)],
    ["Patients", "Be easy to reach", "Waiting time", "days", "down", "Ben Ward", 14, *[15] * 7, "n/a", 15, 14],
    ["Processes", "Operate on time", "First operation in time", "%", "up", "Cem Ray", 90, *[88] * 6, "tbc", *[90] * 3],
    ["People", "Keep good people", "Staff turnover", "%", "lower is better", "Dee People", "max 8", *[8.5] * 10],
    ["", "", "Training days per head", "days", "up", "Dee People", 5, *[0] * 10],
]
_HEADER = ("Perspective", "Strategic objective", "KPI", "Unit", "Direction", "Owner")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_KPIS, _COUNCILS, _INDICATORS = 60, 4, ("CORP01", "ENV06", "SW05")


def clinic(path: Path, *, year: str = "2026", more: str = "") -> None:
    """Months in columns below a title; with `more` a KPI of that name beside the others."""
    rows = [[f"Balanced scorecard of the Harbour Clinic, {year}"], [], [*_HEADER, f"Target {year}", *_MONTHS, "YTD"]]
    _write(path, [*rows, *CLINIC, *([["", "", more, "", "down", "Ben Ward", 3, 4, 5]] if more else [])])


def austin(public_data: Path, path: Path) -> None:
    """Every 28th measure of the city of Austin, with all its columns."""
    rows = list(csv.reader(_lines(public_data / "austin_eperf" / "eperf_2016.csv.gz")))
    _write(path, [rows[0], *rows[1::28][:_KPIS]])


def lgbf(public_data: Path, path: Path) -> None:
    """Three indicators of four Scottish councils, a row for each figure."""
    rows = list(csv.reader(_lines(public_data / "lgbf_scotland_a" / "lgbf_council_cash.csv.gz")))
    some = sorted({row[0] for row in rows[1:]})[:_COUNCILS]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *(r for r in rows[1:] if r[0] in some and r[1] in _INDICATORS)])


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(file)


def _write(path: Path, rows: list[list[object]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Scorecard")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.write(i, j, cell)
