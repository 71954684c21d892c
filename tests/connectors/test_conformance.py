"""Every kind of source passes one suite, against a server or file that speaks its language."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.hook import rows_of_delivery
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Access
from fourfold.testing.connector import conform
from fourfold.testing.google import google
from fourfold.testing.service import ROWS, SECRET, service
from fourfold.testing.sftp import PASSWORD, USER, sftp
from fourfold.testing.store import KEY, REGION, store
from fourfold.testing.store import SECRET as STORE_SECRET

HERE = (ip_network("127.0.0.1/32"),)
Case = tuple[Access, Mapping[str, str]]


def policy(port: int) -> EgressPolicy:
    return EgressPolicy(networks=HERE, ports=frozenset({port}))


def as_csv() -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(ROWS[0]))
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


@contextmanager
def database(folder: Path) -> Iterator[Case]:
    with sqlite3.connect(folder / "shop.sqlite") as lite:
        lite.execute("CREATE TABLE sales (region TEXT, month TEXT, amount INTEGER)")
        lite.executemany("INSERT INTO sales VALUES (?, ?, ?)", [tuple(row.values()) for row in ROWS])
    access = Access({"dialect": "sqlite", "database": "shop.sqlite"}, SECRET, folder=folder)
    yield access, {"statement": "SELECT * FROM sales"}


def http(path: str, ask: Mapping[str, str], **options: str) -> Callable[[Path], object]:
    @contextmanager
    def case(_: Path) -> Iterator[Case]:
        with service() as server:
            yield Access({"url": server.url + path, **options}, SECRET, policy(server.server_port)), ask

    return case


@contextmanager
def stored(_: Path) -> Iterator[Case]:
    with store() as server:
        server.objects["month=2026-01/sales north.csv"] = as_csv()
        options = {"url": server.url, "auth": "s3", "user": KEY, "region": REGION}
        yield Access(options, STORE_SECRET, policy(server.server_port)), {"path": "month=2026-01/sales north.csv"}


@contextmanager
def sftp_server(folder: Path) -> Iterator[Case]:
    pytest.importorskip("asyncssh")
    (folder / "sales.csv").write_bytes(as_csv())
    with sftp(folder) as server:
        options = {"host": "127.0.0.1", "port": str(server.port), "host_key": server.fingerprint, "user": USER}
        yield Access(options, PASSWORD, policy(server.port)), {"path": "sales.csv"}


@contextmanager
def sheets(_: Path) -> Iterator[Case]:
    with google() as server:
        server.values["1x", "Sales!A1:C"] = [list(ROWS[0]), *(list(row.values()) for row in ROWS)]
        access = Access({"url": server.url}, server.key_file, policy(server.server_port))
        yield access, {"spreadsheet": "1x", "range": "Sales!A1:C"}


@contextmanager
def hook(_: Path) -> Iterator[Case]:
    yield Access({}, SECRET), {"rows": "data"}


#: By kind: who gives `ROWS`, and how that is asked. A real Tryton passes the same suite in `tests/connectors/tryton`,
#: real servers of databases in `tests/connectors/test_servers.py`.
CASES: dict[str, dict[str, Callable[[Path], object]]] = {
    "database": {"a file": database},
    "rest": {"pages": http("", {"path": "link", "paging": "link"})},
    "odata": {"pages": http("/odata", {"entity": "Sales"})},
    "download": {"an address": http("", {"path": "sales.csv"}), "S3": stored},
    "sftp": {"a password": sftp_server},
    "sheets": {"a range": sheets},
    "tryton": {"pages": http("", {"model": "sale", "fields": "region,month,amount"}, database="tryton", user="reader")},
    "hook": {"a delivery": hook},
}


def test_no_kind_is_left_out() -> None:
    assert CASES.keys() == KINDS.keys()


@pytest.mark.parametrize(("kind", "case"), [(kind, case) for kind, cases in CASES.items() for case in cases])
def test_a_kind_keeps_the_promises_of_its_port(kind: str, case: str, tmp_path: Path) -> None:
    connector = KINDS[kind]
    if kind == "hook":  # it is not asked: what it sends is read as if it had been
        body = json.dumps({"data": ROWS}).encode()
        connector = replace(connector, read=lambda _access, ask, _window, limits: rows_of_delivery(body, ask, limits))
    with CASES[kind][case](tmp_path) as (access, ask):  # type: ignore[attr-defined]
        conform(connector, access, ask, ROWS)
