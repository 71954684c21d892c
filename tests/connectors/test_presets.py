"""Ready feeds against the protocols that the products document: what is asked, and what comes of the answers.

What the answers look like, how they are paged and how they throttle is taken from: Odoo “External JSON-2 API” (19.0);
Frappe “REST API”; Salesforce REST API Developer Guide, “Query” and “Status Codes and Error Responses”; HubSpot “Deals”,
“Tickets” and “Usage guidelines” (429); Microsoft “Business Central API v2.0” and “Dataverse service protection API
limits” (429 with Retry-After, `@odata.nextLink`); SAP Gateway “OData query options” (`$skiptoken`, `d.results`,
`__next`), and the metadata of API_BILLING_DOCUMENT_SRV, API_SALES_ORDER_SRV and API_OPLACCTGDOCITEMCUBE_SRV;
Prometheus “HTTP API”.
"""

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
from fourfold.testing.connector import WINDOW, refused
from fourfold.testing.replay import Replay, Said, replay

TOKEN = {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3599}
SALESFORCE = {"type": "Opportunity", "url": "/services/data/v62.0/sobjects/Opportunity/006"}
DATAVERSE = {"@odata.etag": 'W/"1"', "opportunityid": "0b1"}
JANUARY, FEBRUARY = "/Date(1767225600000)/", "/Date(1769990400000)/"  # 2026-01-01 and 2026-02-02, midnight in UTC
SAP = {"__metadata": {"uri": "{base}/x", "type": "x"}, "to_Item": {"__deferred": {"uri": "{base}/x/to_Item"}}}
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
    "sap.revenue": (
        [{"d": {"results": [SAP | {"BillingDocument": "90000001", "BillingDocumentDate": JANUARY,
                                   "SDDocumentCategory": "M", "TotalNetAmount": "2656.24"}],
                "__next": "{base}/API_BILLING_DOCUMENT_SRV/A_BillingDocument?$skiptoken=1"}},
         {"d": {"results": [SAP | {"BillingDocument": "90000002", "BillingDocumentDate": FEBRUARY,
                                   "SDDocumentCategory": "O", "TotalNetAmount": "56.24"}]}}], {"value": "2600.00"},
    ),
    "sap.orders": (
        [{"d": {"results": [SAP | {"SalesOrder": "1", "SalesOrderDate": JANUARY, "TotalNetAmount": "10.10"}],
                "__next": "A_SalesOrder?$skiptoken=1"}},
         {"d": {"results": [SAP | {"SalesOrder": "2", "SalesOrderDate": FEBRUARY, "TotalNetAmount": "0.90"}]}}],
        {"value": "11.00"},
    ),
    "sap.receivables": (
        [{"d": {"results": [SAP | {"AccountingDocument": "1800000001", "AmountInCompanyCodeCurrency": "99.50"},
                            SAP | {"AccountingDocument": "1400000002", "AmountInCompanyCodeCurrency": "-9.50"}]}}],
        {"value": "90.00"},
    ),
    "odoo.receivables": ([[{"id": 7, "amount_residual_signed": 12.5}, {"id": 8, "amount_residual_signed": -2.0}]],
                         {"value": "10.5"}),
    "odoo.margin": ([[{"id": 5, "date_order": "2026-01-03 10:11:12", "margin": 30.0, "amount_untaxed": 100.0}]],
                    {"numerator": "30.0", "denominator": "100.0"}),
    "odoo.win_rate": (
        [[{"id": 1, "date_closed": "2026-01-03 10:11:12", "won_status": "won"},
          {"id": 2, "date_closed": "2026-01-04 10:11:12", "won_status": "lost"}]],
        {"numerator": "1", "denominator": "2"},
    ),
    "odoo.tickets": ([[{"id": 4, "create_date": "2026-02-03 10:11:12"}]], {}),
    "odoo.headcount": ([[{"id": 4}, {"id": 6}]], {}),
    "erpnext.receivables": ([{"data": [{"outstanding_amount": 8.5}, {"outstanding_amount": -1.5}]}], {"value": "7.0"}),
    "erpnext.pipeline": ([{"data": [{"base_opportunity_amount": 700.0}]}], {"value": "700.0"}),
    "erpnext.headcount": ([{"data": [{"name": "HR-EMP-00001"}]}], {}),
    "salesforce.won": (
        [TOKEN, {"totalSize": 1, "done": True,
                 "records": [{"attributes": SALESFORCE, "CloseDate": "2026-02-01", "Amount": 70.5}]}],
        {"value": "70.5"},
    ),
    "salesforce.tickets": (
        [TOKEN, {"totalSize": 1, "done": True, "records": [
            {"attributes": SALESFORCE, "Id": "500", "CreatedDate": "2026-02-01T10:00:00.000+0000"}]}], {},
    ),
    "hubspot.pipeline": (
        [{"results": [{"id": "1", "properties": {"amount": "15.5", "hs_is_closed": "false"}},
                      {"id": "2", "properties": {"amount": "9", "hs_is_closed": "true"}}]}], {"value": "15.5"},
    ),
    "hubspot.win_rate": (
        [{"results": [{"id": str(n), "properties": {"closedate": "2026-01-07T10:00:00.000Z", "hs_is_closed": closed,
                                                    "hs_is_closed_won": won}}
                      for n, (closed, won) in enumerate((("true", "true"), ("true", "false"), ("false", "false")))]}],
        {"numerator": "1", "denominator": "2"},
    ),
    "hubspot.tickets": ([{"results": [{"id": "1", "properties": {"createdate": "2026-01-07T10:00:00.000Z"}}]}], {}),
    "business_central.receivables": (
        [TOKEN, {"value": [{"@odata.etag": "x", "number": "50000", "balance": 8836.8},
                           {"@odata.etag": "y", "number": "50001", "balance": 0}]}], {"value": "8836.8"},
    ),
    "business_central.headcount": ([TOKEN, {"value": [{"@odata.etag": "x", "number": "AH", "status": "Active"}]}], {}),
    "dynamics_365.win_rate": (
        [TOKEN, {"value": [DATAVERSE | {"actualclosedate": "2026-01-11", "statecode": 1},
                           DATAVERSE | {"actualclosedate": "2026-01-12", "statecode": 2}]}],
        {"numerator": "1", "denominator": "2"},
    ),
    "dynamics_365.tickets": (
        [TOKEN, {"value": [DATAVERSE | {"createdon": "2026-01-11T08:00:00Z", "ticketnumber": "CAS-1"}]}], {},
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


#: Tryton is asked for real: `tests/connectors/tryton`.
PRESETS = {name: (product, preset) for kind in KINDS for name, product, preset in presets_of(kind) if kind != "tryton"}


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


def put(name: str, *answers: Any) -> Any:
    """What comes of the answers of a product with others before them, after its token."""
    product, preset = PRESETS[name]
    known = ANSWERS[name][0]
    tokens = [a for a in known if a is TOKEN]
    with replay(*tokens, *answers, *known[len(tokens):]) as server:
        found = KINDS[product.kind].read(access(product, server), preset.ask, WINDOW, Limits(seconds=10))
        assert not server.waiting
    return found


#: One ready feed of each product stands for how the product is asked.
FIRST = list({product.code: name for name, (product, _) in PRESETS.items()}.values())
BUSY = Said(429, {"error": {"code": "0x80072321"}}, {"Retry-After": "0"})


@pytest.mark.parametrize("name", FIRST)
def test_a_product_that_wants_to_be_left_alone_is_asked_again(name: str) -> None:
    assert put(name, BUSY) == put(name)


@pytest.mark.parametrize("name", [n for n in FIRST if ANSWERS[n][0][0] is TOKEN])
def test_a_token_that_has_expired_is_fetched_again(name: str) -> None:
    assert put(name, Said(401, {"error": "expired"}), TOKEN) == put(name)


@pytest.mark.parametrize("name", FIRST)
def test_half_an_answer_of_a_product_loads_nothing(name: str) -> None:
    product, preset = PRESETS[name]
    *whole, last = ANSWERS[name][0]
    with replay(*whole, Said(200, last, cut=3)) as server:
        error = refused(KINDS[product.kind], access(product, server), preset.ask)
    assert "broke off" in error.message and error.retry


def test_days_of_sap_are_days() -> None:
    found = put("sap.revenue")
    assert found.rows == (("2026-01-01", "2656.24"), ("2026-02-02", "-56.24"))


def test_an_address_of_sap_names_service_entity_and_days() -> None:
    product, preset = PRESETS["sap.orders"]
    with replay(*ANSWERS["sap.orders"][0]) as server:
        KINDS["odata"].read(access(product, server), preset.ask, WINDOW, Limits(seconds=10))
    first, second = server.asked
    assert first.address.startswith("/API_SALES_ORDER_SRV/A_SalesOrder?") and "datetime'2026-01-01T" in first.address
    assert second.address == "/API_SALES_ORDER_SRV/A_SalesOrder?$skiptoken=1"
    assert first.headers["Authorization"].startswith("Basic ")


def test_every_product_says_how_to_begin() -> None:
    assert all(p.about.endswith(".") and p.feeds and p.kind in KINDS for p in products().values())
