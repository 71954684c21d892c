"""Databases that are servers: PostgreSQL and MariaDB, asked by somebody who may write there, and still only read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network

import psycopg
import pymysql
import pytest

from fourfold.connectors.database import DATABASE
from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.port import Access, Limits
from fourfold.testing.connector import conform, refused
from fourfold.testing.service import ROWS
from tests.connectors import mariadb
from tests.faults import postgres

pytestmark = pytest.mark.slow  # two servers start

TABLE = "CREATE TABLE sales (region VARCHAR(20), month VARCHAR(7), amount INTEGER)"
STATEMENT = "SELECT region, month, amount FROM sales WHERE month >= substr(:since, 1, 7)"
PLACES = ip_network("127.0.0.1/32"), ip_network("::1/128")


@dataclass(frozen=True)
class Server:
    """How to ask it, and how to look at it from the other side."""

    access: Access
    url: str

    def count(self) -> int:
        if self.access.options["dialect"] == "postgresql":
            with psycopg.connect(self.url) as connection:
                return int(connection.execute("SELECT count(*) FROM sales").fetchone()[0])  # type: ignore[index]
        with pymysql.connect(**_maria(self.access)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sales")
            return int(cursor.fetchone()[0])


def _maria(access: Access) -> dict[str, object]:
    return {"host": "127.0.0.1", "port": int(access.options["port"]), "user": "feed", "password": access.secret,
            "database": "shop", "autocommit": True}  # fmt: skip


def _access(dialect: str, port: int, database: str, user: str) -> Access:
    options = {"dialect": dialect, "host": "127.0.0.1", "port": str(port), "database": database, "user": user,
               "tls": "off"}  # fmt: skip
    return Access(options, mariadb.PASSWORD, EgressPolicy(networks=PLACES, ports=frozenset({port})))


@pytest.fixture(scope="module", params=["postgresql", "mysql"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    cells = [tuple(row.values()) for row in ROWS]
    insert = "INSERT INTO sales VALUES (%s, %s, %s)"
    if request.param == "postgresql":
        if postgres.programs() is None:
            pytest.skip("PostgreSQL is not installed here")
        with postgres.server() as there:
            with psycopg.connect(there.url) as connection:
                connection.execute(TABLE)
                connection.cursor().executemany(insert, cells)
                connection.execute(f"ALTER USER postgres PASSWORD '{mariadb.PASSWORD}'")
            yield Server(_access("postgresql", there.port, "postgres", "postgres"), there.url)
    else:
        if mariadb.programs() is None:
            pytest.skip("MariaDB is not installed here")
        with mariadb.server() as port:
            access = _access("mysql", port, "shop", "feed")
            with pymysql.connect(**_maria(access)) as connection, connection.cursor() as cursor:
                cursor.execute(TABLE)
                cursor.executemany(insert, cells)
            yield Server(access, "")


def test_a_server_gives_rows(server: Server) -> None:
    statement = STATEMENT if server.access.options["dialect"] == "mysql" else STATEMENT.replace(
        "substr(:since, 1, 7)", "to_char(CAST(:since AS date), 'YYYY-MM')")  # fmt: skip
    conform(DATABASE, server.access, {"statement": f"{statement};"}, ROWS)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sales", "INSERT INTO sales VALUES ('x', 'y', 1)", "SELECT 1; DELETE FROM sales",
        "COMMIT; DELETE FROM sales", "SELECT 1; COMMIT; BEGIN; DELETE FROM sales; COMMIT", "DROP TABLE sales",
        "WITH gone AS (DELETE FROM sales RETURNING *) SELECT * FROM gone", "SET TRANSACTION READ WRITE",
        "COPY sales TO PROGRAM 'true'", "SELECT * FROM nothing_there", "SELECT :password",
    ],
)  # fmt: skip
def test_a_server_is_read_and_nothing_else(server: Server, statement: str) -> None:
    refused(DATABASE, server.access, {"statement": statement})
    assert server.count() == len(ROWS)


def test_a_user_who_may_do_more_than_read_is_told_of(server: Server) -> None:
    said = DATABASE.reach(server.access, Limits(seconds=10))
    assert said.startswith("The database answers")
    assert ("use one who may only read" in said) is (server.access.options["dialect"] == "postgresql")  # a superuser


def test_a_statement_that_takes_too_long_is_stopped(server: Server) -> None:
    slow = "SELECT pg_sleep(30)" if server.access.options["dialect"] == "postgresql" else (
        "SELECT count(*) FROM seq_1_to_100000 a, seq_1_to_100000 b, seq_1_to_100000 c"
    )  # fmt: skip
    refused(DATABASE, server.access, {"statement": slow}, seconds=1)


def test_a_server_that_is_not_there_may_be_there_later(server: Server) -> None:
    options = dict(server.access.options) | {"port": "1"}
    away = replace(server.access, options=options, policy=EgressPolicy(networks=PLACES, ports=frozenset({1})))
    assert refused(DATABASE, away, {"statement": "SELECT 1"}).retry


def test_a_wrong_password_is_not_tried_again(server: Server) -> None:
    if server.access.options["dialect"] == "postgresql":
        pytest.skip("the server of these tests trusts everybody of this machine")
    wrong = replace(server.access, secret="another")
    assert not refused(DATABASE, wrong, {"statement": "SELECT 1"}).retry


@pytest.mark.parametrize("name", ["host=192.0.2.1 dbname=x", "postgresql://192.0.2.1/x", "shop?options=-c%20a", "x;y"])
def test_a_name_of_a_database_is_a_name_and_no_options(server: Server, name: str) -> None:
    there = replace(server.access, options=dict(server.access.options) | {"database": name})
    error = refused(DATABASE, there, {"statement": "SELECT 1"}, seconds=5)
    assert name in error.message and not error.retry  # the server itself says that it has none of that name


def test_a_driver_reads_no_settings_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PGOPTIONS", "-c default_transaction_read_only=off")
    refused(DATABASE, server.access, {"statement": "DELETE FROM sales"})
    assert server.count() == len(ROWS)
