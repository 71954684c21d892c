"""Feeds by SQL: what they bring, what they refuse, and that a database is never changed."""

from __future__ import annotations

import gzip
import re
import sqlite3
from pathlib import Path

import polars as pl
import pytest

import fourfold
from fourfold.connectors.sql import read_feeds, sqlite
from fourfold.connectors.sql.feed import Feed
from fourfold.connectors.sql.source import Source
from fourfold.engine.findings import Level, errors
from fourfold.errors import NotFound
from tests.house.source import PACKAGE, ROOT

FEEDS = """
sources:
  - {code: shop, database: shop.sqlite}
feeds:
  - {code: sales, source: shop}
"""
SCORECARD = """
organisation: {code: shop, name: Shop}
units: [{code: all, name: All}, {code: north, name: N, parent: all}, {code: south, name: S, parent: all}]
strategy: {code: s, name: S}
perspectives: [{code: p, name: P}]
objectives: [{code: o, name: O, perspective: p, kpis: [net_sales]}]
kpis: [{code: net_sales, name: Net sales, unit: EUR, targets: [{since: 2026-01, value: 10}]}]
"""
SALES = "SELECT 'net_sales' AS kpi, region AS unit, month AS period, sum(amount) AS value FROM sales GROUP BY 2, 3"


def shop(path: Path) -> Path:
    """A database with four sales, one of them without a region's second month."""
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE sales (region TEXT, month TEXT, amount REAL, updated_at TEXT, note TEXT);"
            "INSERT INTO sales VALUES ('north', '2026-01', 10, '2026-02-01', 'drop it');"
            "INSERT INTO sales VALUES ('north', '2026-01', 2.5, '', '');"
            "INSERT INTO sales VALUES ('north', '2026-02', 7, '', ''), ('south', '2026-01', 0.1, '', '')"
        )
    database.close()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one feed of one source."""
    shop(tmp_path / "shop.sqlite")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "feeds.yaml").write_text(FEEDS)
    (tmp_path / "feeds" / "sales.sql").write_text(SALES)
    return tmp_path


def asked(folder: Path, statement: str, **options: object) -> str:
    """What the connector says about a statement: the first finding, or nothing."""
    (folder / "feeds" / "sales.sql").write_text(statement)
    lines = "".join(f", {key}: {value}" for key, value in options.items())
    (folder / "feeds" / "feeds.yaml").write_text(FEEDS.replace("source: shop", f"source: shop{lines}"))
    brought = read_feeds(folder)
    assert bool(brought.tables) != bool(errors(brought.findings)), brought
    return "".join(f"{f.code} {f.message}" for f in brought.findings)


def test_a_feed_brings_the_rows_of_its_statement(folder: Path) -> None:
    (table,) = read_feeds(folder).tables
    assert table.frame.drop("source").rows() == [
        ("net_sales", "north", "2026-01", "12.5"),
        ("net_sales", "north", "2026-02", "7.0"),
        ("net_sales", "south", "2026-01", "0.1"),
    ]
    assert table.frame["source"].unique().to_list() == ["shop"]


def test_a_feed_may_say_the_kpi_of_all_its_rows(folder: Path) -> None:
    statement = "SELECT region AS unit, month AS period, 1 AS numerator, 3 AS denominator FROM sales"
    assert asked(folder, statement, kpi="net_sales") == ""
    (table,) = read_feeds(folder).tables
    assert table.frame["kpi"].unique().to_list() == ["net_sales"]
    assert "says kpi too" in asked(folder, SALES, kpi="net_sales")


def test_a_folder_without_feeds_brings_nothing(tmp_path: Path) -> None:
    assert read_feeds(tmp_path).tables == read_feeds(tmp_path).findings == ()


def test_every_digit_of_a_number_is_kept(folder: Path) -> None:
    asked(folder, "SELECT 'k' AS kpi, 'u' AS unit, '2026-01' AS period, 9007199254740993 AS value "
                  "UNION ALL SELECT 'k', 'u', '2026-02', 0.1 UNION ALL SELECT 'k', 'u', '2026-03', NULL "
                  "UNION ALL SELECT 'k', 'u', '2026-04', '1,5'")  # fmt: skip
    assert read_feeds(folder).tables[0].frame["value"].to_list() == ["9007199254740993", "0.1", None, "1,5"]


# Peer defect D14: a filter of words refused `updated_at` for its "update", and let a second statement through.
def test_d14_a_column_called_updated_at_is_read(folder: Path) -> None:
    columns = "max(updated_at) AS note, 'k' AS kpi, 'u' AS unit, month AS period, 1 AS value"
    harmless = f"SELECT {columns} FROM sales GROUP BY 4"
    assert asked(folder, harmless) == ""
    assert asked(folder, f"-- delete from, insert into; drop\n{harmless} HAVING note <> 'DELETE; --'") == ""


def test_d14_a_second_statement_is_refused_and_does_nothing(folder: Path) -> None:
    before = (folder / "shop.sqlite").read_bytes()
    said = asked(folder, "SELECT 1\n; DELETE FROM sales")
    assert said == "FEED-SQL The file holds more than one statement."
    assert (folder / "shop.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sales",
        "UPDATE sales SET amount = 0",
        "INSERT INTO sales VALUES ('north', '2026-03', 1, '', '') RETURNING region",
        "WITH gone AS (SELECT 1) DELETE FROM sales RETURNING *",
        "CREATE TABLE more (a)",
        "CREATE TEMP TABLE more (a)",
        "DROP TABLE sales",
        "ATTACH 'other.sqlite' AS other",
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "SELECT * FROM pragma_table_info('sales')",
        "SELECT load_extension('evil')",
        "COMMIT",
        "ROLLBACK",
        "BEGIN",
        "SAVEPOINT a",
        "ANALYZE",
    ],
)
def test_whatever_is_no_reading_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    monkeypatch.chdir(folder)
    before = (folder / "shop.sqlite").read_bytes()
    assert asked(folder, statement) == "FEED-SQL The statement does something else than read."
    assert (folder / "shop.sqlite").read_bytes() == before
    assert sorted(p.name for p in folder.iterdir()) == ["feeds", "shop.sqlite"]


@pytest.mark.parametrize("statement", ["VACUUM", "VACUUM INTO 'copy.sqlite'", "REINDEX"])
def test_housekeeping_does_nothing_either(folder: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    monkeypatch.chdir(folder)
    before = (folder / "shop.sqlite").read_bytes()
    assert asked(folder, statement).startswith("FEED-SQL ")
    assert (folder / "shop.sqlite").read_bytes() == before
    assert sorted(p.name for p in folder.iterdir()) == ["feeds", "shop.sqlite"]


@pytest.mark.parametrize("statement", ["", "-- nothing", ";", "/* nothing */ ;"])
def test_a_file_without_a_statement_is_refused(folder: Path, statement: str) -> None:
    assert asked(folder, statement) == "FEED-SQL There is no statement in the file."


def test_a_statement_without_rows_is_a_warning(folder: Path) -> None:
    (folder / "feeds" / "sales.sql").write_text(SALES.replace("GROUP", "WHERE amount > 1e6 GROUP"))
    brought = read_feeds(folder)
    assert [(f.code, f.level) for f in brought.findings] == [("FEED-EMPTY", Level.WARNING)]
    assert [len(t.frame) for t in brought.tables] == [0]


def test_the_connection_cannot_write_even_without_its_authoriser(folder: Path) -> None:
    with sqlite.opened(folder / "shop.sqlite") as connection:
        connection.set_authorizer(None)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM sales")
        connection.execute("PRAGMA query_only = OFF")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM sales")


def test_a_statement_that_never_ends_is_stopped(folder: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert asked(folder, endless, timeout=1) == "FEED-SQL The statement was stopped after 1 seconds."


def test_more_rows_than_the_limit_are_refused_not_cut(folder: Path) -> None:
    assert asked(folder, SALES, row_limit=3) == ""
    assert asked(folder, SALES, row_limit=2) == "FEED-SQL The statement gives more than 2 rows."


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT absent FROM sales", "no such column: absent"),
        ("SELEC 1", "syntax error"),
        ("SELECT 1 AS kpi, 2 AS kpi", "Two columns"),
        ("SELECT x'00ff' AS value", "holds bytes"),
        ("SELECT zeroblob(1000000000) AS value", "too big"),
    ],
)
def test_what_is_wrong_with_a_statement_is_said(folder: Path, statement: str, said: str) -> None:
    assert said in asked(folder, statement)


def test_one_wrong_feed_does_not_hide_another(folder: Path) -> None:
    (folder / "feeds" / "more.yaml").write_text("feeds: [{code: b, source: shop}, {code: c, source: shop}]")
    (folder / "feeds" / "b.sql").write_text("SELECT broken")
    brought = read_feeds(folder)
    assert [f.place.file for f in brought.findings] == ["feeds/b.sql", "feeds/c.sql"]
    assert [t.file for t in brought.tables] == ["feeds/sales.sql result"]


def test_a_packed_database_gives_the_same_rows_and_nothing_is_unpacked_beside_it(folder: Path) -> None:
    plain = read_feeds(folder).tables[0].frame
    packed = folder / "shop.sqlite.gz"
    packed.write_bytes(gzip.compress((folder / "shop.sqlite").read_bytes()))
    (folder / "shop.sqlite").unlink()
    (table,) = read_feeds(folder, {"shop": packed}).tables
    assert table.frame.equals(plain)
    assert sorted(p.name for p in folder.iterdir()) == ["feeds", "shop.sqlite.gz"]


def test_a_database_with_a_write_ahead_log_is_read_packed_and_plain(folder: Path) -> None:
    database = sqlite3.connect(folder / "shop.sqlite")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("DELETE FROM sales WHERE region = 'south'")
    database.commit()
    assert len(read_feeds(folder).tables[0].frame) == 2
    database.close()
    packed = folder / "packed.gz"
    packed.write_bytes(gzip.compress((folder / "shop.sqlite").read_bytes()))
    assert len(read_feeds(folder, {"shop": packed}).tables[0].frame) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be opened"),
        (b"", "is not a SQLite database"),
        (b"kpi,unit\n", "is not a SQLite database"),
        (b"SQLite format 3\x00 and then nothing", "cannot be read"),
        (gzip.compress(b"something else", mtime=0), "holds something else"),
        (gzip.compress(b"SQLite format 3\x00", mtime=0)[:-9], "is damaged"),
    ],
)
def test_a_database_that_cannot_be_read_is_a_finding_that_says_how_to_name_another(
    folder: Path, content: bytes | None, said: str
) -> None:
    (folder / "shop.sqlite").unlink()
    if content is not None:
        (folder / "shop.sqlite").write_bytes(content)
    brought = read_feeds(folder)
    assert brought.tables == ()
    (finding,) = brought.findings
    assert (finding.code, finding.level, finding.place.line) == ("FEED-SOURCE", Level.ERROR, 3)
    assert said in finding.message
    assert "--source shop=PATH or FOURFOLD_SOURCE_SHOP" in finding.fix


def test_the_argument_wins_over_the_environment_and_that_over_the_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first() -> object:
        return read_feeds(folder, given).tables[0].frame["value"][0]

    paths = [folder / f"{n}.sqlite" for n in (1, 2)]
    for n, path in enumerate(paths, 1):
        with sqlite3.connect(shop(path)) as database:
            database.execute("UPDATE sales SET amount = ?", (n,))
        database.close()
    given: dict[str, Path] = {}
    assert first() == "12.5"
    monkeypatch.setenv("FOURFOLD_SOURCE_SHOP", str(paths[0]))
    assert first() == "2.0"
    given = {"shop": paths[1]}
    assert first() == "4.0"


def test_a_source_that_nobody_defined_cannot_be_overridden(folder: Path) -> None:
    with pytest.raises(NotFound, match="There is no source") as caught:
        read_feeds(folder, {"shopp": "a.sqlite"})
    assert caught.value.hint == 'Did you mean "shop"?'


@pytest.mark.parametrize("file", ["../secret.sql", "link.sql", "absent.sql"])
def test_a_statement_comes_from_the_feeds_folder_only(folder: Path, file: str) -> None:
    (folder / "secret.sql").write_text(SALES)
    (folder / "feeds" / "link.sql").symlink_to(folder / "secret.sql")
    (folder / "feeds" / "feeds.yaml").write_text(FEEDS.replace("source: shop}", f"source: shop, file: {file}}}"))
    brought = read_feeds(folder)
    assert brought.tables == ()
    assert [f.level for f in brought.findings] == [Level.ERROR]


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("sources: [{code: a, database: b, sise: 3}]", "FEED-KEY", 1, "sise"),
        ("feed:\n  - {code: a}", "FEED-KEY", 1, "sources and feeds"),
        ("kpis: []", "FEED-KEY", 1, "sources and feeds"),
        ("feeds: one", "FEED-KEY", 1, "must be a list"),
        ("feeds:\n  - {code: a}", "DEF-MISSING", 2, "Feed a has no `source`."),
        ("feeds:\n  - {code: a, source: b}", "FEED-REFERENCE", 2, 'There is no source "b".'),
        ("sources:\n  - {code: a, database: x}\n  - {code: a, database: y}", "FEED-TWICE", 2, "There are 2 sources a."),
        ("feeds:\n  - {code: a b, source: c}", "DEF-CODE", 2, "a code has only letters"),
        ("feeds:\n  - {code: a, source: b, timeout: 0}", "DEF-LIMIT", 2, "at least 1"),
        ("feeds: {a: b", "DEF-YAML", 2, "not closed"),
    ],
)
def test_a_slip_in_the_yaml_is_found_with_its_line(folder: Path, text: str, code: str, line: int, said: str) -> None:
    (folder / "feeds" / "feeds.yaml").write_text(text)
    brought = read_feeds(folder)
    assert brought.tables == ()
    wrong = errors(brought.findings)
    assert (wrong[0].code, wrong[0].place.file, wrong[0].place.line) == (code, "feeds/feeds.yaml", line)
    assert said in wrong[0].message


def test_every_key_and_every_finding_has_its_line_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "feeds.md").read_text()
    source = "".join(p.read_text() for p in (PACKAGE / "connectors" / "sql").glob("*.py"))
    codes = set(re.findall(r'"(FEED-[A-Z]+)"', source))
    assert len(codes) >= 7
    for key in (*Source.model_fields, *Feed.model_fields, *codes):
        assert f"| `{key}` |" in page, key


def test_rows_of_a_feed_are_checked_and_evaluated_like_those_of_a_file(folder: Path) -> None:
    (folder / "scorecard.yaml").write_text(SCORECARD)
    results = fourfold.evaluate(folder, last="2026-02").results.filter(pl.col("node") == "kpi:net_sales")
    value = {(unit, period): v for unit, period, v in results.select("unit", "period", "value").iter_rows()}
    assert value["all", "M:2026-01"] == 12.6
    assert value["south", "M:2026-02"] is None  # no row is missing, not zero
    (folder / "feeds" / "sales.sql").write_text(SALES.replace("region", "'west'"))
    findings = fourfold.check(folder)
    assert [(f.place.file, f.place.line) for f in errors(findings)] == [("feeds/sales.sql result", 1)]


@pytest.mark.django_db
def test_feeds_are_loaded_into_the_database_with_the_folder(folder: Path) -> None:
    from fourfold.actions.load_folder import load_folder
    from fourfold.records.models import Measurement

    (folder / "scorecard.yaml").write_text(SCORECARD)
    shop(folder / "other.sqlite")
    (folder / "shop.sqlite").unlink()
    refused = load_folder(path=folder)
    assert not refused.ok
    assert [f.code for f in errors(refused.findings)] == ["FEED-SOURCE"]
    assert load_folder(path=folder, sources={"shop": folder / "other.sqlite"}).ok
    assert Measurement.objects.count() == 3


@pytest.mark.django_db
def test_a_person_may_not_load_feeds_because_they_read_with_the_rights_of_the_server(folder: Path) -> None:
    from fourfold.actions.load_folder import load_folder
    from fourfold.errors import Forbidden
    from fourfold.records.models import Measurement, Person

    alice = "people: [{code: A, name: Alice, email: a@a.example, role: admin}]"
    (folder / "scorecard.yaml").write_text(SCORECARD + alice)
    assert load_folder(path=folder).ok
    (folder / "shop.sqlite").unlink()
    with pytest.raises(Forbidden, match="feeds"):
        load_folder(by=Person.objects.get(email="a@a.example"), path=folder)
    assert Measurement.objects.count() == 3
