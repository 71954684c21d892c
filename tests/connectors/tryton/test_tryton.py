"""Figures of a real Tryton, read as its clients read it: against what was made there, and against its own database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fourfold.actions import test_connection as testing
from fourfold.actions.load_folder import load_folder
from fourfold.actions.run_feed import run_feed
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, save_feed
from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.port import Access, Limits, Rows
from fourfold.connectors.presets import presets_of
from fourfold.connectors.tryton import TRYTON
from fourfold.connectors.tryton import read as reading
from fourfold.engine.definitions.write import write
from fourfold.records.models import Measurement, Result
from fourfold.testing.bakery import bakery
from fourfold.testing.connector import WINDOW, conform, refused
from tests.connectors.tryton import shop
from tests.connectors.tryton.server import DATABASE, PASSWORD

Tryton = tuple[str, Path]
PRESETS = {preset.code: preset for _, _, preset in presets_of("tryton")}
FOUND = {"model": "sale.opportunity", "domain": '[["state", "=", "lost"]]', "fields": "end_date, party.name",
         "rows": "[].{day: end_date, customer: \"party.name\"}"}  # fmt: skip


def access(tryton: Tryton, secret: str = PASSWORD) -> Access:
    port = urlsplit(tryton[0]).port
    assert port is not None
    policy = EgressPolicy(networks=(ip_network("127.0.0.1/32"),), ports=frozenset({port}))
    return Access({"url": tryton[0], "database": DATABASE, "user": "admin"}, secret, policy)


def asked(tryton: Tryton, name: str) -> Rows:
    return TRYTON.read(access(tryton), PRESETS[name].ask, WINDOW, Limits(seconds=60))


def summed(tryton: Tryton, name: str, target: str = "value") -> Decimal:
    rows, column = asked(tryton, name), PRESETS[name].columns[target]
    place = rows.columns.index(column)
    return sum((Decimal(row[place] or 0) for row in rows.rows), Decimal(0))


def query(tryton: Tryton, statement: str) -> Any:
    with closing(sqlite3.connect(f"file:{tryton[1]}?mode=ro", uri=True)) as opened:
        return opened.execute(statement).fetchone()[0]


IN_TIME = "BETWEEN '2026-01-01' AND '2026-02-28'"


def test_it_keeps_the_promises_of_the_port(tryton: Tryton) -> None:
    expected = tuple({"day": day.isoformat(), "customer": "Customer"} for day in shop.LOST)
    conform(TRYTON, access(tryton), FOUND, expected)


def test_revenue_is_what_was_invoiced_and_orders_what_was_sold(tryton: Tryton) -> None:
    net = sum(shop.sold(1) + shop.sold(2))
    assert summed(tryton, "revenue") == summed(tryton, "order_value") == net
    assert len(asked(tryton, "orders").rows) == len(shop.sold(1) + shop.sold(2))
    where = f"state IN ('posted', 'paid') AND type = 'out' AND invoice_date {IN_TIME}"
    stored = query(tryton, f"SELECT sum(untaxed_amount_cache) FROM account_invoice WHERE {where}")
    assert Decimal(str(stored)).quantize(Decimal("0.01")) == net


def test_open_invoices_are_those_that_nobody_paid(tryton: Tryton) -> None:
    assert summed(tryton, "receivables") == shop.unpaid()
    lines = "account_move_line l JOIN account_account a ON a.id = l.account JOIN account_move m ON m.id = l.move"
    owed = f"SELECT sum(l.debit - l.credit) FROM {lines} JOIN account_account_type t ON t.id = a.type"
    stored = query(tryton, f"{owed} WHERE t.receivable AND l.reconciliation IS NULL AND m.date {IN_TIME}")
    assert Decimal(str(stored)).quantize(Decimal("0.01")) == shop.unpaid()


def test_the_win_rate_and_the_pipeline_are_those_of_the_opportunities(tryton: Tryton) -> None:
    assert summed(tryton, "win_rate", "numerator") == len(shop.WON)
    assert summed(tryton, "win_rate", "denominator") == len(shop.WON) + len(shop.LOST)
    assert summed(tryton, "pipeline") == sum(shop.OPEN)


def test_pages_are_followed_to_the_last(tryton: Tryton, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(tryton, "orders")
    monkeypatch.setattr(reading, "PAGE", 4)
    assert asked(tryton, "orders") == whole and len(whole.rows) > 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "sale.nothing"}, "sale.nothing"),
        ({"fields": "no_such_field"}, "no_such_field"),
        ({"domain": "[["}, "not JSON"),
        ({"rows": "[0].day"}, "no list of rows"),
    ],
)
def test_what_tryton_refuses_is_said_in_its_words(tryton: Tryton, change: dict[str, str], said: str) -> None:
    assert said in refused(TRYTON, access(tryton), FOUND | change).message


def test_who_is_not_known_there_gets_nothing(tryton: Tryton) -> None:
    assert "answered 401" in refused(TRYTON, access(tryton, "wrong"), FOUND).message
    elsewhere = access(tryton)
    elsewhere = replace(elsewhere, options={**elsewhere.options, "database": "no"})
    assert refused(TRYTON, elsewhere, FOUND).message


KPIS = [
    {"code": "revenue", "name": "Revenue", "kind": "flow", "unit": "EUR", "decimals": 2},
    {"code": "credit_sales", "name": "Invoiced, gross", "kind": "flow", "unit": "EUR", "decimals": 2},
    {"code": "receivables", "name": "Open invoices", "kind": "stock", "unit": "EUR", "decimals": 2},
    {"code": "orders", "name": "Orders", "kind": "flow", "decimals": 0},
    {"code": "win_rate", "name": "Win rate", "kind": "ratio", "unit": "%", "factor": "100"},
    {"code": "pipeline", "name": "Pipeline", "kind": "stock", "unit": "EUR", "decimals": 2},
    {"code": "dso", "name": "Days sales outstanding", "kind": "ratio", "unit": "days", "polarity": "lower_better",
     "numerator": "receivables * days_in_period()", "denominator": "credit_sales"},
]  # fmt: skip


@pytest.mark.django_db
def test_feeds_of_tryton_fill_kpis(tryton: Tryton, tmp_path: Path, settings: Any) -> None:
    there = access(tryton)
    settings.FEED_NETWORKS, settings.FEED_PORTS = there.policy.networks, there.policy.ports
    at = datetime(2026, 2, 28, 9, tzinfo=UTC)
    for name, text in write(bakery(kpis=KPIS, uses=[], targets=[], notes=[])).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_folder(by=None, path=tmp_path, at=at).ok
    saved = save_connection(by=None, code="erp", name="ERP", kind="tryton", options=there.options, secret=PASSWORD)
    assert saved.ok and testing.test_connection(by=None, connection="erp").value == "Tryton answers"
    for kpi in ("revenue", "credit_sales", "receivables", "orders", "win_rate", "pipeline"):
        preset = PRESETS[kpi]
        columns = {"kpi": f"={kpi}", "unit": "=north", **preset.columns}
        plan = FeedPlan(kpi, preset.name, "erp", ask=preset.ask, columns=columns, adding=preset.adding, months=2)
        assert save_feed(by=None, plan=plan, at=at).ok
        outcome = run_feed(by=None, feed=kpi, at=at)
        assert outcome.ok, outcome.findings
    figures = Measurement.objects.filter(unit__code="north")
    assert dict(figures.filter(kpi__code="revenue").values_list("period", "value")) == {
        f"M:2026-0{month}": sum(shop.sold(month)) for month in (1, 2)
    }
    assert dict(figures.filter(kpi__code="orders").values_list("period", "value")) == {
        f"M:2026-0{month}": len(shop.sold(month)) for month in (1, 2)
    }
    won = figures.get(kpi__code="win_rate", period="M:2026-02")
    assert (won.numerator, won.denominator) == (1, 3)
    dso = Result.objects.get(node="kpi:dso", unit__code="north", period="M:2026-02", view="month")
    assert dso.value is not None
    gross = sum((n + (n * shop.TAX).quantize(Decimal("0.01")) for n in shop.sold(2)), Decimal(0))
    assert dso.value == pytest.approx(float(shop.unpaid() * 28 / gross))
