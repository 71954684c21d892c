"""Ready feeds against the protocols that the products document: what is asked, and what comes of the answers."""

from __future__ import annotations

import json
from decimal import Decimal
from ipaddress import ip_network
from typing import Any

import pytest

from fourfold.connectors.egress import EgressPolicy
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Access, Limits
from fourfold.connectors.presets import Product, presets_of, products
from fourfold.testing.connector import WINDOW
from fourfold.testing.replay import Replay, replay

TOKEN = {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3599}
SALESFORCE = {"type": "Opportunity", "url": "/services/data/v62.0/sobjects/Opportunity/006"}
DATAVERSE = {"@odata.etag": 'W/"1"', "opportunityid": "0b1"}
#: By preset: the answers as the product documents them, and the sum of each column of figures.
ANSWERS: dict[str, tuple[list[Any], dict[str, str]]] = {
    "odoo.revenue": (
        [[{"id": 7, "invoice_date": "2026-01-15", "amount_untaxed_signed": 1200.5},
          {"id": 8, "invoice_date": "2026-02-02", "amount_untaxed_signed": -200.0}]], {"value": "1000.5"},
    ),
    "odoo.pipeline": ([[{"id": 3, "date_deadline": "2026-02-20", "prorated_revenue": 400.0}]], {"value": "400.0"}),
    "erpnext.revenue": (
        [{"data": [{"posting_date": "2026-01-03", "base_net_total": 10.25}] * 500},
         {"data": [{"posting_date": "2026-02-03", "base_net_total": 1}]}], {"value": "5126.00"},
    ),
    "erpnext.tickets": ([{"data": [{"name": "ISS-1", "opening_date": "2026-01-03"}]}], {}),
    "salesforce.pipeline": (
        [TOKEN,
         {"totalSize": 2, "done": False, "nextRecordsUrl": "/services/data/v62.0/query/01gD0000002HU6KIAW-2000",
          "records": [{"attributes": SALESFORCE, "CloseDate": "2026-02-01", "Amount": 5000.0}]},
         {"totalSize": 2, "done": True, "records": [{"attributes": SALESFORCE, "CloseDate": "2026-02-09",
                                                     "Amount": None}]}], {"value": "5000.0"},
    ),
    "salesforce.win_rate": (
        [TOKEN, {"totalSize": 2, "done": True, "records": [
            {"attributes": SALESFORCE, "CloseDate": "2026-02-01", "IsWon": True},
            {"attributes": SALESFORCE, "CloseDate": "2026-02-09", "IsWon": False}]}],
        {"numerator": "1", "denominator": "2"},
    ),
    "hubspot.won": (
        [{"results": [{"id": "1", "properties": {"amount": "1500.00", "closedate": "2026-01-07T10:00:00.000Z",
                                                 "hs_is_closed_won": "true"}}],
          "paging": {"next": {"after": "NTI1", "link": "https://api.hubapi.com/crm/v3/objects/deals?after=NTI1"}}},
         {"results": [{"id": "2", "properties": {"amount": "9", "closedate": "2026-01-08T10:00:00.000Z",
                                                 "hs_is_closed_won": "false"}}]}], {"value": "1500.00"},
    ),
    "business_central.revenue": (
        [TOKEN,
         {"@odata.context": "{base}/$metadata#salesInvoices", "@odata.nextLink": "{base}/salesInvoices?aid=2",
          "value": [{"@odata.etag": "x", "postingDate": "2026-01-31", "totalAmountExcludingTax": 88.8}]},
         {"value": [{"@odata.etag": "y", "postingDate": "2026-02-01", "totalAmountExcludingTax": 11.2}]}],
        {"value": "100.0"},
    ),
    "dynamics_365.pipeline": (
        [TOKEN, {"value": [DATAVERSE | {"estimatedclosedate": "2026-02-11", "estimatedvalue": 70.0}]}],
        {"value": "70.0"},
    ),
    "dynamics_365.won": (
        [TOKEN, {"value": [DATAVERSE | {"actualclosedate": "2026-01-11", "actualvalue": 7.0}]}], {"value": "7.0"},
    ),
    "prometheus.availability": (
        [{"status": "success", "data": {"resultType": "vector", "result": [
            {"metric": {}, "value": [1435781451.781, "99.95"]}]}}], {"value": "99.95"},
    ),
}  # fmt: skip


def access(product: Product, server: Replay) -> Access:
    options = dict(product.connection) | {"url": server.url, "token_url": f"{server.url}/token", "user": "client"}
    policy = EgressPolicy(networks=(ip_network("127.0.0.1/32"),), ports=frozenset({server.server_port}))
    return Access(options, "a-secret", policy)


PRESETS = {name: (product, preset) for kind in KINDS for name, product, preset in presets_of(kind)}


@pytest.mark.parametrize("name", PRESETS)
def test_a_ready_feed_asks_as_documented_and_adds_up(name: str) -> None:
    product, preset = PRESETS[name]
    answers, sums = ANSWERS[name]
    connector = KINDS[product.kind]
    assert connector.missing(connector.ask, preset.ask) == {} and set(preset.ask) <= {o.name for o in connector.ask}
    assert set(product.connection) <= {o.name for o in connector.place}
    with replay(*answers) as server:
        rows = connector.read(access(product, server), preset.ask, WINDOW, Limits(seconds=10))
        assert not server.waiting, "not every answer was asked for"
    for target, total in sums.items():
        place = rows.columns.index(preset.columns[target])
        assert sum(Decimal(row[place] or 0) for row in rows.rows) == Decimal(total)
    if not preset.columns["period"].startswith("="):
        days = [row[rows.columns.index(preset.columns["period"])] or "" for row in rows.rows]
        assert all(day.startswith("2026-0") for day in days)
    asked = server.asked[-1]
    if product.connection["auth"] == "oauth":
        assert asked.headers["Authorization"] == "Bearer a-token" and "client_secret=a-secret" in server.asked[0].body
    assert "{since}" not in asked.address + asked.body


def test_odoo_is_sent_a_domain_with_the_days_of_the_run() -> None:
    product, preset = PRESETS["odoo.revenue"]
    with replay(ANSWERS["odoo.revenue"][0][0]) as server:
        KINDS["rest"].read(access(product, server), preset.ask, WINDOW, Limits(seconds=10))
    asked = server.asked[0]
    assert (asked.method, asked.address) == ("POST", "/json/2/account.move/search_read")
    assert ["invoice_date", ">=", "2026-01-01"] in json.loads(asked.body)["domain"]
    assert asked.headers["Authorization"] == "Bearer a-secret"


def test_every_product_says_how_to_begin() -> None:
    assert all(p.about.endswith(".") and p.feeds and p.kind in KINDS for p in products().values())
