"""The façade that library users see: load, check, evaluate, explain; tables in and tables out."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import fourfold
from fourfold.engine.findings import Level
from fourfold.engine.results import COLUMNS
from fourfold.errors import FourfoldError, NotFound
from fourfold.scorecard import FolderError, read

AS_OF = datetime(2026, 4, 30, tzinfo=UTC)
DEFINITIONS = """
organisation: {code: bakery, name: Harbour Bakery}
units:
  - {code: bakery, name: Harbour Bakery}
  - {code: north, name: North Quay, parent: bakery}
  - {code: south, name: South Pier, parent: bakery}
strategy: {code: rise, name: Rise}
perspectives: [{code: finance, name: Finance}]
objectives: [{code: earn, name: "Earn <our> keep", perspective: finance, kpis: [sales, per_head]}]
kpis:
  - code: sales
    name: Sales
    kind: flow
    targets: [{since: 2026-01, value: 100, red_line: 80}]
  - {code: staff, name: Staff, kind: stock}
  - code: per_head
    name: Sales per head
    kind: ratio
    numerator: sales
    denominator: staff
    targets: [{since: 2026-01, value: 50, red_line: 40}]
"""
FIGURES: dict[str, list[Any]] = {
    "kpi": ["sales", "sales", "staff", "staff", "sales", "staff"],
    "unit": ["north", "south", "north", "south", "north", "north"],
    "period": ["2026-02", "2026-02", "2026-02", "2026-02", "2026-03", "2026-03"],
    "value": [60.0, 36.0, 1.0, 1.0, 70.0, 0.0],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "all.yaml").write_text(DEFINITIONS)
    (tmp_path / "measurements").mkdir()
    pl.DataFrame(FIGURES).write_csv(tmp_path / "measurements" / "figures.csv")
    return tmp_path


@pytest.fixture
def scorecard(folder: Path) -> fourfold.Scorecard:
    return fourfold.load(folder)


def result(evaluated: fourfold.Evaluated, node: str, unit: str, period: str) -> dict[str, Any]:
    frame = evaluated.results.filter(pl.col("node") == node, pl.col("unit") == unit, pl.col("period") == period)
    (row,) = frame.rows(named=True)
    return row


def test_a_folder_is_loaded_checked_and_described(scorecard: fourfold.Scorecard, folder: Path) -> None:
    assert scorecard.folder == folder
    assert scorecard.check() == fourfold.check(folder)
    assert not [f for f in scorecard.findings if f.level is Level.ERROR]
    text = "<Scorecard 'Harbour Bakery': 1 perspectives, 1 objectives, 3 KPIs, 3 units, 6 figures>"
    assert repr(scorecard) == text


def test_results_are_one_row_for_each_node_unit_and_period(scorecard: fourfold.Scorecard) -> None:
    frame = scorecard.evaluate(as_of=AS_OF).results
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == (3 + 3) * 3 * 3  # KPIs and nodes, units, February to April
    assert frame.select("node", "unit", "period").is_unique().all()


def test_a_result_is_what_the_method_gives_by_hand(scorecard: fourfold.Scorecard) -> None:
    row = result(scorecard.evaluate(as_of=AS_OF), "kpi:sales", "bakery", "M:2026-02")
    assert (row["value"], row["target"], row["state"], row["status"]) == (96.0, 100.0, "number", "near")
    assert row["score"] == pytest.approx(50 + 50 * (96 - 80) / (100 - 80))
    assert row["reason"] is None


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame(FIGURES),
        pl.LazyFrame(FIGURES),
        pd.DataFrame(FIGURES),
        pa.table(FIGURES),
        FIGURES,
        [dict(zip(FIGURES, row, strict=True)) for row in zip(*FIGURES.values(), strict=True)],
    ],
    ids=["polars", "lazy", "pandas", "arrow", "columns", "rows"],
)
def test_any_table_of_figures_gives_the_same_results_as_the_file(scorecard: fourfold.Scorecard, table: Any) -> None:
    given, own = scorecard.evaluate(table, as_of=AS_OF).results, scorecard.evaluate(as_of=AS_OF).results
    assert given.equals(own)


def test_results_go_back_into_pandas_and_arrow(scorecard: fourfold.Scorecard) -> None:
    frame = scorecard.evaluate(as_of=AS_OF).results
    assert frame.to_pandas().shape == frame.shape
    assert frame.to_arrow().num_rows == len(frame)


def test_a_given_table_with_mistakes_is_refused_with_all_of_them(scorecard: fourfold.Scorecard) -> None:
    table = pl.DataFrame(FIGURES | {"kpi": ["sale"] * 6, "value": ["x"] * 6})
    with pytest.raises(FolderError) as caught:
        scorecard.evaluate(table)
    assert {f.code for f in caught.value.findings} == {"ROW-KPI", "ROW-NUMBER"}
    assert "row 1" in str(caught.value) and 'Did you mean "sales"?' in str(caught.value)


def test_a_formula_that_divides_by_zero_is_an_error_cell_and_a_finding(scorecard: fourfold.Scorecard) -> None:
    evaluated = scorecard.evaluate(as_of=AS_OF)
    row = result(evaluated, "kpi:per_head", "north", "M:2026-03")
    assert (row["value"], row["score"], row["state"]) == (None, None, "error")
    assert (row["status"], row["reason"]) == ("error", "division_by_zero")
    found = [f for f in evaluated.findings if f.code == "EVAL-ERROR"]
    assert any("unit north" in str(f.place) and "divides by zero" in f.message and f.fix for f in found)


def test_what_is_known_is_what_was_recorded_by_then(folder: Path) -> None:
    text = "kpi,unit,period,value,recorded_at\nsales,north,2026-02,90,2026-03-02\nsales,north,2026-02,60,2026-03-20\n"
    (folder / "measurements" / "figures.csv").write_text(text)
    loaded = fourfold.load(folder)
    for day, value in ((10, 90.0), (25, 60.0)):
        evaluated = loaded.evaluate(as_of=datetime(2026, 3, day, tzinfo=UTC))
        assert result(evaluated, "kpi:sales", "north", "M:2026-02")["value"] == value


@pytest.mark.parametrize(
    "as_of", ["2026-02-28", date(2026, 2, 28), datetime(2026, 2, 28, 23), "2026-02-28T23:59+01:00"]
)
def test_the_moment_of_an_evaluation_can_be_written_in_many_ways(scorecard: fourfold.Scorecard, as_of: Any) -> None:
    evaluated = scorecard.evaluate(as_of=as_of)
    assert [p.id for p in evaluated.evaluation.periods] == ["M:2026-02"]
    assert evaluated.evaluation.as_of.utcoffset() is not None


@pytest.mark.parametrize("options", [{"as_of": "31.03.2026"}, {"as_of": "2026-02-30"}, {"view": "decade"}])
def test_a_moment_or_view_that_is_none_is_refused_with_what_to_write(scorecard: Any, options: dict[str, str]) -> None:
    with pytest.raises(FourfoldError) as caught:
        scorecard.evaluate(**options)
    assert caught.value.hint


def test_periods_can_be_limited(scorecard: fourfold.Scorecard) -> None:
    frame = scorecard.evaluate(as_of=AS_OF, first="2026-02", last="2026-03").results
    assert frame["period"].unique().sort().to_list() == ["M:2026-02", "M:2026-03"]
    with pytest.raises(FourfoldError, match="before the first"):
        scorecard.evaluate(as_of=AS_OF, first="2026-03", last="2026-02")


def test_quarters_are_made_of_months(scorecard: fourfold.Scorecard) -> None:
    evaluated = scorecard.evaluate(as_of=AS_OF, view="quarter")
    assert result(evaluated, "kpi:sales", "north", "Q:FY2026-Q1")["value"] == 130.0


def test_an_explanation_says_the_numbers_and_keeps_its_seal(scorecard: fourfold.Scorecard) -> None:
    explanation = scorecard.evaluate(as_of=AS_OF).explain("sales", unit="bakery", period="2026-02")
    assert "96" in str(explanation) and "90.0" in str(explanation)
    body = explanation.to_json()
    assert body["score"] == 90.0
    plain = json.loads(json.dumps(body))
    seal = plain.pop("sha256")
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == seal


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda e: e.explain("slaes"), 'Did you mean "sales"?'),
        (lambda e: e.explain("objective:ern"), 'Did you mean "objective:earn"?'),
        (lambda e: e.table(unit="nrth"), 'Did you mean "north"?'),
        (lambda e: e.table(period="2031-01"), "covers Feb 2026 to Apr 2026"),
    ],
)
def test_what_is_not_there_is_not_found_with_the_nearest(scorecard: fourfold.Scorecard, call: Any, said: str) -> None:
    with pytest.raises(NotFound) as caught:
        call(scorecard.evaluate(as_of=AS_OF))
    assert said in str(caught.value)


def test_the_table_shows_the_newest_month_that_has_a_score_and_is_mostly_due(folder: Path) -> None:
    with (folder / "measurements" / "figures.csv").open("a") as out:
        out.write("sales,south,2026-03,80\nstaff,south,2026-03,2\nsales,south,2026-04,1\nstaff,south,2026-04,1\n")
    evaluated = fourfold.evaluate(folder, as_of=datetime(2026, 5, 1, tzinfo=UTC))
    assert evaluated.table(unit="south").period == "M:2026-04"
    assert evaluated.table(unit="north").period == "M:2026-02"  # the formula of March divides by zero
    assert evaluated.table(period="2026-03").period == "M:2026-03"


def test_a_figure_from_some_units_only_says_so(scorecard: fourfold.Scorecard) -> None:
    table = scorecard.evaluate(as_of=AS_OF).table(period="2026-03")
    assert "Off target *" in str(table)
    assert table.notes == ["* partly in: Sales", "* the formula divides by zero: Sales per head"]


def test_the_text_of_an_evaluation_is_its_scorecard(scorecard: fourfold.Scorecard) -> None:
    text = str(scorecard.evaluate(as_of=AS_OF).table(period="2026-02"))
    lines = text.splitlines()
    assert lines[0] == "Harbour Bakery, Harbour Bakery, Feb 2026"
    assert [line.split()[1] for line in lines[2:]] == ["Rise", "Finance", "Earn", "Sales", "Sales"]
    assert "Near target" in text and "▲" in text and "90.0" in text
    assert len({line.index("Near") for line in lines if "Near target" in line}) == 1
    assert repr(scorecard.evaluate(as_of=AS_OF)).startswith("Harbour Bakery")


def test_the_notebook_view_is_well_formed_and_escapes_names(scorecard: fourfold.Scorecard) -> None:
    text = scorecard.evaluate(as_of=AS_OF)._repr_html_()
    assert "Earn &lt;our&gt; keep" in text
    opened: list[str] = []

    class Balance(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Balance().feed(text)
    assert opened == []
    assert "<script" not in text and "style=" not in text


def test_a_folder_with_mistakes_is_refused_with_all_of_them(folder: Path) -> None:
    (folder / "all.yaml").write_text(DEFINITIONS.replace("kind: stock", "kind: stok"))
    (folder / "measurements" / "figures.csv").write_bytes(b"PK\x03\x04")
    with pytest.raises(FolderError) as caught:
        fourfold.load(folder)
    assert {f.place.file for f in caught.value.findings} == {"all.yaml", "measurements/figures.csv"}
    assert str(caught.value).startswith("2 errors in the scorecard:")
    assert read(folder)[0] is None


def test_one_bad_row_keeps_the_whole_folder_out(folder: Path) -> None:
    with (folder / "measurements" / "figures.csv").open("a") as out:
        out.write("sales,south,2026-03,NaN\n")
    scorecard, findings = read(folder)
    assert scorecard is None
    assert [(f.code, f.place.line) for f in findings if f.level is Level.ERROR] == [("ROW-NAN", 8)]


def test_figures_of_periods_that_have_not_begun_are_mentioned_once(folder: Path) -> None:
    with (folder / "measurements" / "figures.csv").open("a") as out:
        out.write("sales,south,2106-03,5\nsales,north,2106-03,5\n")
    (finding,) = (f for f in fourfold.check(folder) if f.code == "ROW-EARLY")
    assert (finding.level, finding.place.line) == (Level.INFO, 8)
    assert "2 figures" in finding.message and "M:2106-03" in finding.message


def test_a_folder_without_figures_is_a_scorecard_without_figures(folder: Path) -> None:
    (folder / "measurements" / "figures.csv").unlink()
    loaded = fourfold.load(folder)
    assert len(loaded.rows) == 0
    assert loaded.evaluate(as_of=AS_OF).results["score"].null_count() == 3 * 3 + 3 * 3


def test_parquet_gives_what_csv_gives(folder: Path, scorecard: fourfold.Scorecard) -> None:
    (folder / "measurements" / "figures.csv").unlink()
    pl.DataFrame(FIGURES).write_parquet(folder / "measurements" / "figures.parquet")
    assert fourfold.evaluate(folder, as_of=AS_OF).results.equals(scorecard.evaluate(as_of=AS_OF).results)


def test_empty_and_absent_folders_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"There is no \.yaml file here"):
        fourfold.load(tmp_path)
    with pytest.raises(NotFound, match="There is no folder"):
        fourfold.load(tmp_path / "none")


def test_results_survive_csv_json_and_parquet(scorecard: fourfold.Scorecard) -> None:
    frame = scorecard.evaluate(as_of=AS_OF).results
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    buffer.seek(0)
    assert pl.read_parquet(buffer).equals(frame)


def test_importing_the_package_imports_no_django_no_numpy_and_no_polars() -> None:
    code = "import fourfold, sys; print(sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "fourfold" in loaded
    for heavy in ("django", "numpy", "polars", "pandas", "pyarrow", "pydantic", "yaml", "lark", "rich", "typer"):
        assert f"'{heavy}'" not in loaded


def test_evaluating_imports_no_django_and_no_pandas(folder: Path) -> None:
    code = f"import fourfold, sys; str(fourfold.evaluate({str(folder)!r})); print('django' in sys.modules, "
    code += "'pandas' in sys.modules, 'rich' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["False", "False", "False"]


def test_the_package_offers_what_it_says() -> None:
    assert all(getattr(fourfold, name) for name in dir(fourfold))
    with pytest.raises(AttributeError):
        _ = fourfold.nothing


@pytest.mark.parametrize(("zone", "hour"), [("", 23), ("Europe/London", 22), ("America/New_York", 3)])
def test_a_day_ends_where_the_organisation_is(scorecard: fourfold.Scorecard, zone: str, hour: int) -> None:
    d = scorecard.definitions
    organisation = d.organisation.model_copy(update={"time_zone": zone})
    there = replace(scorecard, definitions=d.model_copy(update={"organisation": organisation}))
    end = there.evaluate(as_of="2026-06-30").evaluation.as_of.astimezone(UTC)
    assert (end.hour, end.minute, end.day) == (hour, 59, 30 if hour > 20 else 1)
