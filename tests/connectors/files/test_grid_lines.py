"""Lines without quotes are cut by another way than those with: both ways give the same grid."""

from __future__ import annotations

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from fourfold.connectors.files.grid import Grid, read_grid

LINES = ("kpi;unit;period;value", "", " sales ;north;2026-01;1", ";;;", "costs;north;2026-02", "a;b;c;d;e;", "  ")


def grid_of(path: Path, text: str) -> Grid:
    path.write_bytes(text.encode())
    grid, findings = read_grid(path, path.name)
    assert grid is not None, findings
    return grid


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_with_and_without_quotes_are_read_alike(tmp_path: Path, end: str) -> None:
    plain = grid_of(tmp_path / "plain.csv", end.join(LINES))
    quoted = grid_of(tmp_path / "quoted.csv", end.join(['"kpi";unit;period;value', *LINES[1:]]))
    assert plain.cells["row"].to_list() == [1, 3, 5, 6, 7]
    assert_frame_equal(plain.cells, quoted.cells)


def test_a_quote_far_down_is_read_with_the_lines_it_spans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourfold.connectors.files.grid._CHUNK", 3)
    lines = ["kpi,unit", *(f"sales,{n}" for n in range(6)), '"in two\nlines",7', "sales,8"]
    grid = grid_of(tmp_path / "figures.csv", "\n".join(lines))
    assert grid.cells["row"].to_list() == [1, 2, 3, 4, 5, 6, 7, 8, 10]
    assert grid.cells["0"][7] == "in two\nlines" and grid.cells["1"].to_list() == ["unit", *"01234578"]
