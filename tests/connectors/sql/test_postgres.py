"""Feeds that ask a PostgreSQL server: the one that the tests run on, where they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from fourfold.connectors.sql import read_feeds
from fourfold.engine.findings import errors

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="these tests ask a PostgreSQL server"),
]

SALES = """
SELECT 'net_sales' AS kpi, region AS unit, to_char(month, 'YYYY-MM') AS period, sum(amount) AS value, updated_at AS note
FROM feed_sales GROUP BY 2, 3, 5 ORDER BY 2, 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with one feed that asks the test database."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE feed_sales (region text, month date, amount numeric(20, 10), updated_at text)")
        cursor.execute("INSERT INTO feed_sales VALUES ('north', '2026-01-01', 10, NULL), "
                       "('north', '2026-01-01', 2.5, NULL), ('south', '2026-01-01', 0.1, 'DELETE; --')")  # fmt: skip
    (tmp_path / "feeds").mkdir()
    settings = connection.get_connection_params()
    user, host = settings.get("user", ""), settings.get("host") or "127.0.0.1"
    secret = f":{settings['password']}" if settings.get("password") else ""
    address = f"postgresql://{user}{secret}@{host}:{settings.get('port') or 5432}/{settings['dbname']}"
    (tmp_path / "feeds" / "feeds.yaml").write_text(
        f'sources: [{{code: shop, database: "{address}"}}]\nfeeds: [{{code: sales, source: shop, timeout: 1}}]\n'
    )
    yield tmp_path
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE feed_sales")


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM feed_sales")
        (found,) = cursor.fetchone()
    return int(found)


def asked(folder: Path, statement: str) -> str:
    """What the connector says about a statement: the first finding, or nothing."""
    (folder / "feeds" / "sales.sql").write_text(statement)
    brought = read_feeds(folder)
    assert bool(brought.tables) != bool(errors(brought.findings)), brought
    return "".join(f"{f.code} {f.message}" for f in brought.findings)


def test_a_feed_brings_the_rows_of_its_statement(folder: Path) -> None:
    assert asked(folder, SALES) == ""
    (table,) = read_feeds(folder).tables
    assert table.frame.select("kpi", "unit", "period", "value", "note").rows() == [
        ("net_sales", "north", "2026-01", "12.5000000000", None),
        ("net_sales", "south", "2026-01", "0.1000000000", "DELETE; --"),
    ]


# Peer defect D14 again: the second statement is refused by the protocol, not by its words.
def test_d14_a_second_statement_is_refused_and_does_nothing(folder: Path) -> None:
    assert asked(folder, "SELECT 1\n; DELETE FROM feed_sales") == "FEED-SQL The file holds more than one statement."
    assert "FEED-SQL" in asked(folder, "SELECT 1; COMMIT; DELETE FROM feed_sales; COMMIT")
    assert count() == 3


CHANGES = (
    "DELETE FROM feed_sales",
    "WITH gone AS (DELETE FROM feed_sales RETURNING *) SELECT count(*) FROM gone",
    "CREATE TABLE more (a int)",
    "SELECT * INTO more FROM feed_sales",
    "COMMIT",
    "SET TRANSACTION READ WRITE",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "COPY feed_sales TO STDOUT",
    "SELECT * FROM feed_sales FOR UPDATE",
    "DO $$ BEGIN DELETE FROM feed_sales; END $$",
    "",
    "-- nothing",
    ";",
)


def test_whatever_is_no_reading_is_refused(folder: Path) -> None:
    for statement in CHANGES:
        assert asked(folder, statement).startswith("FEED-SQL "), statement
    assert count() == 3


def test_a_statement_that_takes_too_long_is_stopped(folder: Path) -> None:
    assert asked(folder, "SELECT pg_sleep(30)") == "FEED-SQL The statement was stopped after 1 seconds."


def test_one_wrong_feed_does_not_spoil_the_next(folder: Path) -> None:
    (folder / "feeds" / "more.yaml").write_text("feeds: [{code: a, source: shop}]")
    (folder / "feeds" / "a.sql").write_text(SALES)
    (folder / "feeds" / "sales.sql").write_text("SELECT broken")
    brought = read_feeds(folder)
    assert [f.place.file for f in brought.findings] == ["feeds/sales.sql"]
    assert [t.file for t in brought.tables] == ["feeds/a.sql result"]


def test_a_server_that_cannot_be_reached_is_a_finding_without_the_password(folder: Path) -> None:
    away = "postgresql://somebody:hunter2@127.0.0.1:9/shop"
    brought = read_feeds(folder, {"shop": away})
    (finding,) = brought.findings
    assert finding.code == "FEED-SOURCE"
    assert finding.message.startswith("postgresql://127.0.0.1:9/shop cannot be opened")
    assert "hunter2" not in str(finding)
