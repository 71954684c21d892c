"""Building in the browser: forms of every noun, findings beside fields, effects first, two editors, the way back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fourfold.engine.amendments import find_thing
from fourfold.engine.periods import Frequency
from fourfold.engine.statuses import Status
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Organisation, Result
from fourfold.web.forms.amendment import seen_text
from tests.web.conftest import signed_in
from tests.web.reading import links_of, open_page, words_of

BUILD = "/s/bakery/build/"
THINGS = (
    "kpi/sales", "objective/earn", "strategy/rise", "organisation/bakery", "unit/north", "use/sales~earn",
    "target/sales~~commit~M:2026-01", "link/delight~earn", "initiative/oven", "perspective/finance", "theme/growth",
)  # fmt: skip


def definitions() -> Any:
    found = read_definitions(Organisation.objects.get(code="bakery"))
    assert found is not None
    return found


def send(client: Client, address: str, status: int = 302, **fields: object) -> str:
    response = client.post(BUILD + address, {"sent": "yes"} | {k.replace("__", "-"): v for k, v in fields.items()})
    assert response.status_code == status, words_of(response.content.decode())
    return words_of(response.content.decode())


def sales(**fields: object) -> dict[str, object]:
    """The open fields of the form of Sales, as the browser sends them."""
    seen = seen_text(definitions().kpi["sales"])
    return {"seen": seen, "name": "Sales", "unit": "GBP", "polarity": "higher_better", "owner": "bob",
            "ratio_scale": "true"} | fields  # fmt: skip


def test_every_thing_and_every_new_one_has_its_form(alice: Client) -> None:
    home = links_of(open_page(alice, BUILD))
    assert {"Sales", "Earn our keep", "North Quay", "Delight customers → Earn our keep"} <= home.keys()
    for thing in THINGS:
        open_page(alice, f"{BUILD}{thing}/")
        noun = thing.partition("/")[0]
        if noun not in ("strategy", "organisation"):
            open_page(alice, f"{BUILD}{thing}/removal/")
            open_page(alice, f"{BUILD}{noun}/")


def test_a_form_that_is_sent_as_it_came_changes_nothing(alice: Client) -> None:
    before = definitions()
    send(alice, "kpi/sales/", **sales())
    assert definitions() == before and not Event.objects.filter(action="definitions.amend").exists()


def test_five_fields_make_a_kpi_with_its_place_and_its_target(alice: Client) -> None:
    five = {"name": "Waste of bread", "unit": "kg", "polarity": "lower_better", "use__sent": "yes",
            "use__objective": "delight", "target__sent": "yes", "target__value": "40", "target__red_line": "60",
            "target__since": "2026-04", "ratio_scale": "true"}  # fmt: skip
    send(alice, "kpi/", **five)
    after = definitions()
    assert (after.kpi["waste_of_bread"].unit, after.targets_of("waste_of_bread")[0].value) == ("kg", 40)
    assert [u.objective for u in after.uses if u.kpi == "waste_of_bread" and not u.monitor_only] == ["delight"]
    send(alice, "kpi/", **five | {"target__value": "", "target__red_line": ""})
    assert [u.monitor_only for u in definitions().uses if u.kpi == "waste_of_bread_2"] == [True], "without a target"


def test_a_form_that_came_back_without_a_name_takes_its_code_from_the_name_that_is_typed_then(alice: Client) -> None:
    fields = {"unit": "GBP", "use-sent": "yes", "target-sent": "yes", "target-value": "0.35", "target-red_line": "0.45",
              "polarity": "lower_better", "frequency": "quarter", "code": "",
              "use-objective": "earn", "decimals": "1", "another": "yes"}  # fmt: skip
    refused = alice.post(f"{BUILD}kpi/?objective=earn", {"sent": "yes", "name": ""} | fields).content.decode()
    assert 'name="code" value=""' in refused
    saved = alice.post(f"{BUILD}kpi/?objective=earn", {"sent": "yes", "name": "Flour per loaf"} | fields)
    assert saved.status_code == 302 and saved["Location"].endswith("kpi/?objective=earn"), "there is another to write"
    kpi = definitions().kpi["flour_per_loaf"]
    (target,) = definitions().targets_of(kpi.code)
    assert kpi.decimals == 2 and target.since == "FY2027-Q1", "what the form began with follows what was typed"


def test_a_new_kpi_begins_with_the_period_that_runs_and_is_late_for_none_before(alice: Client) -> None:
    page = open_page(alice, f"{BUILD}kpi/")
    found = re.search(r'name="since"[^>]*value="(\d{4}-\d{2})"', page)
    assert found and f"{timezone.now():%Y-%m}" == found[1]
    for name, frequency in (("Loaves", "month"), ("Bread fairs", "quarter")):
        send(alice, "kpi/", name=name, frequency=frequency, since=found[1], use__sent="yes", use__objective="delight")
    calendar, now = definitions().calendar, timezone.now().date()
    for code, frequency in (("loaves", Frequency.MONTH), ("bread_fairs", Frequency.QUARTER)):
        assert definitions().kpi[code].since == calendar.period(frequency, now).short_id
    late = Result.objects.filter(node__in=("kpi:loaves", "kpi:bread_fairs"), status=Status.OVERDUE)
    assert not late.exists()


def test_the_first_target_of_a_kpi_that_was_watched_for_want_of_one_makes_it_count(alice: Client) -> None:
    send(alice, "kpi/", name="Smiles", unit="%", use__sent="yes", use__objective="earn")
    assert find_thing(definitions(), "uses", ("smiles", "earn")).monitor_only  # type: ignore[attr-defined]
    assert "New target of Smiles" in words_of(alice.get(f"{BUILD}target/?kpi=smiles").content.decode())
    aim = {"sent": "yes", "since": "2026-01", "value": "70", "red_line": "50"}
    saved = alice.post(f"{BUILD}target/?kpi=smiles", aim)
    assert saved.status_code == 302
    assert not find_thing(definitions(), "uses", ("smiles", "earn")).monitor_only  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Name is empty"),
        ({"decimals": "x"}, "not a whole number"),
        ({"formula": "costs + "}, "column"),
        ({"formula": "costs +* 2"}, "column 8"),
        ({"formula": "margin + costs"}, "circle: "),
        ({"valid_min": "1e"}, "not a number"),
        ({"unit": "kg"}, "KPI “Margin”"),
        ({"owner": "nobody"}, "there is no such person"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    alice: Client, fields: dict[str, str], said: str
) -> None:
    before = definitions()
    assert said in send(alice, "kpi/sales/", 422, **sales(**fields))
    assert definitions() == before


def test_before_it_is_saved_it_says_what_would_no_longer_work_and_which_scores_move(alice: Client) -> None:
    said = send(alice, "kpi/sales/", 200, **sales(state="draft", preview="yes"))
    assert "Earn our keep" in said.partition("Scores in")[2]
    assert "SMART" in said and "Health" in said
    said = send(alice, "use/sales~earn/", 200, kpi="sales", objective="earn", weight="9", role="lag", preview="yes")
    assert "Effective weights" in said
    broken = send(alice, "kpi/sales/", 200, **sales(unit="kg", preview="yes"))
    assert "would no longer work" in broken and "Margin" in broken.partition("no longer work")[2]
    assert definitions().kpi["sales"].state == "active"


def test_a_target_shows_what_the_figures_propose_its_way_and_its_scores(alice: Client) -> None:
    form = {"since": "2026-01", "value": "1500", "red_line": "900", "due": "2026-12", "path": "linear",
            "baseline": "1000", "preview": "yes"}  # fmt: skip
    response = alice.post(BUILD + "target/sales~bakery~commit~M:2026-01/", {"sent": "yes"} | form)
    text = response.content.decode()
    assert response.status_code == 200 and 'class="glide"' in text and 'class="curve"' in text


def test_the_second_editor_gets_both_versions_and_loses_nothing(alice: Client) -> None:
    mine = sales(name="Takings", definition="What the till says, without VAT.")
    theirs = sales(name="Turnover", purpose="To see whether we live.")
    send(alice, "kpi/sales/", **theirs)
    said = send(alice, "kpi/sales/", 409, **mine)
    assert "Alice Archer saved it while you were writing" in said
    assert "Also changed by somebody else, to: Turnover" in said
    response = alice.post(BUILD + "kpi/sales/", {"sent": "yes", **mine})
    text = response.content.decode()
    assert 'value="Takings"' in text and "To see whether we live." in text and "What the till says" in text
    merged = mine | {"seen": seen_text(definitions().kpi["sales"]), "purpose": "To see whether we live."}
    send(alice, "kpi/sales/", **merged)
    kpi = definitions().kpi["sales"]
    assert (kpi.name, kpi.purpose, kpi.definition) == ("Takings", "To see whether we live.", mine["definition"])


def test_a_change_is_listed_with_both_sides_and_taken_back(alice: Client) -> None:
    send(alice, "kpi/sales/", **sales(name="Takings"))
    listed = words_of(open_page(alice, BUILD + "changes/?of=kpi&key=sales"))
    assert "Sales → Takings" in listed and "Alice Archer" in listed
    number = Event.objects.get(action="definitions.amend").seq
    assert alice.post(BUILD + "changes/", {"number": number}).status_code == 302
    assert definitions().kpi["sales"].name == "Sales"
    assert alice.post(BUILD + "changes/", {"number": number}).status_code == 409
    assert alice.post(BUILD + "changes/", {"number": "x"}).status_code == 404


def test_a_kpi_with_figures_is_archived_and_never_lost(alice: Client) -> None:
    assert "has figures" in words_of(alice.post(BUILD + "kpi/staff/removal/").content.decode())
    assert alice.post(BUILD + "kpi/staff/removal/", {"archive": "yes"}).status_code == 302
    assert definitions().kpi["staff"].state == "retired"


def test_an_objective_goes_with_what_hangs_on_it_and_comes_back(alice: Client) -> None:
    before = definitions()
    said = words_of(open_page(alice, BUILD + "objective/earn/removal/"))
    assert "Place of a KPI Sales" in said and "Initiative A second oven stays, without it" in said
    strategy = {"seen": seen_text(before.strategy), "name": "Rise", "state": "draft"}
    send(alice, "strategy/rise/", **strategy, mission=before.strategy.mission)
    assert alice.post(BUILD + "objective/earn/removal/").status_code == 302
    assert "earn" not in definitions().objective
    number = Event.objects.filter(action="definitions.amend").latest("seq").seq
    assert alice.post(BUILD + "changes/", {"number": number}).status_code == 302
    after = definitions()
    assert after.objective["earn"] == before.objective["earn"] and len(after.uses) == len(before.uses)


def test_who_may_not_change_definitions_is_not_led_there(alice: Client, bob: Client, charlie: Client) -> None:
    assert ">Build</a>" in alice.get("/s/bakery/").content.decode()
    assert ">Build</a>" not in bob.get("/s/north/").content.decode()
    for address in ("", "kpi/", "kpi/sales/", "kpi/sales/removal/", "changes/"):
        assert bob.get(f"/s/north/build/{address}").status_code == 403
        assert charlie.get(BUILD + address).status_code == 404
    assert signed_in("alice").get(BUILD + "people/").status_code == 404
    assert signed_in("alice").get(BUILD + "kpi/nothing/").status_code == 404


def test_what_the_form_carries_can_be_broken_without_harm(alice: Client) -> None:
    for seen in ("x", "[]", json.dumps({"code": "sales"})):
        assert alice.post(BUILD + "kpi/sales/", {"sent": "yes", **sales(seen=seen)}).status_code in (302, 409, 422)


def test_a_kpi_with_notes_is_not_removed_and_the_page_says_what_to_do(alice: Client) -> None:
    address = "kpi/sales/removal/"
    assert "Notes are not changed here. They belong to figures" in send(alice, address, 409)
    send(alice, address, archive="yes")


def test_success_factors_are_lines_of_the_form_and_one_that_names_no_kpi_there_is_refused(alice: Client) -> None:
    seen = seen_text(definitions().strategy)
    lines = "Bread is fresh: sales, margin\nRule: be quick:\nPeople stay"
    send(alice, "strategy/rise/", success_factors=lines, seen=seen, name="Rise")
    found = [(f.name, f.kpis) for f in definitions().strategy.success_factors]
    assert found == [("Bread is fresh", ("sales", "margin")), ("Rule: be quick", ()), ("People stay", ())]
    assert "Bread is fresh: Sales, " in open_page(alice, f"{BUILD}strategy/rise/"), "KPIs by their names"
    seen = seen_text(definitions().strategy)
    send(alice, "strategy/rise/", success_factors="Bread is fresh: sales", seen=seen, name="Rise")
    seen = seen_text(definitions().strategy)
    send(alice, "strategy/rise/", success_factors="Bread is fresh: SALES", seen=seen, name="Rise")
    assert definitions().strategy.success_factors[0].kpis == ("sales",), "a name in any case"
    seen = seen_text(definitions().strategy)
    refused = send(alice, "strategy/rise/", 422, success_factors="Bread: breda", seen=seen, name="Rise")
    assert "there is no such KPI" in refused


def test_the_growth_of_a_season_is_a_line_for_each_period(alice: Client) -> None:
    target = find_thing(definitions(), "targets", ("sales", None, "commit", "M:2026-01"))
    year = "\n".join(["1"] * 11 + ["1.5"])
    send(alice, "target/sales~~commit~M:2026-01/", seen=seen_text(target), path="seasonal", shares=year, growth=year,
         since="M:2026-01", value="1200")  # fmt: skip
    kept = find_thing(definitions(), "targets", ("sales", None, "commit", "M:2026-01"))
    assert kept.growth == kept.shares == (1.0,) * 11 + (1.5,)  # type: ignore[attr-defined]
    refused = send(alice, "target/sales~~commit~M:2026-01/", 422, seen=seen_text(kept), path="seasonal", shares=year,
                   growth="1\n2", since="M:2026-01", value="1200")  # fmt: skip
    assert "has 2 entries" in refused


def test_exchange_rates_are_lines_of_the_form_and_a_bad_one_is_refused_beside_it(alice: Client) -> None:
    lines = "EUR - average 2026-04 0.85 ECB\nUSD GBP closing 2026-04-30 0.79 (known 2026-05-02)"
    send(alice, "organisation/bakery/", rates=lines, seen=seen_text(definitions().organisation))
    euro, dollar = definitions().organisation.rates
    assert (euro.currency, euro.into, euro.kind, euro.period) == ("EUR", "", "average", "2026-04")
    assert str(euro.rate) == "0.85"
    assert (euro.source, dollar.into, dollar.kind, dollar.recorded_at) == ("ECB", "GBP", "closing", "2026-05-02")
    assert "EUR - average 2026-04 0.85 ECB" in open_page(alice, f"{BUILD}organisation/bakery/")
    for wrong, said in (("EUR - average 2026-04 nought", "nought"), ("XXQ - average 2026-04 2", "no currency")):
        seen = seen_text(definitions().organisation)
        assert said in send(alice, "organisation/bakery/", 422, rates=wrong, seen=seen)
    assert len(definitions().organisation.rates) == 2


def test_holidays_and_season_factors_have_fields(alice: Client) -> None:
    send(alice, "organisation/bakery/", holidays="2026-12-25\n2026-12-26", seen=seen_text(definitions().organisation))
    assert definitions().organisation.holidays == ("2026-12-25", "2026-12-26")
    factors = "\n".join(["1"] * 10 + ["1.5", "0.5"])
    send(alice, "kpi/sales/", **sales(season="profile", season_factors=factors))
    assert definitions().kpi["sales"].season_factors[-2:] == (1.5, 0.5)


def test_what_is_missing_names_things_as_people_do_and_leads_to_what_is_to_be_put_in(alice: Client) -> None:
    assert "a draft" in send(alice, "perspective/", 422, name="The town")
    send(alice, "", state="draft")
    send(alice, "perspective/", name="The town")
    send(alice, "objective/", name="Win the market hall", perspective="the_town", owner="bob")
    send(alice, "perspective/", name="Our people")
    page = open_page(alice, BUILD)
    assert "Objective “Win the market hall” has no KPI" in words_of(page)
    assert "Perspective “Our people” has no objective" in words_of(page)
    aside = page.partition('aria-label="What is missing"')[2]
    assert 'objective=win_the_market_hall">New KPI<' in aside and 'perspective=our_people">New objective<' in aside
