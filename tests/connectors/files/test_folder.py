"""Reading a scorecard folder: what is read, what is refused, and that every refusal says where and how to mend it."""

from __future__ import annotations

import io
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from fourfold.connectors.files import Content, read_folder
from fourfold.engine.findings import Finding, Level
from fourfold.errors import NotFound

HEADER = "kpi,unit,period,value\n"
ROW = "sales,north,2026-01,12\n"
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "measurements").mkdir()
    (tmp_path / "kpis.yaml").write_text("kpis: []\n")
    return tmp_path


def put(folder: Path, content: str | bytes, name: str = "measurements/a.csv") -> Content:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_folder(folder)


def only(content: Content, code: str) -> Finding:
    """The one finding, which has a place and a way to mend it; the file it is about is not loaded."""
    (finding,) = content.findings
    assert finding.code == code
    assert finding.place.file
    assert finding.fix
    if finding.level is Level.ERROR:
        assert finding.place.file not in {t.file for t in content.tables} | set(content.texts)
    return finding


def rows(content: Content) -> list[tuple[object, ...]]:
    (table,) = content.tables
    assert not content.findings
    return table.frame.rows()


@contextmanager
def without_rights() -> Iterator[None]:
    """Run as a user with no special rights; the superuser may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_texts_and_tables_have_names_within_the_folder(folder: Path) -> None:
    (folder / "more.yml").write_text("units: []\n")
    content = put(folder, HEADER + ROW)
    assert content.texts == {"kpis.yaml": "kpis: []\n", "more.yml": "units: []\n"}
    assert [t.file for t in content.tables] == ["measurements/a.csv"]
    assert content.findings == ()


def test_cells_are_text_as_written_and_empty_ones_are_null(folder: Path) -> None:
    content = put(folder, "kpi,unit,period,value,note\nsales,007,2026-01,1.50,\n")
    (table,) = content.tables
    assert table.frame.columns == ["kpi", "unit", "period", "value", "note", "row"]
    assert table.frame.rows() == [("sales", "007", "2026-01", "1.50", None, 2)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(folder: Path, end: str) -> None:
    content = put(folder, (HEADER + ROW + "\n" + ROW).replace("\n", end))
    assert [row[-1] for row in rows(content)] == [2, 4]


def test_a_byte_order_mark_is_not_part_of_the_first_name(folder: Path) -> None:
    content = put(folder, b"\xef\xbb\xbf" + (HEADER + ROW).encode())
    assert rows(content) == [("sales", "north", "2026-01", "12", 2)]
    assert put(folder, b"\xef\xbb\xbfunits: []\n", "b.yaml").texts["b.yaml"] == "units: []\n"


def test_a_row_is_called_by_the_line_it_begins_on(folder: Path) -> None:
    text = 'kpi,unit,period,value,note\na,b,c,1,"two\nlines"\n\n,,,,\nd,e,f,2,"a ""quote"", and a comma"\n'
    (table,) = put(folder, text).tables
    assert table.frame["row"].to_list() == [2, 5, 6]
    assert table.frame["note"].to_list() == ["two\nlines", None, 'a "quote", and a comma']


def test_a_column_called_row_does_not_hide_the_lines(folder: Path) -> None:
    (table,) = put(folder, "Row,kpi,value\n17,sales,1\n").tables
    assert table.frame.rows() == [("sales", "1", 2)]


@pytest.mark.parametrize(("name", "separator"), [("a.tsv", "\t"), ("a.csv", "\t"), ("a.csv", ",")])
def test_tabs_and_commas_separate_without_a_word(folder: Path, name: str, separator: str) -> None:
    content = put(folder, (HEADER + ROW).replace(",", separator), f"measurements/{name}")
    assert rows(content) == [("sales", "north", "2026-01", "12", 2)]


def test_semicolons_are_read_and_mentioned(folder: Path) -> None:
    content = put(folder, "kpi;unit;period;value\nsales;north;2026-01;1,5\n")
    finding = only(content, "FILE-SEPARATOR")
    assert finding.level is Level.INFO
    assert content.tables[0].frame["value"].to_list() == ["1,5"]  # whether that is a number is judged elsewhere


def test_windows_1252_is_read_with_a_warning_that_shows_what_became_of_it(folder: Path) -> None:
    content = put(folder, (HEADER + ROW + "café,north,2026-02,1\n").encode("cp1252"))
    finding = only(content, "FILE-ENCODING")
    assert finding.level is Level.WARNING
    assert (finding.place.line, "café" in finding.message) == (3, True)
    assert content.tables[0].frame["kpi"].to_list() == ["sales", "café"]


def test_a_definition_in_windows_1252_is_read_with_a_warning(folder: Path) -> None:
    content = put(folder, "units:\n  - name: Zürich\n".encode("cp1252"), "units.yaml")
    assert only(content, "FILE-ENCODING").place.line == 2
    assert "Zürich" in content.texts["units.yaml"]


def test_windows_1252_is_noticed_far_into_a_file(folder: Path) -> None:
    text = HEADER + ROW * 60_000 + "é,north,2026-01,1\n"
    content = put(folder, text.encode("cp1252"))
    assert only(content, "FILE-ENCODING").place.line == 60_002
    assert len(content.tables[0].frame) == 60_001


def test_a_letter_across_two_blocks_is_still_utf_8(folder: Path) -> None:
    padding = (1 << 20) - len(HEADER) - 1
    text = HEADER + "\n" * padding + "é,north,2026-01,1\n"
    assert rows(put(folder, text))[0][0] == "é"


def test_a_text_that_ends_within_a_letter_is_not_utf_8(folder: Path) -> None:
    content = put(folder, (HEADER + ROW).encode() + b"a,b,c,\xc3")
    assert only(content, "FILE-ENCODING").place.line == 3
    assert content.tables[0].frame["value"].to_list() == ["12", "Ã"]


@pytest.mark.parametrize("kinds", [("utf-8", "cp1252"), ("cp1252", "utf-8")])
@pytest.mark.parametrize("between", [1, 60_000])
def test_two_encodings_in_one_file_are_refused(folder: Path, kinds: tuple[str, str], between: int) -> None:
    lines = ["é,north,2026-01,1\n".encode(kind) for kind in kinds]
    content = put(folder, HEADER.encode() + lines[0] + ROW.encode() * between + lines[1])
    finding = only(content, "FILE-ENCODING")
    assert (finding.level, finding.place.line) == (Level.ERROR, between + 3)


def test_bytes_of_no_encoding_are_refused(folder: Path) -> None:
    finding = only(put(folder, HEADER.encode() + b"a\x81,\xff,c,1\n"), "FILE-ENCODING")
    assert (finding.level, finding.place.line) == (Level.ERROR, 2)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04rest",
        HEADER.encode() + b"a\0,b,c,1\n",
        b"\x1f\x8b\x08\0",
        b"PAR1....PAR1",
    ],
    ids=["workbook", "nul", "gzip", "parquet"],
)
def test_what_is_no_text_is_refused(folder: Path, content: bytes) -> None:
    assert only(put(folder, content), "FILE-BINARY").level is Level.ERROR


def test_a_line_of_200_mb_is_refused_without_being_held_in_memory(folder: Path) -> None:
    import tracemalloc

    path = folder / "measurements" / "a.csv"
    with path.open("wb") as out:
        out.write(HEADER.encode() + ROW.encode())
        for _ in range(200):
            out.write(b"9" * 1_000_000)
    tracemalloc.start()
    finding = only(read_folder(folder), "FILE-LINE")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert finding.place.line == 3
    assert peak < 20_000_000


def test_a_long_line_is_found_across_blocks(folder: Path) -> None:
    text = HEADER + ROW * 45_590 + "x" * 100_001 + "\n"
    assert only(put(folder, text), "FILE-LINE").place.line == 45_592


def test_a_definition_file_has_a_largest_size(folder: Path) -> None:
    with (folder / "big.yaml").open("wb") as out:
        out.truncate(0)
        for _ in range(21):
            out.write(b"#" * 1_000_000)
    assert "20 MB" in only(read_folder(folder), "FILE-SIZE").message


def test_rows_of_the_wrong_length_are_each_named(folder: Path) -> None:
    content = put(folder, HEADER + ROW + "sales,north,2026-02,1,5\nsales,north\n")
    long, short = content.findings
    assert (long.code, long.place.line, short.code, short.place.line) == ("FILE-CELLS", 3, "FILE-CELLS", 4)
    assert "5 cells" in long.message and "point" in long.fix
    assert "2 cells" in short.message and "cut off" in short.fix
    assert content.tables == []


def test_very_many_rows_of_the_wrong_length_do_not_drown_the_reader(folder: Path) -> None:
    content = put(folder, HEADER + "a,b\n" * 5_000)
    assert len(content.findings) == 21
    assert "4,980 more" in content.findings[-1].message


def test_a_quote_that_is_not_closed_is_found_where_it_opens(folder: Path) -> None:
    finding = only(put(folder, HEADER + ROW + 'sales,"north,2026-02,1\n' + ROW * 9), "FILE-QUOTE")
    assert finding.place.line == 3


def test_an_open_quote_over_very_many_lines_is_still_that(folder: Path) -> None:
    finding = only(put(folder, HEADER + 'sales,"north,2026-02,1\n' + ROW * 20_000), "FILE-QUOTE")
    assert (finding.place.line, "not closed" in finding.message) == (2, True)


def test_a_quote_in_the_middle_of_a_cell_is_refused(folder: Path) -> None:
    assert only(put(folder, HEADER + 'sales,"no"rth,2026-02,1\n'), "FILE-QUOTE").place.line == 2


def test_a_file_without_a_header_is_refused_with_its_first_line(folder: Path) -> None:
    finding = only(put(folder, ROW), "FILE-HEADER")
    assert "sales, north, 2026-01, 12" in finding.message
    assert "kpi,unit,period,value" in finding.fix


@pytest.mark.parametrize("header", ["kpi,unit,period,value,value", "kpi,unit,period,value,Value"])
def test_a_column_that_is_there_twice_is_refused(folder: Path, header: str) -> None:
    assert "two columns" in only(put(folder, f"{header}\n{ROW.strip()},1\n"), "FILE-HEADER").message


def test_empty_columns_at_the_end_do_no_harm(folder: Path) -> None:
    (table,) = put(folder, "kpi,unit,period,value,,\nsales,north,2026-01,1,,\n").tables
    assert table.frame.null_count().row(0)[4:6] == (1, 1)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_table_is_a_warning(folder: Path, content: str) -> None:
    assert only(put(folder, content), "FILE-EMPTY").level is Level.WARNING


def test_a_header_alone_is_a_table_of_no_rows(folder: Path) -> None:
    assert rows(put(folder, HEADER)) == []


def parquet() -> bytes:
    buffer = io.BytesIO()
    frame = pl.DataFrame({"kpi": ["sales"] * 500, "value": [float(i) for i in range(500)]})
    frame.write_parquet(buffer)
    return buffer.getvalue()


def test_parquet_keeps_its_types(folder: Path) -> None:
    (table,) = put(folder, parquet(), "measurements/a.parquet").tables
    assert table.frame.schema == {"kpi": pl.String, "value": pl.Float64}
    assert len(table.frame) == 500


def test_a_parquet_file_with_wildcards_in_its_name_is_one_file(folder: Path) -> None:
    (table,) = put(folder, parquet(), "measurements/a[1]*.parquet").tables
    assert len(table.frame) == 500


@pytest.mark.parametrize("kept", [0, 3, 4, 11, 100, -1])
def test_a_parquet_file_that_is_cut_off_is_refused(folder: Path, kept: int) -> None:
    assert only(put(folder, parquet()[:kept], "measurements/a.parquet"), "FILE-PARQUET").level is Level.ERROR


@pytest.mark.parametrize("at", range(8, 700, 60))
def test_a_damaged_parquet_file_is_read_or_refused_and_never_raises(folder: Path, at: int) -> None:
    data = bytearray(parquet())
    middle = at % (len(data) - 8) + 4
    data[middle : middle + 40] = b"\xff" * len(data[middle : middle + 40])
    data[-4:] = b"PAR1"
    content = put(folder, bytes(data), "measurements/a.parquet")
    assert content.tables or only(content, "FILE-PARQUET")


def test_a_parquet_file_with_a_column_twice_is_refused(folder: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    table = pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], names=["value", "value"])
    write_table(table, folder / "measurements" / "a.parquet")
    assert "two columns" in only(read_folder(folder), "FILE-HEADER").message


@pytest.mark.parametrize("seed", range(150))
def test_random_damage_to_parquet_never_raises(folder: Path, seed: int) -> None:
    chance, data = random.Random(seed), bytearray(parquet())
    for _ in range(chance.choice([1, 3, 20])):
        data[chance.randrange(4, len(data) - 4)] = chance.randrange(256)
    content = put(folder, bytes(data), "measurements/a.parquet")
    assert content.tables or only(content, "FILE-PARQUET")


def test_text_under_the_name_of_parquet_is_refused(folder: Path) -> None:
    assert "not a Parquet file" in only(put(folder, HEADER + ROW, "measurements/a.parquet"), "FILE-PARQUET").message


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no folder"):
        read_folder(tmp_path / "none")


def test_a_file_is_not_a_folder(folder: Path) -> None:
    with pytest.raises(NotFound, match="is a file, not a folder"):
        read_folder(folder / "kpis.yaml")


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert read_folder(tmp_path) == Content({}, [], ())


@pytest.mark.parametrize("name", ["kpis.yaml", "measurements/a.csv", "measurements/a.parquet"])
def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory, name: str):
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text(HEADER + ROW)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(outside)
    assert "out of the folder" in only(read_folder(folder), "FILE-LINK").message


def test_a_linked_folder_of_measurements_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.csv").write_text(HEADER + ROW)
    (tmp_path / "company").mkdir()
    (tmp_path / "company" / "measurements").symlink_to(tmp_path / "other")
    assert only(read_folder(tmp_path / "company"), "FILE-LINK")


def test_a_link_that_leads_nowhere_or_in_a_circle_is_refused(folder: Path) -> None:
    (folder / "measurements" / "a.csv").symlink_to("gone.csv")
    (folder / "circle.yaml").symlink_to("circle.yaml")
    content = read_folder(folder)
    assert {(f.code, f.place.file) for f in content.findings} == {
        ("FILE-LINK", "measurements/a.csv"),
        ("FILE-LINK", "circle.yaml"),
    }


def test_a_link_within_the_folder_and_a_link_to_the_folder_are_fine(folder: Path) -> None:
    put(folder, HEADER + ROW, "measurements/.hidden")
    (folder / "measurements" / "a.csv").symlink_to(".hidden")
    (folder / "itself").symlink_to(folder)
    assert len(read_folder(folder / "itself").tables) == 1


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "measurements" / "a.csv")
    assert only(read_folder(folder), "FILE-ACCESS")


def test_a_folder_with_the_name_of_a_table_is_refused(folder: Path) -> None:
    (folder / "measurements" / "a.csv").mkdir()
    assert only(read_folder(folder), "FILE-ACCESS")


def test_what_may_not_be_read_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "company"
        (root / "measurements").mkdir(parents=True)
        for file in ("a.yaml", "measurements/a.csv", "measurements/b.parquet"):
            (root / file).write_bytes(b"x")
            (root / file).chmod(0)
        Path(name).chmod(0o755)
        with without_rights():
            content = read_folder(root)
        shutil.rmtree(root)
    assert [(f.code, f.place.file) for f in content.findings] == [
        ("FILE-ACCESS", "a.yaml"),
        ("FILE-ACCESS", "measurements/a.csv"),
        ("FILE-ACCESS", "measurements/b.parquet"),
    ]
    assert all("permission denied" in f.message for f in content.findings)


def test_a_folder_that_may_not_be_listed_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "measurements").mkdir()
        (Path(name) / "measurements").chmod(0)
        Path(name).chmod(0o755)
        with without_rights():
            content = read_folder(name)
        (Path(name) / "measurements").chmod(0o700)
    assert "permission denied" in only(content, "FILE-ACCESS").message


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("figures.csv", "measurements"),
        ("measurements/kpis.yaml", "Move it up"),
        ("measurements/book.xlsx", "CSV"),
        ("measurements/figures.csv.gz", "CSV"),
    ],
)
def test_what_looks_as_if_it_were_read_and_is_not_is_mentioned(folder: Path, name: str, word: str) -> None:
    finding = only(put(folder, HEADER + ROW, name), "FILE-UNREAD")
    assert finding.level is Level.WARNING
    assert word in finding.fix


def test_definitions_in_a_folder_within_are_mentioned(folder: Path) -> None:
    (folder / "kpis").mkdir()
    (folder / "kpis" / "finance.yaml").write_text("kpis: []\n")
    assert only(read_folder(folder), "FILE-UNREAD").place.file == "kpis"


def test_a_folder_of_tables_under_another_name_is_mentioned(tmp_path: Path) -> None:
    (tmp_path / "measurement").mkdir()
    content = put(tmp_path, HEADER + ROW, "measurement/a.csv")
    assert "rename it" in only(content, "FILE-UNREAD").fix


def test_hidden_files_and_other_things_are_left_alone(folder: Path) -> None:
    for name in (".git.yaml", "README.md", "generate.py", "measurements/.DS_Store", "measurements/~$a.csv"):
        (folder / name).write_bytes(b"\xff\0")
    assert read_folder(folder).findings == ()


def test_a_folder_of_very_many_files_is_not_a_scorecard(folder: Path) -> None:
    for i in range(2_001):
        (folder / f"{i}.txt").touch()
    (finding,) = read_folder(folder).findings
    assert finding.code == "FILE-MANY"


def test_a_large_table_is_read_in_pieces_without_losing_a_row(folder: Path) -> None:
    text = "kpi,unit,period,value\n" + "".join(f"k,u,p,{i}\n" for i in range(100_001))
    (table,) = put(folder, text).tables
    assert table.frame["value"].cast(pl.Int64).sum() == 100_001 * 100_000 // 2
    assert table.frame["row"].to_list() == list(range(2, 100_003))
