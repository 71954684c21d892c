"""Connections and feeds as an administrator sets them up: by forms, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from fourfold.access.roles import Role
from fourfold.actions.invite_person import invite_person
from fourfold.records.models import Connection, Feed, FeedRun, Kpi, Measurement, Person
from fourfold.testing.service import SECRET, Service, service

pytestmark = pytest.mark.django_db
CONNECTION = {"name": "Shop", "code": "shop", "auth": "header", "secret": SECRET}
FEED = {
    "name": "Sales of the shop", "code": "sales", "path": "key", "rows": "data", "months": "6", "time_zone": "UTC",
    "schedule": "0 6 * * *",
}  # fmt: skip
COLUMNS = {"column_kpi": "=sales", "column_unit": "region", "column_period": "month", "column_value": "amount"}


@pytest.fixture
def stub(settings: Any) -> Iterator[Service]:
    with service() as server:
        settings.FEED_NETWORKS = (ip_network("127.0.0.1/32"),)
        settings.FEED_PORTS = frozenset({server.server_port})
        server.rows = [row for row in server.rows if row["region"] != "west"]
        yield server


def text(client: Client, address: str, **posted: str) -> str:
    """The words of a page, after sending a form where one is given; redirects are followed."""
    answer = client.post(address, posted, follow=True) if posted else client.get(address)
    assert answer.status_code in (200, 409, 422), answer.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_feed_is_set_up_tried_run_and_found_again_from_its_figure(alice: Client, stub: Service) -> None:
    assert "There is none yet" in text(alice, "/sources/bakery/")
    new = "/sources/bakery/connections/new/?kind=rest"
    assert "Address is not said" in text(alice, new, **CONNECTION)
    assert "Shop was saved" in text(alice, new, **CONNECTION, url=stub.url)
    page = alice.get("/sources/bakery/connections/shop/").content.decode()
    assert SECRET not in page and "One is stored" in page
    assert "The service answers (404)" in text(alice, "/sources/bakery/connections/shop/", test="yes")

    new = "/sources/bakery/feeds/new/?connection=shop"
    assert "4 rows from" in text(alice, new, **FEED, look="yes")
    tried = text(alice, new, **FEED, **COLUMNS, look="yes")
    assert "A run would load 4 , find 0 unchanged and refuse 0" in tried and "north 2026-01 1000" in tried
    assert not Feed.objects.exists()
    assert "has no = in it" in text(alice, new, **FEED, **COLUMNS, names="north", look="yes")
    assert "Which column is the unit" in text(alice, new, **FEED, save="yes")
    assert "It never ran" in text(alice, new, **FEED, **COLUMNS, save="yes")

    ran = text(alice, "/sources/bakery/feeds/sales/runs/", run="yes")
    assert "4 read, 4 loaded, 0 unchanged, 0 refused" in ran and "North Quay" in ran
    run, kpi = FeedRun.objects.get(), Kpi.objects.get(code="sales", organisation__code="bakery")
    shown = alice.get(f"/kpi/{kpi.pk}-sales/?u=north&p=2026-02").content.decode()
    assert f'<a href="/sources/bakery/runs/{run.pk}/">Sales of the shop</a>' in shown
    assert "Worked : 4 loaded" in text(alice, "/sources/bakery/")
    figure = Measurement.objects.current().get(kpi=kpi, unit__code="north", period="M:2026-02")
    rows = f"/sources/bakery/figures/{figure.pk}/"
    assert f'<a href="{rows}">' in shown and "Ask the source for its rows" in text(alice, rows)
    behind = text(alice, rows, ask="yes")
    assert "1 row of the answer, which makes 2,000 : what was recorded" in behind and "north 2026-02 2000" in behind
    stub.rows[2]["amount"] = 2100
    changed = text(alice, rows, ask="yes")
    assert "not what was recorded : 2,100 in place of 2,000, 100 more. The source has changed since" in changed
    stub.rows[2]["amount"] = "many"
    assert "no number in place of 2,000." in text(alice, rows, ask="yes")
    taken = stub.rows.pop(2)
    gone = text(alice, rows, ask="yes")
    assert "no row for this figure any more. Recorded was 2,000, row 3 of its answer of" in gone
    stub.rows = [{("sum" if name == "amount" else name): cell for name, cell in taken.items()}]
    renamed = text(alice, rows, ask="yes")
    assert "no longer gives the column &quot;amount&quot;." in renamed and "stays as it was recorded" in renamed
    Connection.objects.update(options={"url": "http://127.0.0.1:1"})
    assert "stays as it was recorded" in text(alice, rows, ask="yes")
    assert Measurement.objects.get(pk=figure.pk).value == 2000


def test_an_editor_runs_feeds_and_sees_how_they_did_and_changes_none(alice: Client, stub: Service) -> None:
    text(alice, "/sources/bakery/connections/new/?kind=rest", **CONNECTION, url=stub.url)
    text(alice, "/sources/bakery/feeds/new/?connection=shop", **FEED, **COLUMNS, save="yes")
    stub.rows[0]["amount"] = "much"
    invite_person(by=None, organisation="bakery", email="edda@bakery.example", name="Edda", role=Role.EDITOR)
    edda = Client()
    edda.force_login(Person.objects.get(email="edda@bakery.example"))
    assert 'href="/sources/bakery/"' in edda.get("/s/bakery/menu/").content.decode()
    assert "Connections" not in text(edda, "/sources/bakery/") and "Sales of the shop" in text(edda, "/sources/bakery/")
    runs = edda.get("/sources/bakery/feeds/sales/runs/").content.decode()
    assert "Run now" in runs and "Let it rest" not in runs and "Change it" not in runs
    ran = text(edda, "/sources/bakery/feeds/sales/runs/", run="yes")
    assert "1 refused" in ran and "What was asked" not in ran and "Refused rows" not in ran
    assert edda.post("/sources/bakery/feeds/sales/runs/", {"pause": "yes"}).status_code == 403
    for address in ("connections/shop/", "feeds/sales/", "feeds/new/?connection=shop"):
        assert edda.get(f"/sources/bakery/{address}").status_code == 404


def test_a_run_that_refuses_rows_shows_them_and_a_day_that_is_none_runs_nothing(alice: Client, stub: Service) -> None:
    text(alice, "/sources/bakery/connections/new/?kind=rest", **CONNECTION, url=stub.url)
    text(alice, "/sources/bakery/feeds/new/?connection=shop", **FEED, **COLUMNS, save="yes")
    stub.rows[0]["amount"] = "much"
    runs = "/sources/bakery/feeds/sales/runs/"
    ran = text(alice, runs, run="yes")
    assert "Refused rows" in ran and "much" in ran and "0 loaded" in ran
    assert "is no day" in text(alice, runs, run="yes", since="soon")
    assert "rests" in text(alice, runs, pause="yes") and "runs again" in text(alice, runs, resume="yes")
    assert "reads Shop" in text(alice, "/sources/bakery/connections/shop/", remove="yes")
    assert "was removed" in text(alice, "/sources/bakery/feeds/sales/", remove="yes")
    assert "was removed" in text(alice, "/sources/bakery/connections/shop/", remove="yes")
    assert not Connection.objects.exists()


def test_a_ready_feed_is_begun_with(alice: Client) -> None:
    page = alice.get("/sources/bakery/connections/new/?product=salesforce").content.decode()
    assert 'value="Salesforce"' in page and 'value="oauth" selected' in page
    made = {"name": "Salesforce", "code": "salesforce", "auth": "oauth", "url": "https://x.my.salesforce.example"}
    text(alice, "/sources/bakery/connections/new/?product=salesforce", **made)
    page = alice.get("/sources/bakery/feeds/new/?connection=salesforce&preset=salesforce.win_rate").content.decode()
    assert 'value="Win rate"' in page and 'value="nextRecordsUrl"' in page and 'value="sum" selected' in page


def test_nobody_else_learns_that_there_are_sources(alice: Client, bob: Client, charlie: Client, stub: Service) -> None:
    text(alice, "/sources/bakery/connections/new/?kind=rest", **CONNECTION, url=stub.url)
    for outsider in (bob, charlie):
        for address in ("", "connections/shop/", "connections/new/?kind=rest", "feeds/new/?connection=shop"):
            assert outsider.get(f"/sources/bakery/{address}").status_code == 404
