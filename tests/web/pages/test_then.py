"""Pages as of an earlier day show what was known at its end: then and now are never mixed, and nothing is edited."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import URLPattern
from django.utils.timezone import localdate

from fourfold.actions.record_measurement import record_measurement
from fourfold.api.app import api
from fourfold.records.models import Kpi, Objective, Organisation
from fourfold.web.address import LOOKS_BACK
from fourfold.web.urls import urlpatterns

DAY = "2026-05-20"  # the figures were loaded on it
LATER = datetime(2026, 6, 10, 9, tzinfo=UTC)
PAGES = (
    "/s/north/", "/s/north/scorecard/", "/s/bakery/map/", "/s/bakery/alignment/", "kpi", "objective",
    "/s/bakery/portfolio/", "/s/bakery/evidence/", "/s/bakery/initiatives/",
)  # fmt: skip
#: Why a route is about today alone. A new one looks back, or has its reason here.
TODAY = {
    "of an account or of the installation": {
        "account", "sessions", "deputies", "reminders", "people", "person", "password", "forgotten", "reset",
        "invitation", "preferences", "system", "tokens", "rights", "readers", "members", "guest_links", "live",
    },
    "of a link, which says itself of when it is": {"guest", "guest_link", "reminder", "reminder_figures"},
    "of a definition, with a day of its own": {"history"},
    "of the log, whose events have their moments": {"audit", "audit_home", "audit_export", "audit_verification"},
    "where something is entered, decided or built": {
        "updates", "update_checks", "my_updates", "watch", "watching", "columns",
        "imports", "rejects", "upload", "import_job",
        "periods", "approvals", "figures", "steps", "restatements", "start", "spreadsheet", "spreadsheets", "build",
        "units", "changes", "new_thing", "amendment", "removal", "map_editor", "cascade", "suggestions",
        "library", "library_kpi", "custom_fields", "benchmarks", "benchmark_set",
    },
    "of where figures come from": {"sources", "connection", "feed", "feeds", "feed_runs", "feed_run", "source_rows"},
    "the way to pages, without figures": {"home", "menu", "search"},
    "about what may come": {"scenario", "proposals"},
    "of how figures came in up to today": {"quality", "data_quality"},
}  # fmt: skip
OPERATIONS_OF_TODAY = {
    "me", "events", "guest_links", "approvals", "periods", "snapshot", "data_quality", "source_rows",
    "definitions", "units", "kpis", "kpi",  # definitions, of which `fourfold export --as-of` tells what they were
}  # fmt: skip


def address(page: str) -> str:
    if page == "kpi":
        return f"/kpi/{Kpi.objects.get(organisation__code='bakery', code='sales').pk}-sales/"
    if page == "objective":
        return f"/objective/{Objective.objects.get(organisation__code='bakery', code='earn').pk}-earn/"
    return page


def test_every_page_and_export_looks_back_or_says_why_not() -> None:
    names = {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern) and pattern.name}
    reasons = set().union(*TODAY.values())
    assert not LOOKS_BACK & reasons and names >= LOOKS_BACK
    assert names - LOOKS_BACK - reasons == set(), "let it take `as_of` (web/address.py), or say here why it does not"


def test_every_read_of_the_api_takes_as_of_or_is_about_today() -> None:
    taking, others = set(), set()
    for methods in api.get_openapi_schema(path_prefix="")["paths"].values():
        if "get" in methods:
            names = {each["name"] for each in methods["get"].get("parameters", ())}
            (taking if "as_of" in names else others).add(methods["get"]["operationId"])
    assert taking == {"results", "portfolio", "measurements", "attachments", "attachment"}
    assert others <= OPERATIONS_OF_TODAY, others


def test_the_portfolio_of_then_is_that_of_then(alice: Client) -> None:
    def shown(**query: str) -> str:
        text = alice.get("/s/bakery/portfolio/", {"p": "2026-04", **query}).content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        return re.sub(r'data-state="[^"]*"', "", main)

    before = shown(as_of=DAY)
    assert record_measurement(
        by=None, organisation="bakery", kpi="on_time", unit="north", period="2026-04", numerator="1", denominator="100",
        at=LATER,
    ).ok  # fmt: skip
    assert shown(as_of=DAY) == before and "As known on" in before
    assert alice.get("/s/north/portfolio/", {"as_of": "2999-01-01"}).status_code == 422


def correct() -> None:
    outcome = record_measurement(
        by=None, organisation="bakery", kpi="sales", unit="north", period="2026-03", value="4321", at=LATER
    )
    assert outcome.ok, outcome.findings


def sheet(client: Client, unit: str, **query: str) -> str:
    return client.get(address("kpi") + "figures.csv", {"u": unit, "p": "2026-04", **query}).content.decode()


@pytest.mark.parametrize("unit", ["north", "bakery"])
def test_a_later_correction_is_not_in_what_was_known_before(alice: Client, unit: str) -> None:
    before = sheet(alice, unit)
    correct()
    assert sheet(alice, unit) != before
    assert sheet(alice, unit, as_of=DAY) == before
    assert sheet(alice, unit, as_of="2026-06-10") == sheet(alice, unit)


def test_the_revisions_of_then_are_those_that_were_recorded_then(alice: Client) -> None:
    correct()
    where = {"u": "north", "p": "2026-03"}
    assert "4,321" in alice.get(address("kpi"), where).content.decode()
    then = alice.get(address("kpi"), {**where, "as_of": DAY}).content.decode()
    assert "4,321" not in then and "4321" not in then and "700" in then


def test_ready_made_parts_of_then_and_now_are_not_mixed(alice: Client) -> None:
    correct()
    now = alice.get("/s/north/scorecard/", {"p": "2026-03"}).content.decode()
    then = alice.get("/s/north/scorecard/", {"p": "2026-03", "as_of": DAY}).content.decode()
    assert "4,321" in now and "4,321" not in then
    assert "4,321" in alice.get("/s/north/scorecard/", {"p": "2026-03"}).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_the_banner_says_so_and_links_stay_in_the_day(alice: Client, page: str) -> None:
    text = alice.get(address(page), {"as_of": DAY}).content.decode()
    assert "As known on 20 May 2026" in text and "back to today" in text
    rail = text[text.index("<nav") : text.index("</nav>")]
    assert all(f"as_of={DAY}" in url for url in re.findall(r'href="(/s/[^"]*)"', rail))


@pytest.mark.parametrize("page", PAGES)
def test_nothing_can_be_edited_in_it(alice: Client, page: str) -> None:
    text = alice.get(address(page), {"as_of": DAY}).content.decode()
    assert not re.findall(r'<form[^>]*method="post"[^>]*action="(?!/preferences/)[^"]*(?:figures|steps|start)', text)
    assert "/build/" not in text and "/map/edit/" not in text


@pytest.mark.parametrize("day", ["2025-01-01", "2999-01-01", "yesterday", "2026-02-31", "\a"])
def test_a_day_of_which_nothing_is_known_gets_a_message(alice: Client, day: str) -> None:
    answer = alice.get("/s/north/", {"as_of": day})
    assert answer.status_code == 422
    assert "Nothing to show of that day" in answer.content.decode()


def test_before_the_first_figure_it_says_when_that_was(alice: Client) -> None:
    assert "2026-05-20" in alice.get("/s/north/", {"as_of": "2026-05-19"}).content.decode()


def test_bob_sees_no_more_of_then_than_of_now(bob: Client, charlie: Client) -> None:
    assert bob.get("/s/south/", {"as_of": DAY}).status_code == 404
    assert charlie.get("/s/north/", {"as_of": DAY}).status_code == 404
    assert charlie.get(address("kpi"), {"as_of": DAY}).status_code == 404


def test_today_is_now(alice: Client, organisation: Organisation) -> None:
    assert "back to today" not in alice.get("/s/north/", {"as_of": localdate().isoformat()}).content.decode()
