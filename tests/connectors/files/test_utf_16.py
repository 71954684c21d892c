"""Texts in UTF-16, as spreadsheets write "Unicode text", are read like any other; what is cut off is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourfold.connectors.files.grid import read_grid
from fourfold.connectors.files.separated import read_separated

TEXT = "kpi\tunit\tperiod\tvalue\r\nsales\tZürich\t2026-01\t5\r\nsales\t東京\t2026-02\t6\r\n"


def written(folder: Path, content: bytes) -> Path:
    path = folder / "figures.txt"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_either_order_of_bytes_is_read(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, ("\ufeff" + TEXT).encode(encoding))
    grid, _ = read_grid(path, "figures.txt")
    assert grid is not None and grid.encoding == "utf-16" and grid.separator == "\t"
    assert grid.cells["1"].to_list() == ["unit", "Zürich", "東京"]
    table, findings = read_separated(path, "figures.txt")
    assert table is not None and table["unit"].to_list() == ["Zürich", "東京"] and not findings


def test_one_that_is_cut_within_a_letter_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ("\ufeff" + TEXT).encode("utf-16-le")[:-5])
    grid, findings = read_grid(path, "figures.txt")
    assert grid is None and "UTF-16" in findings[0].message
