"""Every kind of source against a real server or file: it keeps the promises of the port, whatever it is answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import duckdb
import pytest

from fourfold.connectors.database import DATABASE
from fourfold.connectors.download import DOWNLOAD
from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.odata import ODATA
from fourfold.connectors.port import Access, Limits, Window
from fourfold.connectors.rest import REST
from fourfold.testing.connector import WINDOW, conform, refused
from fourfold.testing.service import CLIENT, ROWS, SECRET, Service, service

HERE = (ip_network("127.0.0.1/32"),)
TABLE = "SELECT region, month, amount FROM sales WHERE month BETWEEN substr(:since, 1, 7) AND substr(:until, 1, 7)"


@pytest.fixture
def stub() -> Iterator[Service]:
    with service() as server:
        yield server


def access(stub: Service, path: str = "", **options: str) -> Access:
    policy = EgressPolicy(networks=HERE, ports=frozenset({stub.server_port}))
    return Access({"url": stub.url + path, **options}, SECRET, policy)


PAGES = {
    "all": {"path": "all", "rows": "data"},
    "page": {"path": "page", "paging": "page", "size": "2", "size_parameter": "per_page"},
    "offset": {"path": "offset", "rows": "data", "paging": "offset"},
    "cursor": {"path": "cursor", "rows": "data", "paging": "cursor", "next": "paging.next"},
    "link": {"path": "link", "paging": "link"},
}


@pytest.mark.parametrize("how", PAGES)
def test_a_service_gives_all_its_pages(stub: Service, how: str) -> None:
    conform(REST, access(stub), PAGES[how], ROWS)


def test_rows_are_chosen_and_named_by_a_path(stub: Service) -> None:
    ask = {"path": "all?from={since}", "rows": "data[?region=='north'].{unit: region, value: amount}"}
    found = conform(REST, access(stub), ask, ({"unit": "north", "value": 1000}, {"unit": "north", "value": 2000}))
    assert found.columns == ("unit", "value")
    assert "/all?from=2026-01-01" in stub.seen


def test_odata_is_followed_to_the_last_page(stub: Service) -> None:
    ask = {"entity": "Sales", "filter": "month ge {since}"}
    conform(ODATA, access(stub, "/odata"), ask, ROWS)
    assert "/odata/Sales?$filter=month%20ge%202026-01-01" in stub.seen


def test_a_file_is_read_as_a_table(stub: Service) -> None:
    conform(DOWNLOAD, access(stub), {"path": "sales.csv"}, ROWS)


def test_a_service_is_asked_again_when_it_wants_to_be(stub: Service) -> None:
    conform(REST, access(stub), {"path": "busy", "rows": "data"}, ROWS)


def test_a_token_that_expired_is_renewed_once(stub: Service) -> None:
    signed = access(stub, auth="oauth", user=CLIENT, token_url=f"{stub.url}/token")
    assert len(REST.read(signed, {"path": "guarded", "rows": "data"}, *_run()).rows) == len(ROWS)
    assert stub.tokens == 2
    assert "401" in refused(REST, signed, {"path": "guarded", "rows": "data"}).message  # both new ones are refused
    assert stub.tokens == 4


@pytest.mark.parametrize(
    ("path", "options"), [("basic", {"auth": "basic", "user": CLIENT}), ("key", {"auth": "header"})]
)
def test_who_asks_says_so(stub: Service, path: str, options: dict[str, str]) -> None:
    conform(REST, access(stub, **options), {"path": path, "rows": "data"}, ROWS)
    wrong = replace(access(stub, **options), secret="another")
    assert not refused(REST, wrong, {"path": path, "rows": "data"}).retry


@pytest.mark.parametrize(
    ("path", "said", "again"),
    [
        ("cut", "broke off", True),
        ("half", "not whole JSON", True),
        ("hang", "in time", True),
        ("drip", "longer than", True),
        ("dead", "500", True),
        ("busy-long", "3600", True),
        ("nowhere", "404", False),
        ("round", "gave before", False),
        ("elsewhere", "another server", False),
        ("sales.csv", "not whole JSON", True),
    ],
)
def test_half_an_answer_is_none(stub: Service, path: str, said: str, again: bool) -> None:
    ask = {"path": path, "rows": "data", "paging": "cursor", "next": "paging.next"}
    error = refused(REST, access(stub), ask, seconds=0.5 if path in ("hang", "drip") else 10)
    assert said in str(error) and error.retry is again


def test_what_is_no_list_of_objects_is_refused(stub: Service) -> None:
    assert "no list of rows" in refused(REST, access(stub), {"path": "all"}).message
    assert "cannot be read" in refused(REST, access(stub), {"path": "all", "rows": "data["}).message
    assert "something else than text" in refused(REST, access(stub), {"path": "all", "rows": "[{a: data}]"}).message
    assert "{sinse}" in refused(REST, access(stub), {"path": "all?a={sinse}"}).message


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same table as SQLite, as DuckDB and as Parquet."""
    folder = tmp_path_factory.mktemp("files")
    cells = [tuple(row.values()) for row in ROWS]
    with sqlite3.connect(folder / "shop.sqlite") as lite:
        lite.execute("CREATE TABLE sales (region TEXT, month TEXT, amount INTEGER)")
        lite.executemany("INSERT INTO sales VALUES (?, ?, ?)", cells)
    with duckdb.connect(str(folder / "shop.duckdb")) as duck:
        duck.execute("CREATE TABLE sales (region TEXT, month TEXT, amount INTEGER)")
        duck.executemany("INSERT INTO sales VALUES (?, ?, ?)", cells)
        duck.execute(f"COPY sales TO '{folder / 'shop.parquet'}'")
    (folder.parent / "outside.sqlite").write_bytes((folder / "shop.sqlite").read_bytes())
    return folder


def file(folder: Path, name: str) -> Access:
    dialect = "sqlite" if name.endswith(".sqlite") else "duckdb"
    return Access({"dialect": dialect, "database": name}, SECRET, folder=folder)


@pytest.mark.parametrize("name", ["shop.sqlite", "shop.duckdb", "shop.parquet"])
def test_a_database_that_is_a_file_gives_rows(files: Path, name: str) -> None:
    statement = TABLE.replace("sales", "rows") if name.endswith("parquet") else TABLE
    if not name.endswith("sqlite"):
        statement = statement.replace("substr(:since, 1, 7)", "strftime(:since, '%Y-%m')")
        statement = statement.replace("substr(:until, 1, 7)", "strftime(:until, '%Y-%m')")
    conform(DATABASE, file(files, name), {"statement": statement}, ROWS)


@pytest.mark.parametrize("name", ["shop.sqlite", "shop.duckdb"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sales", "SELECT 1; DROP TABLE sales", "CREATE TABLE x (a INTEGER)", "PRAGMA table_info(sales)",
        "ATTACH 'x.db' AS other", "SELECT * FROM read_csv('/etc/passwd')", "COPY sales TO 'out.csv'",
        "SET enable_external_access = true", "INSTALL httpfs", "-- nothing", "SELECT :secret",
    ],
)  # fmt: skip
def test_a_file_is_read_and_nothing_else(files: Path, name: str, statement: str) -> None:
    before = (files / name).read_bytes()
    refused(DATABASE, file(files, name), {"statement": statement})
    assert (files / name).read_bytes() == before


@pytest.mark.parametrize("name", ["../outside.sqlite", "/etc/passwd", "nothing.sqlite", "."])
def test_no_file_outside_the_folder_is_read(files: Path, name: str) -> None:
    assert "There is no file" in refused(DATABASE, file(files, name), {"statement": "SELECT 1"}).message
    nowhere = replace(file(files, "shop.sqlite"), folder=None)
    assert "FOURFOLD_FEED_FOLDER" in str(refused(DATABASE, nowhere, {"statement": "SELECT 1"}))


def test_a_driver_that_is_not_installed_is_named(files: Path) -> None:
    policy = EgressPolicy(networks=HERE, ports=frozenset({1433}))
    there = Access({"dialect": "mssql", "host": "127.0.0.1", "database": "x"}, SECRET, policy)
    assert "pip install 'pymssql'" in str(refused(DATABASE, there, {"statement": "SELECT 1"}))


def _run() -> tuple[Window, Limits]:
    return WINDOW, Limits(seconds=10)
