"""`fourfold import-benchmarks`: a set looked at, taken once, and refused row by row."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Organisation
from tests.cli.running import Ran
from tests.web.conftest import loaded as loaded

pytestmark = pytest.mark.django_db
Fourfold = Callable[..., Ran]
OF = ("--organisation", "bakery")
SET = "KPI;Median;Source;Published\nOrders on time;97,5 %;Peer median;31.03.2026\nMargin;24;;Feb 2026\n"


@pytest.fixture
def file(loaded: None, tmp_path: Path) -> Path:
    path = tmp_path / "peers.csv"
    path.write_text(SET)
    return path


def benchmarks() -> list[str]:
    found = read_definitions(Organisation.objects.get(code="bakery"))
    assert found is not None
    return [f"{t.kpi} {t.since} {t.value:f} {t.source}, {t.source_date}"
            for t in found.targets if t.kind == "benchmark"]  # fmt: skip


def test_a_set_is_looked_at_taken_and_unchanged_when_it_comes_again(fourfold: Fourfold, file: Path) -> None:
    command = ("import-benchmarks", file, *OF, "--set", "source=Guild")
    looked = fourfold(*command, "--dry-run")
    assert looked.code == 0 and "Orders on time" in looked.out and "97.5" in looked.out and benchmarks() == []
    assert looked.out.splitlines()[-1] == f"{file}: nothing was imported: 2 benchmarks added"
    done = fourfold(*command)
    assert (done.code, done.out) == (0, f"{file}: 2 benchmarks added\n")
    assert benchmarks() == ["on_time 2026-03 97.5 Peer median, 2026-03-31", "margin 2026-02 24 Guild, 2026-02"]
    again = fourfold(*command)
    assert (again.code, again.out) == (0, f"{file}: 2 benchmarks unchanged\n")
    assert "are read as those of the last table with this header" in again.err


def test_a_row_without_a_source_is_named_with_its_line_and_nothing_is_taken(fourfold: Fourfold, file: Path) -> None:
    refused = fourfold("import-benchmarks", file, *OF)
    assert refused.code == 1 and "error peers.csv:3 BENCHMARK-SOURCE The row names no source." in refused.out
    assert "give one source for the whole set" in refused.out and refused.out.endswith("nothing was imported\n")
    assert benchmarks() == []


def test_programs_get_a_row_for_each_row(fourfold: Fourfold, file: Path) -> None:
    ran = fourfold("import-benchmarks", file, *OF, "--dry-run", "--format", "json")
    rows = json.loads(ran.out)
    assert ran.code == 1 and [(r["row"], r["outcome"], r["kpi"]) for r in rows] == [
        (2, "added", "on_time"), (3, "rejected", "Margin"),
    ]  # fmt: skip
    assert "BENCHMARK-SOURCE" in ran.err


def test_what_is_not_plain_is_asked_with_the_option_that_says_it(fourfold: Fourfold, file: Path) -> None:
    file.write_text("A;B\nSales;1.284\n")
    asked = fourfold("import-benchmarks", file, *OF)
    assert asked.code == 2 and "--map value=COLUMN" in asked.err
    command = ("import-benchmarks", file, *OF, "--map", "value=B", "--set", "source=Guild", "--set", "date=2026")
    assert "--decimal . or --decimal ," in fourfold(*command).err and benchmarks() == []
    assert fourfold(*command, "--decimal", ",").code == 0
    assert benchmarks() == ["sales 2026-01 1284 Guild, 2026"]


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (("--map", "kpi"), 2, "not of the form NAME=TEXT"), (("--map", "kpi=Z"), 2, "no column 'Z'"),
    (("--map", "kind=KPI"), 2, "no field 'kind'"), (("--set", "kpi=sales"), 2, "not said for the whole set"),
    (("--dates", "ymd"), 2, "dmy"),
])  # fmt: skip
def test_a_mistyped_option_says_what_to_write(
    fourfold: Fourfold, file: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = fourfold("import-benchmarks", file, *OF, *arguments)
    assert ran.code == code and said in ran.err


def test_a_file_that_is_not_there_or_is_no_table(fourfold: Fourfold, file: Path, tmp_path: Path) -> None:
    assert fourfold("import-benchmarks", tmp_path / "none.csv", *OF).code == 4
    (tmp_path / "x.pdf").write_text("x")
    ran = fourfold("import-benchmarks", tmp_path / "x.pdf", *OF)
    assert ran.code == 1 and "FILE-FORM" in ran.out
    assert fourfold("import-benchmarks", file, "--organisation", "nowhere").code == 4
