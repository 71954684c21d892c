"""Workbooks that mean harm, or are none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from fourfold.connectors.files import workbook
from fourfold.connectors.files.grid import read_grid
from tests.connectors.files.test_layout import workbook as good


def refused(path: Path, sheet: str = "") -> str:
    grid, findings = read_grid(path, path.name, sheet=sheet)
    assert grid is None and len(findings) == 1
    return findings[0].code


def packed(path: Path, name: str, content: bytes, times: int = 1) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for i in range(times):
            target.writestr(name.format(i), content)
    return path


def test_a_bomb_is_measured_and_not_opened(tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "bomb.xlsx", "xl/sheet1.xml", b"0" * 50_000_000)) == "FILE-SIZE"


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    text = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'
    assert refused(packed(tmp_path / "dtd.xlsx", "xl/workbook.xml", text)) == "FILE-WORKBOOK"


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "parts.xlsx", "xl/{}.xml", b"<a/>", workbook.PARTS + 1)) == "FILE-SIZE"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing", b"\xd0\xcf\x11\xe0" + bytes(600), b"text"])
def test_what_is_no_workbook_is_said_to_be_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.xlsx").write_bytes(content)
    assert refused(tmp_path / "bad.xlsx") == "FILE-WORKBOOK"


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refused(good(tmp_path / "a.xlsx"), sheet="March") == "FILE-SHEET"


def test_a_large_workbook_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with (tmp_path / "large.xlsx").open("wb") as target:
        target.truncate(workbook.PACKED + 1)
    assert refused(tmp_path / "large.xlsx") == "FILE-SIZE"
