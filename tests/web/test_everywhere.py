"""What holds on every page: who may see it, what the browser may load, that it stands without scripts, its size."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fourfold.actions.load_folder import load_folder
from fourfold.project.static_files import compact
from fourfold.records.limits import Rate, seconds_to_wait
from fourfold.records.models import Kpi, Objective, Organisation, Person
from fourfold.records.queries.kept import forget
from fourfold.web.urls import urlpatterns
from tests.house.source import PACKAGE, ROOT
from tests.web.conftest import ADDRESSES

BASELINE = Path(__file__).with_name("query_counts.toml")
STATIC = PACKAGE / "web" / "static"
#: The pages about an organisation, by the name of their route; the rest needs no organisation.
PAGES = (
    "home", "overview", "scorecard", "map", "alignment", "initiatives", "menu", "kpi", "quality", "figures", "steps",
    "objective", "history", "search", "evidence", "portfolio", "data_quality", "scenario",
    "proposals", "members", "readers", "periods", "attachments",
    "approvals", "restatements", "library", "library_kpi", "suggestions", "guest_links",
    "start", "spreadsheets", "build", "units", "cascade", "custom_fields", "benchmarks", "changes", "new_thing",
    "amendment", "removal", "updates", "update_checks", "my_updates", "watching", "map_editor", "imports",
)  # fmt: skip
WITHOUT = {
    "health", "password", "preferences", "account", "sessions", "people", "person", "invitation",
    "forgotten", "deputies", "reset", "rights", "audit", "audit_export", "audit_home", "audit_verification",
    "tokens", "system", "reminder", "reminder_figures", "reminders", "guest", "guest_link", "map_svg", "map_png",
    "map_pdf", "kpi_file", "live", "scorecard_file", "columns", "watch",
    "sources", "connection", "feed", "feed_runs", "feed_run", "source_rows",
    "upload", "import_job", "rejects", "spreadsheet", "benchmark_set", "attachment",
}  # fmt: skip


def address(name: str) -> str:
    """A page of the bakery."""
    if name in ("kpi", "quality", "figures", "steps", "proposals", "readers", "restatements", "attachments"):
        row = Kpi.objects.get(organisation__code="bakery", code="sales")
        return f"/kpi/{row.pk}-sales/" + ("" if name == "kpi" else f"{name}/")
    if name in ("objective", "suggestions"):
        row = Objective.objects.get(organisation__code="bakery", code="earn")
        return f"/objective/{row.pk}-earn/" + ("" if name == "objective" else f"{name}/")
    fixed = {"home": "/", "search": "/search/?q=sales&u=bakery", "overview": "/s/bakery/",
             "my_updates": "/updates/?u=bakery", "watching": "/watching/?u=bakery",
             "data_quality": "/s/bakery/data/", "updates": "/s/north/updates/",
             "update_checks": "/s/north/updates/checks/",
             "library_kpi": "/s/bakery/library/market_share/", "guest_links": "/s/bakery/guests/",
             "history": "/s/bakery/history/kpi/sales/",
             "units": "/s/bakery/build/units/", "cascade": "/s/bakery/build/cascade/",
             "custom_fields": "/s/bakery/build/fields/", "benchmarks": "/s/bakery/build/benchmarks/",
             "changes": "/s/bakery/build/changes/", "new_thing": "/s/bakery/build/kpi/",
             "amendment": "/s/bakery/build/kpi/sales/", "removal": "/s/bakery/build/kpi/sales/removal/",
             "map_editor": "/s/bakery/map/edit/", "spreadsheets": "/s/bakery/start/spreadsheet/"}  # fmt: skip
    return fixed.get(name) or f"/s/bakery/{name}/"


def test_every_route_is_on_the_list() -> None:
    assert {pattern.name for pattern in urlpatterns} - WITHOUT == set(PAGES)


def pages_of(client: Client) -> dict[str, str]:
    """The text of every page."""
    texts = {}
    for name in PAGES:
        response = client.get(address(name), follow=True)
        assert response.status_code == 200, name
        texts[name] = response.content.decode()
    return texts


def test_alice_sees_every_page(alice: Client) -> None:
    assert all("Harbour Bakery" in text for text in pages_of(alice).values())


def test_no_page_is_kept_by_a_browser_or_on_the_way_to_it(alice: Client) -> None:
    for name in PAGES:
        assert "no-store" in alice.get(address(name))["Cache-Control"], name


def test_charlie_is_told_of_no_page_that_it_exists(charlie: Client) -> None:
    for name in PAGES[1:]:
        response = charlie.get(address(name))
        assert response.status_code == 404, name
        text = response.content.decode()
        assert "There is no such page" in text
        assert not re.search(r"Harbour Bakery|North Quay|Earn our keep", text)


def test_charlie_comes_to_his_own_scorecard(charlie: Client) -> None:
    assert charlie.get("/")["Location"] == "/s/mill/"


@pytest.mark.parametrize("unit", ["bakery", "south"])
def test_bob_sees_his_own_unit_and_no_other(bob: Client, unit: str) -> None:
    assert bob.get(f"/s/{unit}/").status_code == 404
    page = bob.get("/s/north/").content.decode()
    assert "North Quay" in page and "South Pier" not in page


def test_somebody_who_is_not_signed_in_is_asked_to(organisation: Organisation) -> None:
    for name in PAGES:
        response = Client().get(address(name))
        assert response.status_code == 302, name
        assert response["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "POST"])
def test_a_page_is_read_and_only_a_form_is_sent(alice: Client, method: str) -> None:
    sent = ("figures", "steps", "members", "suggestions", "periods", "approvals", "restatements", "/password/",
            "updates", "update_checks", "start", "build", "units", "changes", "new_thing", "amendment", "removal",
            "map_editor", "guest_links", "imports", "spreadsheets", "cascade", "proposals", "attachments",
            "custom_fields", "benchmarks")  # fmt: skip
    forms = dict.fromkeys(sent, "GET, HEAD, POST") | {"/preferences/": "POST"}
    for name in (*PAGES, "/password/", "/preferences/"):
        allowed = forms.get(name, "GET, HEAD")
        if method in allowed.split(", "):
            continue
        response = alice.generic(method, name if name.startswith("/") else address(name))
        assert response.status_code == 405, name
        assert (response["Allow"], response.content) == (allowed, b""), name


def test_the_head_of_a_page_is_that_of_the_page(alice: Client) -> None:
    for name in PAGES:
        assert alice.head(address(name)).status_code == alice.get(address(name)).status_code, name


def test_the_browser_may_load_nothing_from_elsewhere(alice: Client) -> None:
    response = alice.get("/s/bakery/")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


def test_no_page_has_anything_inline(alice: Client) -> None:
    for name, text in pages_of(alice).items():
        assert not re.search(r'<[^>]*\sstyle=|<[^>]*\son[a-z]+="|<script(?![^>]* src=)|<style|javascript:', text), name
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), name


def test_every_page_stands_without_scripts(alice: Client) -> None:
    """What can be pressed is a link with an address or a button in a form; the rest only scripts can use."""
    for name, page in pages_of(alice).items():
        body = re.sub(r"<dialog.*?</dialog>", "", page, flags=re.DOTALL)
        assert not re.search(r'<a\s(?![^>]*href="[^#"])(?![^>]*href="#(?:main|enter))[^>]*>', body), name
        outside = re.sub(r"<form.*?</form>", "", body, flags=re.DOTALL)
        assert re.findall(r"<button[^>]*>", outside) == ['<button class="link" type="button" data-open-keys>'], name


def test_every_page_has_one_heading_a_title_and_no_id_twice(alice: Client) -> None:
    for name, page in pages_of(alice).items():
        assert len(re.findall(r"<h1[ >]", page)) == 1, name
        assert page.count('id="main"') == 1, name
        assert re.search(r"<title>[^<]+ – Harbour Bakery</title>", page), name
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids)), name


def counted(get: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert get().status_code in (200, 302)
    return len(queries)


@pytest.mark.parametrize("table", ["first", "again"])
def test_no_page_asks_the_database_more_often_than_its_baseline(alice: Client, table: str) -> None:
    """Exact counts: a page that asks less often lowers its line in query_counts.toml."""
    asked_by_the_test = {"kpi": 1, "quality": 1, "figures": 1, "steps": 1, "objective": 1, "proposals": 1, "readers": 1,
                         "suggestions": 1, "attachments": 1}  # fmt: skip
    for name in ("overview", "alignment"):  # definitions are read once and kept
        alice.get(address(name))
    # One request of ten takes a portion for those after it; here none does.
    seconds_to_wait("costly", str(Person.objects.get(email=ADDRESSES["alice"]).pk), Rate(1, 10_000))
    counts = {}
    for name in PAGES:
        if table == "first":
            forget()
        else:
            alice.get(address(name))
        count = counted(lambda name=name: alice.get(address(name)))  # type: ignore[misc]
        counts[name] = count - asked_by_the_test.get(name, 0)
    assert counts == tomllib.loads(BASELINE.read_text())[table], "\n".join(f"{n} = {c}" for n, c in counts.items())


def test_no_page_of_the_demo_is_larger_than_15_kb(db: None) -> None:
    load_folder(by=None, path=ROOT / "examples" / "calder_vale", at=datetime(2026, 11, 23, tzinfo=UTC))
    client = Client()
    client.force_login(Person.objects.get(email="ingrid.holm@caldervale.example"))
    kpi, objective = Kpi.objects.get(code="ed_4h"), Objective.objects.get(code="timely-access")
    for path in (
        "/s/group/", "/s/group/scorecard/", "/s/group/scorecard/?by=quarter", "/s/calder-general/scorecard/",
        "/s/group/map/", "/s/group/alignment/", "/s/group/initiatives/", "/s/group/menu/", "/search/?q=staff&u=group",
        f"/kpi/{kpi.pk}-x/?range=all", f"/kpi/{kpi.pk}-x/?u=calder-general",
        "/s/calder-general/updates/", "/updates/",
        "/s/group/evidence/", "/s/group/portfolio/", "/s/group/scenario/?c=target+kpi:ed_4h+79",
        f"/kpi/{kpi.pk}-x/quality/", f"/kpi/{kpi.pk}-x/proposals/", f"/objective/{objective.pk}-x/",
    ):  # fmt: skip
        response = client.get(path)
        assert response.status_code == 200, path
        assert len(gzip.compress(response.content, 6)) <= 15 * 1024, path


def compressed(*files: Path) -> int:
    """As they are served: style sheets go without their comments."""
    texts = (compact(file.read_text()) if file.suffix == ".css" else file.read_text() for file in files)
    return sum(len(gzip.compress(text.encode(), 9)) for text in texts)


def test_no_page_loads_more_than_14_kb_of_style_sheets_and_12_of_our_scripts(alice: Client) -> None:
    grid = STATIC / "css" / "updates"  # the grid of figures has one of its own beside
    assert compressed(grid.with_suffix(".css")) <= 2 * 1024
    for name, text in pages_of(alice).items():
        sheets, scripts = ({STATIC / found for found in re.findall(rf"/static/({kind}/[\w-]+)[\w.]*\.{kind}", text)}
                           for kind in ("css", "js"))  # fmt: skip
        assert compressed(*(sheet.with_suffix(".css") for sheet in sheets - {grid})) <= 14 * 1024, name
        assert compressed(*(script.with_suffix(".js") for script in scripts)) <= 12 * 1024, name
        assert (STATIC / "css" / "tokens") in sheets and (STATIC / "js" / "keys") in scripts


def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
