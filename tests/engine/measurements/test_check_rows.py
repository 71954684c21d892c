"""Rows coming in: every way to be wrong is a finding that names the row and the reason, and nothing is repaired."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.findings import Finding, Level
from fourfold.engine.measurements import LISTED, CheckedRows, check_rows, check_tables
from fourfold.engine.measurements.one_row import plainly_right
from fourfold.testing.bakery import BAKERY, bakery

MORE = [
    {"code": "open", "name": "Shop open", "kind": "boolean"},
    {"code": "mood", "name": "Mood", "kind": "ordinal", "levels": {"low": "0", "fair": "75", "high": "125"}},
    {"code": "visits", "name": "Visits", "kind": "flow", "frequency": "day", "only_in": ["south"]},
]


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return complete(bakery(kpis=BAKERY["kpis"] + MORE))


def check(definitions: Definitions, *rows: dict[str, Any]) -> CheckedRows:
    """Check rows of text as a file has them: the header is line 1."""
    full = [{"kpi": "sales", "unit": "north", "period": "2026-03"} | row for row in rows]
    names = list(dict.fromkeys(name for row in full for name in row)) or ["kpi", "unit", "period", "value"]
    columns = {name: [row.get(name) for row in full] for name in names}
    if "value" not in columns and "state" not in columns and "numerator" not in columns:
        columns["value"] = [None] * len(full)
    table = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return check_rows(table.with_row_index("row", offset=2), definitions, file="a.csv")


def refused(definitions: Definitions, code: str, *rows: dict[str, Any]) -> Finding:
    """The one error about the second of two rows (line 3); the first one is fine, and stays."""
    checked = check(definitions, {"period": "2026-01", "value": "1"}, *rows)
    (finding,) = checked.findings
    assert (finding.code, finding.level) == (code, Level.ERROR)
    assert (finding.place.file, finding.place.line) == ("a.csv", 3)
    assert finding.fix
    assert not checked.ok
    assert checked.rows["row"].to_list() == [2]
    return finding


def test_a_good_row_comes_back_typed_with_its_digits_as_written(definitions: Definitions) -> None:
    checked = check(definitions, {"value": "12.50", "source": "till", "quality": "estimate"})
    (row,) = checked.rows.rows(named=True)
    assert checked.findings == ()
    assert (row["kpi"], row["unit"], row["period"], row["value"]) == ("sales", "north", "M:2026-03", 12.5)
    assert (row["value_text"], row["source"], row["file"], row["row"]) == ("12.50", "till", "a.csv", 2)
    assert (row["state"], row["marks"], row["recorded_at"]) == (0, 4, None)


@pytest.mark.parametrize(
    ("row", "code", "message", "fix"),
    [
        ({"kpi": "slaes", "value": "1"}, "ROW-KPI", "slaes", 'Did you mean "sales"?'),
        ({"kpi": "ORDERS on time", "value": "1"}, "ROW-KPI", "ORDERS on time", 'Write its code, "on_time".'),
        ({"unit": "North Quay", "value": "1"}, "ROW-UNIT", "North Quay", 'Write its code, "north".'),
        ({"kpi": None, "value": "1"}, "ROW-EMPTY-KEY", "The row has no KPI.", "Fill in the KPI"),
        ({"unit": "nroth", "value": "1"}, "ROW-UNIT", "nroth", 'Did you mean "north"?'),
        ({"unit": None, "value": "1"}, "ROW-EMPTY-KEY", "The row has no unit.", "Fill in the unit"),
        ({"period": None, "value": "1"}, "ROW-EMPTY-KEY", "The row has no period.", "Fill in the period"),
        ({"period": "2026-13", "value": "1"}, "ROW-PERIOD", "2026-13", "2026"),
        ({"period": "March", "value": "1"}, "ROW-PERIOD", "March", "2026"),
        ({"period": "2026-W10", "value": "1"}, "ROW-PERIOD", "2026-W10", "month"),
        ({"kpi": "visits", "unit": "south", "period": "2026-02-30", "value": "1"}, "ROW-PERIOD", "2026-02-30", ""),
        ({"kpi": "margin", "value": "1"}, "ROW-COMPUTED", "margin", ""),
        ({"kpi": "visits", "period": "2026-03-01", "value": "1"}, "ROW-APPLIES", "visits", "only_in"),
    ],
)
def test_what_is_not_defined_is_refused(
    definitions: Definitions, row: dict[str, Any], code: str, message: str, fix: str
) -> None:
    finding = refused(definitions, code, row)
    assert message in finding.message
    assert fix in finding.fix


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("many", "ROW-NUMBER", "is not a number"),
        ("12 units", "ROW-NUMBER", "is not a number"),
        ("NaN", "ROW-NAN", "there is no number"),
        ("nan", "ROW-NAN", "there is no number"),
        ("Infinity", "ROW-INFINITE", "not a finite number"),
        ("-inf", "ROW-INFINITE", "not a finite number"),
        ("∞", "ROW-INFINITE", "not a finite number"),
        ("1e400", "ROW-SIZE", "too large"),
        ("-1e400", "ROW-SIZE", "too large"),
        ("1e-400", "ROW-SIZE", "too small"),
        ("1,5", "ROW-COMMA", "1.5"),
        ("1.234,5", "ROW-COMMA", "1234.5"),
        ("1,234", "ROW-COMMA", "1234 or 1.234"),
        ("1.234.567", "ROW-COMMA", "1234567"),
        ("1,2,3", "ROW-COMMA", "no number has"),
        ("1 234", "ROW-NUMBER", "1234"),
        ("1\u00a0234", "ROW-NUMBER", "1234"),
        ("−5", "ROW-NUMBER", "negative"),
        ("(5)", "ROW-NUMBER", "negative"),
        ("12%", "ROW-NUMBER", "more than the number"),
        ("€12", "ROW-NUMBER", "more than the number"),
        ("1O0", "ROW-LETTER", "100"),
        ("٣", "ROW-NUMBER", "3"),
        ("=A1*2", "ROW-NUMBER", "formula"),
        ("#DIV/0!", "ROW-NUMBER", "spreadsheet"),
        ("0x1F", "ROW-NUMBER", "not a number"),
        ("1e5e5", "ROW-NUMBER", "not a number"),
        ("1" * 35, "ROW-DIGITS", "34 digits"),
        ("true", "ROW-NUMBER", "not a number"),
    ],
)
def test_a_text_that_is_no_plain_number_is_refused_with_what_it_may_mean(
    definitions: Definitions, text: str, code: str, said: str
) -> None:
    assert said in refused(definitions, code, {"value": text}).message


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0.0), ("-0.5", -0.5), ("+3", 3.0), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("1E-3", 0.001), (" 7 ", 7.0)],
)
def test_plain_numbers_are_read_as_python_reads_them(definitions: Definitions, text: str, number: float) -> None:
    checked = check(definitions, {"kpi": "costs", "value": text})
    assert checked.findings == ()
    assert checked.rows["value"].to_list() == [number == float(text) and number]


@pytest.mark.parametrize(
    ("parts", "code", "said"),
    [
        ({"numerator": "1"}, "ROW-PARTS", "no denominator"),
        ({"numerator": "1", "denominator": "0"}, "ROW-DENOMINATOR", "is zero"),
        ({"numerator": "1", "denominator": "-2"}, "ROW-DENOMINATOR", "is negative"),
        ({"denominator": "5"}, "ROW-PARTS", "no numerator"),
        ({"numerator": "1", "denominator": "2", "value": "51"}, "ROW-DISAGREE", "which is 50"),
        ({"numerator": "1e300", "denominator": "1e-300"}, "ROW-SIZE", "too large"),
        ({"numerator": "one", "denominator": "2"}, "ROW-NUMBER", "numerator"),
        ({"numerator": "1", "denominator": "1,5"}, "ROW-COMMA", "denominator"),
    ],
)
def test_the_parts_of_a_ratio_must_make_sense(
    definitions: Definitions, parts: dict[str, str], code: str, said: str
) -> None:
    assert said in refused(definitions, code, {"kpi": "on_time"} | parts).message


def test_a_value_that_repeats_its_parts_follows_from_them(definitions: Definitions) -> None:
    checked = check(definitions, {"kpi": "on_time", "numerator": "1", "denominator": "4", "value": "25"})
    assert checked.findings == ()
    assert checked.rows.select("value", "numerator", "denominator").rows() == [(None, 1.0, 4.0)]


def test_a_share_above_100_percent_is_asked_about(definitions: Definitions) -> None:
    checked = check(definitions, {"kpi": "on_time", "numerator": "5", "denominator": "4"})
    assert [(f.code, f.level, f.place.line) for f in checked.findings] == [("ROW-SHARE", Level.WARNING, 2)]
    assert checked.ok


@pytest.mark.parametrize(("kpi", "above", "asked"), [
    ({"unit": "%"}, 101, True), ({"unit": "%"}, 100, False), ({"unit": "GBP"}, 101, False),
    ({"unit": "%", "valid_max": "300"}, 101, False),
])  # fmt: skip
def test_only_a_share_without_a_limit_of_its_own_is_asked_about(kpi: dict[str, Any], above: int, asked: bool) -> None:
    kpis = [{"code": "sales", "name": "S", "kind": "ratio", "factor": "100", **kpi}]
    definitions = complete(bakery(kpis=kpis, uses=[], targets=[], notes=[]))
    checked = check(definitions, {"numerator": str(above), "denominator": "100"})
    assert [f.code for f in checked.findings] == (["ROW-SHARE"] if asked else [])
    alone = plainly_right({"kpi": "sales", "unit": "north", "period": "2026-03",
                           "numerator": str(above), "denominator": "100"}, definitions)  # fmt: skip
    assert (alone is None) is asked


@pytest.mark.parametrize(("kpi", "inside", "outside"), [
    ({"kind": "stock", "valid_min": "2"}, ("2", "3"), ("1.99",)),
    ({"kind": "stock", "valid_max": "2"}, ("2", "1"), ("2.01",)),
    ({"kind": "boolean"}, ("0", "1"), ("2", "-1")),
    ({"kind": "ordinal", "levels": {"a": "0", "b": "50", "c": "100"}}, ("1", "3"), ("0", "4")),
])  # fmt: skip
def test_on_the_limit_is_inside(kpi: dict[str, Any], inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    definitions = complete(bakery(kpis=[{"code": "sales", "name": "S", **kpi}], uses=[], targets=[], notes=[]))
    assert [check(definitions, {"value": text}).ok for text in inside] == [True] * len(inside)
    assert [check(definitions, {"value": text}).ok for text in outside] == [False] * len(outside)


def test_a_figure_outside_the_limits_of_its_kpi_is_refused(definitions: Definitions) -> None:
    finding = refused(definitions, "ROW-LIMIT", {"value": "-1"})
    assert "-1 is below 0" in finding.message
    assert "valid_min" in finding.fix


def test_the_same_row_twice_counts_once_and_is_mentioned(definitions: Definitions) -> None:
    checked = check(definitions, {"value": "5"}, {"value": "5.0"})
    (finding,) = checked.findings
    assert (finding.code, finding.level, finding.place.line) == ("ROW-TWICE", Level.INFO, 3)
    assert checked.rows["value"].to_list() == [5.0]


def test_two_rows_that_disagree_are_both_refused_with_both_lines(definitions: Definitions) -> None:
    checked = check(definitions, {"value": "5"}, {"value": "6"}, {"period": "2026-04", "value": "7"})
    (finding,) = checked.findings
    assert (finding.code, finding.place.line) == ("ROW-CONFLICT", 2)
    assert "value 5 on line 2 of a.csv and value 6 on line 3 of a.csv" in finding.message
    assert checked.rows["row"].to_list() == [4]


def test_one_cell_named_in_two_ways_is_still_one_cell(definitions: Definitions) -> None:
    checked = check(definitions, {"value": "5"}, {"period": "Mar 2026", "value": "6"})
    assert [f.code for f in checked.findings] in (["ROW-CONFLICT"], ["ROW-PERIOD"])
    checked = check(definitions, {"value": "5"}, {"period": "M:2026-03", "value": "6"})
    assert [f.code for f in checked.findings] == ["ROW-CONFLICT"]


def test_rows_of_two_files_may_not_disagree_either(definitions: Definitions) -> None:
    tables = [
        (f"{name}.csv", pl.DataFrame({"kpi": ["sales"], "unit": ["north"], "period": ["2026-03"], "value": [value]}))
        for name, value in (("a", "5"), ("b", "6"))
    ]
    (finding,) = check_tables(tables, definitions).findings
    assert "a.csv" in finding.message and "b.csv" in finding.message


def test_rows_with_different_times_of_recording_are_revisions(definitions: Definitions) -> None:
    late = {"value": "6", "recorded_at": "2026-04-09T10:00:00+02:00"}
    early = {"value": "5", "recorded_at": "2026-04-02"}
    checked = check(definitions, late, early)
    assert checked.findings == ()
    assert checked.rows.select("value", "recorded_at").rows() == [
        (5.0, "2026-04-02T00:00:00+00:00"),
        (6.0, "2026-04-09T08:00:00+00:00"),
    ]


@pytest.mark.parametrize("time", ["yesterday", "31.02.2026", "2026-02-30", "25:00", "1775000000"])
def test_a_time_of_recording_that_is_none_is_refused(definitions: Definitions, time: str) -> None:
    refused(definitions, "ROW-RECORDED", {"value": "1", "recorded_at": time})


@pytest.mark.parametrize("column", ["source", "note"])
@pytest.mark.parametrize("text", ["x" * 1_001, "bell \x07"])
def test_texts_that_are_too_long_or_unprintable_are_refused(definitions: Definitions, column: str, text: str) -> None:
    refused(definitions, "ROW-TEXT", {"value": "1", column: text})


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"state": "lost"}, "ROW-STATE"),
        ({"state": "missing", "value": "3"}, "ROW-STATE"),
        ({"state": "number"}, "ROW-STATE"),
        ({"value": "3", "quality": "good"}, "ROW-QUALITY"),
    ],
)
def test_states_and_qualities_are_known_words(definitions: Definitions, row: dict[str, str], code: str) -> None:
    refused(definitions, code, row)


def test_missing_zero_not_applicable_and_not_due_are_four_different_things(definitions: Definitions) -> None:
    checked = check(
        definitions,
        {"period": "2026-01", "state": "missing"},
        {"period": "2026-02", "value": "0"},
        {"period": "2026-03", "value": "n/a"},
        {"period": "2026-04", "state": "not due"},
        {"period": "2026-05"},
    )
    assert checked.rows.select("value", "state").rows() == [(None, 1), (0.0, 0), (None, 2), (None, 3)]
    (finding,) = checked.findings
    assert (finding.code, finding.level, finding.place.line) == ("ROW-EMPTY", Level.INFO, 6)


@pytest.mark.parametrize(("text", "value"), [("yes", 1.0), ("No", 0.0), ("TRUE", 1.0), ("0", 0.0)])
def test_yes_and_no_are_figures_of_a_boolean(definitions: Definitions, text: str, value: float) -> None:
    assert check(definitions, {"kpi": "open", "value": text}).rows["value"].to_list() == [value]


def test_a_boolean_is_nothing_between_yes_and_no(definitions: Definitions) -> None:
    refused(definitions, "ROW-LIMIT", {"kpi": "open", "value": "2"})


@pytest.mark.parametrize(("text", "value"), [("low", 1.0), ("High", 3.0), ("2", 2.0)])
def test_levels_are_numbered_from_one(definitions: Definitions, text: str, value: float) -> None:
    assert check(definitions, {"kpi": "mood", "value": text}).rows["value"].to_list() == [value]


def test_a_level_that_is_not_there_is_refused(definitions: Definitions) -> None:
    refused(definitions, "ROW-NUMBER", {"kpi": "mood", "value": "great"})
    refused(definitions, "ROW-LIMIT", {"kpi": "mood", "value": "4"})


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["kpi", "unit", "value"], 'There is no column "period".'),
        (["unit", "period", "value"], 'There is no column "kpi".'),
        (["kpi", "unit", "period"], "No column holds figures."),
        (["kpi", "unit", "period", "numerator"], "No column holds figures."),
        (["kpi", "unit", "period", "valeu"], 'There is no column "valeu".'),
        (["kpi", "unit", "period", "value", "Value"], 'There are two columns "value".'),
    ],
)
def test_a_table_without_the_columns_it_needs_is_refused_as_a_whole(
    definitions: Definitions, columns: list[str], said: str
) -> None:
    checked = check_rows(pl.DataFrame({name: ["x"] for name in columns}), definitions, file="a.csv")
    assert said in [f.message for f in checked.findings]
    assert not checked.ok
    assert checked.rows.is_empty()


def test_columns_may_be_written_a_little_differently(definitions: Definitions) -> None:
    table = pl.DataFrame({" KPI": ["sales"], "Unit ": ["north"], "\ufeffperiod": ["2026-03"], "Value": [1.5]})
    checked = check_rows(table, definitions)
    assert checked.findings == ()
    assert checked.rows["value"].to_list() == [1.5]


def test_a_column_that_is_not_used_is_mentioned(definitions: Definitions) -> None:
    (finding,) = check(definitions, {"value": "1", "remarks by hand": "x"}).findings
    assert (finding.code, finding.level) == ("ROW-COLUMN", Level.WARNING)


def test_the_same_mistake_in_many_rows_is_said_once(definitions: Definitions) -> None:
    checked = check(definitions, *[{"kpi": "wait", "value": str(i)} for i in range(50)])
    (finding,) = checked.findings
    assert "The same in lines 3, 4, 5, 6 and 45 more." in finding.message


def test_a_message_holds_no_control_characters_and_is_not_too_long(definitions: Definitions) -> None:
    checked = check(definitions, {"kpi": "\x1b[31mred" + "x" * 5_000, "value": "\x1b[2J", "unit": "a\nb"})
    assert len(checked.findings) == 3
    for finding in checked.findings:
        assert finding.message.isprintable()
        assert len(finding.message) < 300


def test_very_many_mistakes_are_counted_and_not_all_listed(definitions: Definitions) -> None:
    checked = check(definitions, *[{"value": f"x{i}"} for i in range(LISTED + 500)])
    assert len(checked.findings) == LISTED + 1
    assert checked.findings[-1].message.startswith("There are 500 more findings")
    assert not checked.ok


def test_the_counts_add_up(definitions: Definitions) -> None:
    checked = check(definitions, {"value": "1"}, {"period": "2026-04", "value": "x"}, {"period": "2026-05"})
    assert (checked.read, len(checked.rows), len(checked.findings)) == (3, 1, 2)


def test_a_unit_with_figures_of_its_own_above_others_is_mentioned(definitions: Definitions) -> None:
    checked = check(definitions, {"value": "1"}, {"unit": "bakery", "value": "5"})
    assert [(f.code, f.level) for f in checked.findings] == [("ROW-OWN", Level.INFO)]


def test_no_rows_are_no_mistake(definitions: Definitions) -> None:
    checked = check(definitions)
    assert (checked.ok, checked.read, len(checked.rows), checked.findings) == (True, 0, 0, ())
    assert checked.rows.schema == check(definitions, {"value": "1"}).rows.schema


@pytest.mark.parametrize(("column", "longest"), [("source", 500), ("note", 1000)])
def test_a_text_may_have_so_many_characters(definitions: Definitions, column: str, longest: int) -> None:
    fine = check(definitions, {"value": "1", column: "x" * longest})
    assert fine.ok and fine.rows[column].to_list() == ["x" * longest]
    refused(definitions, "ROW-TEXT", {"value": "1", column: "x" * (longest + 1)})
