"""Databases whose driver whoever runs the server installs: what the driver is told, and the statement it is given."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine.interfaces import Dialect as Compiler
from sqlalchemy.exc import NoSuchModuleError

from fourfold.connectors.database import DATABASE
from fourfold.connectors.database.dialects import DIALECTS
from fourfold.connectors.database.drivers import DRIVERS, service_account
from fourfold.connectors.database.login import Login, login_of
from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.port import Access, Limits, SourceError
from fourfold.testing.connector import refused

LOGIN = Login("db.example.org", 1234, "10.1.2.3", "sales", "reader", "p@ss/w?rd&", False, "/etc/ca.pem", 30)
STATEMENT = "SELECT region, sum(amount) AS amount FROM sales WHERE day BETWEEN :since AND :until GROUP BY region"


def login(code: str, **changes: Any) -> Login:
    named = {"snowflake": {"host": "acme-north.snowflakecomputing.com"}}.get(code, {})
    return replace(LOGIN, **(named | changes))


def compiler(code: str) -> Compiler:
    """SQLAlchemy’s dialect: of an engine that has asked nobody, or by itself where only the driver is missing."""
    try:
        return DIALECTS[code].open(login(code)).dialect
    except ImportError:
        styles = {"mssql": "pyformat", "oracle": "named"}
        return DRIVERS[code].url(login(code)).get_dialect()(paramstyle=styles[code])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("code", "mark"), [("mssql", "%(since)s"), ("oracle", ":since"), ("clickhouse", "%(since)s"), ("trino", "?")]
)
def test_a_statement_is_compiled_with_its_days_bound(code: str, mark: str) -> None:
    bound = text(STATEMENT).bindparams(since=date(2026, 1, 1), until=date(2026, 3, 31))
    try:
        compiled = bound.compile(dialect=compiler(code))
    except NoSuchModuleError:
        pytest.skip(f"{DIALECTS[code].package} is not installed here")
    assert f"BETWEEN {mark} AND" in str(compiled) and "2026" not in str(compiled)
    assert set(compiled.params) == {"since", "until"}


@pytest.mark.parametrize("code", DRIVERS)
def test_an_address_is_made_of_fields_and_holds_no_option_that_somebody_wrote(code: str) -> None:
    strange = "x?sslmode=off&options=a;(SECURITY=no)"
    url = DRIVERS[code].url(login(code, database=strange, user=strange))
    assert dict(url.query) == {}, "options of a driver are no part of an address"
    if code == "oracle":
        assert not url.database and not url.host, "the driver itself takes the fields"
    elif code == "bigquery":
        assert url.host == strange and url.password is None, "the secret is the key of a service account"
    else:
        assert (url.database, url.username, url.password) == (strange, strange, LOGIN.password)
    assert LOGIN.password not in repr(url)


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        ("mssql", lambda told: told["timeout"]),
        ("clickhouse", lambda told: int(told["settings"]["max_execution_time"])),
        ("trino", lambda told: int(told["session_properties"]["query_max_run_time"][:-1])),
        ("snowflake", lambda told: told["session_parameters"]["STATEMENT_TIMEOUT_IN_SECONDS"]),
    ],
)
def test_a_statement_may_take_as_long_as_a_run(code: str, seconds: Any) -> None:
    assert seconds(DRIVERS[code].told(login(code))) == LOGIN.seconds


def test_without_tls_and_where_no_name_is_checked_the_address_that_was_allowed_is_asked() -> None:
    assert DRIVERS["mssql"].url(LOGIN).host == LOGIN.address
    for code in ("clickhouse", "trino"):
        assert DRIVERS[code].url(LOGIN).host == LOGIN.host
        assert DRIVERS[code].url(replace(LOGIN, is_private=True)).host == LOGIN.address
    assert DRIVERS["clickhouse"].told(LOGIN)["settings"]["readonly"] == "2"
    assert DRIVERS["trino"].told(LOGIN)["verify"] == "/etc/ca.pem"


def test_names_that_are_none_there_are_refused() -> None:
    for code, changes in (("trino", {"database": "a/b/c"}), ("snowflake", {"host": "10.0.0.1"}),
                          ("bigquery", {"database": "a/b/c"})):  # fmt: skip
        with pytest.raises(SourceError):
            DRIVERS[code].url(login(code, **changes))
    for secret in ("sesame", "[]"):
        with pytest.raises(SourceError, match="no key of a service account"):
            service_account(replace(LOGIN, password=secret))
    assert service_account(replace(LOGIN, password=json.dumps({"type": "service_account"})))


@pytest.mark.parametrize("code", DRIVERS)
def test_nothing_is_asked_that_may_not_be_asked(code: str) -> None:
    options = {"dialect": code, "host": "127.0.0.1", "database": "x"}
    error = refused(DATABASE, Access(options, "sesame-canary"), {"statement": "SELECT 1"})
    assert "is not public" in error.message and not error.retry
    policy = EgressPolicy(networks=(ip_network("127.0.0.1/32"),))
    found = login_of(Access(options, "", policy), Limits(), port=DIALECTS[code].port, host=DIALECTS[code].host)
    assert (found.host, found.port) == ("127.0.0.1", DIALECTS[code].port)
