"""The databases that can be asked: how each is reached by fields, and how each session is made to read only.

No address is ever typed: what a driver is told is built here, so that no option of a driver comes from outside.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fourfold.connectors.database.drivers import DRIVERS, service_account
from fourfold.connectors.database.login import WAIT, Login
from fourfold.connectors.port import SourceError

if TYPE_CHECKING:  # read when a database is asked: a server that asks none holds 15 MB less
    from sqlalchemy import URL, Engine

Open: TypeAlias = "Callable[[Login], Engine]"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server. `before` is said in each session before the statement, `one` asks whether it is there."""

    code: str
    name: str
    port: int
    open: Open
    before: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # of the connection
    package: str = ""  # what to install; nothing where Fourfold brings it along
    host: str = ""  # where it is the same for everybody
    one: str = "SELECT 1 AS one"


def _url(driver: str, login: Login, **query: str) -> URL:
    from sqlalchemy import URL

    return URL.create(driver, login.user or None, login.password or None, login.host, login.port, login.database, query)


def _engine(url: URL, **more: Any) -> Engine:
    from sqlalchemy import NullPool, create_engine

    return create_engine(url, poolclass=NullPool, hide_parameters=True, **more)


def _postgresql(login: Login) -> Engine:
    options = f"-c default_transaction_read_only=on -c statement_timeout={login.seconds * 1000} -c lock_timeout=3000"
    told: dict[str, Any] = {"hostaddr": login.address, "connect_timeout": WAIT, "options": options}
    told |= {"sslmode": "disable"} if login.is_private else {"sslmode": "verify-full"}
    if not login.is_private:
        told["sslrootcert"] = login.ca or "system"
    return _engine(_url("postgresql+psycopg", login), connect_args=told)


def _mysql(login: Login) -> Engine:
    import pymysql
    from sqlalchemy import URL

    def connect() -> Any:
        tls = None if login.is_private else ssl.create_default_context(cafile=login.ca)
        opened = pymysql.Connection(
            host=login.host, port=login.port, user=login.user, password=login.password, database=login.database,
            ssl=tls, connect_timeout=WAIT, read_timeout=login.seconds + 5, local_infile=False, charset="utf8mb4",
            defer_connect=True,
        )  # fmt: skip
        opened.connect(socket.create_connection((login.address, login.port), timeout=WAIT))
        return opened

    return _engine(URL.create("mysql+pymysql"), creator=connect)


def _installed(code: str) -> Open:
    """A driver that whoever runs the server installs."""
    driver = DRIVERS[code]

    def opened(login: Login) -> Engine:
        if driver.connect is not None:
            return _engine(driver.url(login), creator=lambda: driver.connect(login))
        more = {"credentials_info": service_account(login)} if code == "bigquery" else {}
        return _engine(driver.url(login), connect_args=driver.told(login), **more)

    return opened


DIALECTS: Final = {
    dialect.code: dialect
    for dialect in (
        Dialect("postgresql", "PostgreSQL", 5432, _postgresql,
                options={"postgresql_readonly": True, "isolation_level": "REPEATABLE READ", "stream_results": True},
                package="fourfold[postgres]"),
        Dialect("mysql", "MariaDB or MySQL", 3306, _mysql, ("SET SESSION TRANSACTION READ ONLY",)),
        Dialect("mssql", "Microsoft SQL Server", 1433, _installed("mssql"), package="pymssql"),
        Dialect("oracle", "Oracle", 1521, _installed("oracle"), ("SET TRANSACTION READ ONLY",), package="oracledb",
                one="SELECT 1 AS one FROM dual"),
        Dialect("clickhouse", "ClickHouse", 8443, _installed("clickhouse"), package="clickhouse-connect"),
        Dialect("trino", "Trino", 8443, _installed("trino"), package="trino[sqlalchemy]"),
        Dialect("snowflake", "Snowflake", 443, _installed("snowflake"), package="snowflake-sqlalchemy"),
        Dialect("bigquery", "BigQuery", 443, _installed("bigquery"), package="sqlalchemy-bigquery",
                host="bigquery.googleapis.com"),
    )
}  # fmt: skip


def engine_of(dialect: Dialect, login: Login) -> Engine:
    """The engine for one run. Raises `SourceError` where its driver is not installed."""
    from sqlalchemy.exc import NoSuchModuleError

    try:
        return dialect.open(login)
    except (ImportError, NoSuchModuleError):
        hint = f"Whoever runs the server installs it: pip install '{dialect.package}'"
        raise SourceError(f"The driver for {dialect.name} is not installed here.", hint=hint) from None
