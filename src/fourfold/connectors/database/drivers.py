"""What the drivers are told that whoever runs the server installs: where, who, and how long; nothing else.

Most of them open their connections themselves. Where TLS checks the name of the server, they look that name up again,
and a server that cannot show a certificate for it gets nothing; else they are given the address that was found to be
allowed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fourfold.connectors.database.login import WAIT, Login
from fourfold.connectors.port import SourceError

if TYPE_CHECKING:
    from sqlalchemy import URL

_SNOWFLAKE: Final = ".snowflakecomputing.com"


@dataclass(frozen=True, slots=True)
class Driver:
    """How SQLAlchemy finds it, what its address holds, and what it is told beside that."""

    name: str
    address: Callable[[Login], Mapping[str, Any]]
    told: Callable[[Login], dict[str, Any]]
    connect: Callable[[Login], Any] | None = None  # where the driver itself takes fields, so that none is an address

    def url(self, login: Login) -> URL:
        """Where and who, built from fields."""
        from sqlalchemy import URL

        return URL.create(self.name, **self.address(login))


def _who(login: Login, host: str, **more: Any) -> dict[str, Any]:
    who = {"username": login.user or None, "password": login.password or None}
    return {**who, "host": host, "port": login.port, "database": login.database or None, **more}


def _by_name(login: Login) -> str:
    return login.address if login.is_private else login.host


def _path(login: Login, names: str) -> str:
    """A database and a schema in it, between them `/`."""
    if login.database.count("/") > 1:
        raise SourceError(f"{login.database} is no database here.", hint=f"Write {names}.")
    return login.database


def _oracle(login: Login) -> Any:
    import oracledb

    opened = oracledb.connect(
        user=login.user, password=login.password, host=_by_name(login), port=login.port, service_name=login.database,
        protocol="tcp" if login.is_private else "tcps", ssl_server_dn_match=True, tcp_connect_timeout=WAIT,
    )  # fmt: skip
    opened.call_timeout = 1000 * login.seconds
    return opened


def _clickhouse(login: Login) -> dict[str, Any]:
    return {
        "interface": "http" if login.is_private else "https", "verify": True, "ca_cert": login.ca,
        "connect_timeout": WAIT, "send_receive_timeout": login.seconds + 5,
        "settings": {"readonly": "2", "max_execution_time": str(login.seconds)},
    }  # fmt: skip


def _trino(login: Login) -> dict[str, Any]:
    return {
        "http_scheme": "http" if login.is_private else "https", "verify": login.ca or True, "request_timeout": WAIT,
        "max_attempts": 1, "session_properties": {"query_max_run_time": f"{login.seconds}s"},
    }  # fmt: skip


def _snowflake(login: Login) -> dict[str, Any]:
    session = {"STATEMENT_TIMEOUT_IN_SECONDS": login.seconds, "LOCK_TIMEOUT": 3}
    return {"login_timeout": WAIT, "network_timeout": login.seconds + 5, "session_parameters": session}


def _account(login: Login) -> dict[str, Any]:
    if not login.host.endswith(_SNOWFLAKE):
        raise SourceError(f"{login.host} is no server of Snowflake.", hint=f"Write ACCOUNT{_SNOWFLAKE}.")
    place = _path(login, "a database, or DATABASE/SCHEMA")
    return _who(login, login.host.removesuffix(_SNOWFLAKE)) | {"database": place, "port": None}


def _project(login: Login) -> dict[str, Any]:
    project, _, dataset = _path(login, "a project, or PROJECT/DATASET").partition("/")
    return {"host": project, "database": dataset or None}


def service_account(login: Login) -> dict[str, Any]:
    """The key file of a service account, which is the secret. Raises `SourceError` where it is none."""
    try:
        said = json.loads(login.password)
    except json.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        hint = "Paste the whole JSON file of the service account’s key as the password."
        raise SourceError("The password is no key of a service account.", hint=hint)
    return said


DRIVERS: Final = {
    "mssql": Driver(
        "mssql+pymssql", lambda login: _who(login, login.address),
        lambda login: {"login_timeout": WAIT, "timeout": login.seconds, "conn_properties": "SET LOCK_TIMEOUT 3000",
                       "encryption": "off" if login.is_private else "require"},
    ),
    "oracle": Driver("oracle+oracledb", lambda login: {}, lambda login: {}, _oracle),
    "clickhouse": Driver("clickhousedb+connect", lambda login: _who(login, _by_name(login)), _clickhouse),
    "trino": Driver(
        "trino", lambda login: _who(login, _by_name(login)) | {"database": _path(login, "CATALOG or CATALOG/SCHEMA")},
        _trino,
    ),
    "snowflake": Driver("snowflake", _account, _snowflake),
    "bigquery": Driver("bigquery", _project, lambda login: {}),
}  # fmt: skip
