"""The databases that can be asked: how each is reached by fields, and how each session is made to read only.

No address is ever typed: what a driver is told is built here, so that no option of a driver comes from outside.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fourfold.connectors.egress import EgressRefused, Unreachable, allowed_address, is_allowed
from fourfold.connectors.port import Access, Limits, SourceAway, SourceError

if TYPE_CHECKING:  # read when a database is asked: a server that asks none holds 15 MB less
    from sqlalchemy import URL, Engine

_WAIT: Final = 10  # seconds until a server that does not answer counts as away


@dataclass(frozen=True, slots=True)
class Login:
    """Where a server is and who asks; `address` is the one that was found to be allowed."""

    host: str
    port: int
    address: str
    database: str
    user: str
    password: str = field(repr=False)
    is_private: bool  # TLS is not used: within a network that the operator named
    ca: str | None
    seconds: int


Open: TypeAlias = "Callable[[Login], Engine]"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server. `before` is said in each session before the statement."""

    code: str
    name: str
    port: int
    open: Open
    before: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # of the connection
    package: str = ""  # what to install; nothing where Fourfold brings it along


def login_of(dialect: Dialect, access: Access, limits: Limits) -> Login:
    """Look the server up and see whether it may be asked. Raises `SourceError`."""
    options, policy = access.options, replace(access.policy, ports=access.policy.ports | {dialect.port})
    host, port = options.get("host", ""), int(options.get("port") or dialect.port)
    try:
        address = allowed_address(host, port, policy)
    except EgressRefused as error:
        raise SourceError(error.message, hint=error.hint) from None
    except Unreachable as error:
        raise SourceAway(error.message, hint=error.hint) from None
    is_private = options.get("tls") == "off"
    if is_private and is_allowed(ip_address(address.partition("%")[0])):
        raise SourceError(f"{host} is on the Internet: it is not asked without TLS.", hint="Switch TLS on.")
    return Login(
        host, port, address, options.get("database", ""), options.get("user", ""), access.secret, is_private,
        str(policy.ca) if policy.ca else None, max(1, int(limits.seconds)),
    )  # fmt: skip


def _url(driver: str, login: Login, **query: str) -> URL:
    from sqlalchemy import URL

    return URL.create(driver, login.user or None, login.password or None, login.host, login.port, login.database, query)


def _engine(url: URL, **more: Any) -> Engine:
    from sqlalchemy import NullPool, create_engine

    return create_engine(url, poolclass=NullPool, hide_parameters=True, **more)


def _postgresql(login: Login) -> Engine:
    options = f"-c default_transaction_read_only=on -c statement_timeout={login.seconds * 1000} -c lock_timeout=3000"
    told: dict[str, Any] = {"hostaddr": login.address, "connect_timeout": _WAIT, "options": options}
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
            ssl=tls, connect_timeout=_WAIT, read_timeout=login.seconds + 5, local_infile=False, charset="utf8mb4",
            defer_connect=True,
        )  # fmt: skip
        opened.connect(socket.create_connection((login.address, login.port), timeout=_WAIT))
        return opened

    return _engine(URL.create("mysql+pymysql"), creator=connect)


def _other(driver: str) -> Open:
    """A driver that whoever runs the server installs; it is told the fields and nothing else."""
    return lambda login: _engine(_url(driver, login))


DIALECTS: Final = {
    dialect.code: dialect
    for dialect in (
        Dialect("postgresql", "PostgreSQL", 5432, _postgresql,
                options={"postgresql_readonly": True, "isolation_level": "REPEATABLE READ", "stream_results": True},
                package="fourfold[postgres]"),
        Dialect("mysql", "MariaDB or MySQL", 3306, _mysql, ("SET SESSION TRANSACTION READ ONLY",)),
        Dialect("mssql", "Microsoft SQL Server", 1433, _other("mssql+pymssql"), package="pymssql"),
        Dialect("oracle", "Oracle", 1521, _other("oracle+oracledb"), ("SET TRANSACTION READ ONLY",),
                package="oracledb"),
        Dialect("clickhouse", "ClickHouse", 8443, _other("clickhousedb"), package="clickhouse-connect"),
        Dialect("trino", "Trino", 8443, _other("trino"), package="trino[sqlalchemy]"),
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
