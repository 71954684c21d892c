from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.actions.make_token import make_token
from fourfold.actions.remove_request_keys import remove_request_keys
from fourfold.records.limits import ADDRESS, TOKEN, seconds_to_wait
from fourfold.records.models import Deputy, Event, Measurement, Organisation, Person, RequestKey, Result, Token
from tests.asking import has_asked

from .conftest import Program, program

pytestmark = pytest.mark.django_db
HERE = "/organisations/bakery"
SALES = f"{HERE}/kpis/sales/measurements"
FIGURE: dict[str, Any] = {"unit": "north", "period": "2026-04", "value": "1201.50", "note": "counted twice"}


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = json.loads(response.content)
    assert found["status"] == status and found["title"] and found["request_id"] == response["X-Request-ID"]
    return found


def written() -> tuple[int, int]:
    return Measurement.objects.count(), Event.objects.filter(action="measurement.record").count()


def test_a_program_learns_whose_token_it_has(bob: Program) -> None:
    found = bob.get("/me")
    assert (found["name"], found["organisations"]) == ("Bob Baker", [{"code": "bakery", "name": "Harbour Bakery"}])


def test_bob_sees_his_unit_alone_and_alice_all(alice: Program, bob: Program) -> None:
    assert [u["code"] for u in alice.get(f"{HERE}/units")["items"]] == ["bakery", "north", "south"]
    assert bob.get(f"{HERE}/units")["items"] == [{"code": "north", "name": "North Quay", "parent": None}]
    assert {m["unit"] for m in bob.get(SALES)["items"]} == {"north"}
    assert bob.ask("GET", f"{SALES}?unit=south").status_code == 404
    assert bob.ask("GET", f"{HERE}/units/south/results").status_code == 404


def test_figures_keep_their_digits_and_scores_their_states(alice: Program) -> None:
    (april,) = [m for m in alice.get(f"{SALES}?unit=north")["items"] if m["period"] == "M:2026-04"]
    assert (april["value"], april["state"]) == ("1200", "number")
    found = alice.get(f"{HERE}/units/south/results?period=2026-03")
    rows = {row["node"]: row for row in found["items"]}
    assert (rows["kpi:sales"]["value"], rows["kpi:sales"]["status"]) == (None, "Overdue")
    assert alice.get(f"{HERE}/kpis/sales")["definition"]["owner"] == "bob"


@pytest.mark.parametrize(("period", "view"), [("2026-04", "month"), ("2026-03", "quarter"), ("2026-04", "ytd")])
def test_results_as_of_a_moment_are_those_that_were_stored_then(bob: Program, period: str, view: str) -> None:
    address = f"{HERE}/units/north/results?period={period}&view={view}"
    before = by_node(bob.get(address))
    assert by_node(bob.get(f"{address}&as_of=2026-05-20T12:00:00Z")) == before and "kpi:sales" in before
    bob.ask("POST", SALES, FIGURE | {"period": "2026-03"})
    bob.ask("POST", SALES, FIGURE)
    assert by_node(bob.get(address)) != before
    found = bob.get(f"{address}&as_of=2026-05-20T12:00:00Z")
    assert by_node(found) == before and found["as_of"] == "2026-05-20T12:00:00+00:00"


def test_nobody_sees_more_of_the_past_than_of_now(alice: Program, bob: Program) -> None:
    address = f"{HERE}/units/north/results?period=2026-04&as_of=2026-05-20"
    assert by_node(alice.get(address)) and bob.ask("GET", address.replace("north", "south")).status_code == 404
    hidden = Result.objects.filter(unit__code="north", node="kpi:costs")
    assert "kpi:costs" in by_node(alice.get(address)) and hidden.delete()[0]
    assert "kpi:costs" not in by_node(alice.get(address)), "what is not shown of now is not shown of then"


def by_node(found: dict[str, Any]) -> dict[str, Any]:
    """Results by node, numbers to nine digits as sums may run in another order."""
    return {
        row["node"]: {k: round(v, 9) if isinstance(v, float) else v for k, v in row.items()} for row in found["items"]
    }


def test_pages_of_a_list_are_the_list(alice: Program) -> None:
    whole = [m["version"] + m["unit"] + m["period"] for m in alice.get(SALES)["items"]]
    found, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"{SALES}?limit=2&cursor={cursor}")
        found += [m["version"] + m["unit"] + m["period"] for m in page["items"]]
        cursor = page["next"]
    assert found == whole and len(whole) == 7


def test_an_answer_that_is_known_is_not_sent_again_and_is_nobody_elses(alice: Program, bob: Program) -> None:
    response = alice.ask("GET", f"{HERE}/units")
    again = alice.ask("GET", f"{HERE}/units", if_none_match=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert bob.ask("GET", f"{HERE}/units", if_none_match=response["ETag"]).status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_a_figure_is_recorded_by_the_person_through_the_api(bob: Program) -> None:
    response = bob.ask("POST", SALES, FIGURE)
    assert response.status_code == 201, response.content
    event = Event.objects.get(action="measurement.record")
    assert (event.via, event.address, event.person) == ("api", "192.0.2.0/24", Person.objects.get(name="Bob Baker"))
    assert bob.ask("POST", SALES, FIGURE).status_code == 200
    assert written()[1] == 1
    found = bob.get(f"{HERE}/units/north/results?period=2026-04")
    assert {row["node"]: row for row in found["items"]}["kpi:sales"]["value"] == 1201.5


def test_the_same_key_records_once_and_gets_the_first_answer(bob: Program) -> None:
    first = bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    bob.ask("POST", SALES, FIGURE | {"value": "7"})
    count = written()
    again = bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    assert (again.status_code, again.content, again["Idempotent-Replay"]) == (201, first.content, "true")
    assert "Idempotent-Replay" not in first
    assert written() == count


def test_a_key_with_another_request_is_refused(bob: Program) -> None:
    bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    assert problem(bob.ask("POST", SALES, FIGURE | {"value": "1"}, idempotency_key="k1"), 422)["kind"] == "refused"
    assert bob.ask("POST", SALES, FIGURE, idempotency_key="k1", if_match='"none"').status_code == 422


def test_a_key_is_of_one_person_alone(alice: Program, bob: Program) -> None:
    bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    assert alice.ask("POST", SALES, FIGURE | {"value": "8"}, idempotency_key="k1").status_code == 201


def test_while_a_request_runs_the_same_waits_and_after_a_minute_takes_over(bob: Program) -> None:
    bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    RequestKey.objects.update(status=None, begun_at=datetime.now(UTC))
    response = bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    assert problem(response, 409)["detail"].startswith("The same request")
    assert response["Retry-After"]
    RequestKey.objects.update(begun_at=datetime.now(UTC) - timedelta(seconds=61))
    assert bob.ask("POST", SALES, FIGURE, idempotency_key="k1").status_code == 200


def test_a_key_is_free_again_after_a_week_whether_or_not_it_was_removed(bob: Program) -> None:
    bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    bob.ask("POST", SALES, FIGURE | {"value": "1"}, idempotency_key="k2")
    RequestKey.objects.update(begun_at=datetime.now(UTC) - timedelta(days=7, seconds=1))
    answer = bob.ask("POST", SALES, FIGURE | {"value": "2"}, idempotency_key="k1")
    assert answer.status_code == 201 and "Idempotent-Replay" not in answer
    assert remove_request_keys().value == 1
    assert RequestKey.objects.get().key == "k1"


def test_what_was_refused_keeps_no_key(bob: Program) -> None:
    found = problem(bob.ask("POST", SALES, FIGURE | {"value": "-1"}, idempotency_key="k1"), 422)
    assert found["errors"][0]["code"] and found["errors"][0]["fix"]
    assert not RequestKey.objects.exists() and written()[1] == 0
    assert bob.ask("POST", SALES, FIGURE, idempotency_key="k1").status_code == 201


def test_nothing_is_written_over_what_the_program_does_not_know(bob: Program) -> None:
    (april,) = [m for m in bob.get(SALES)["items"] if m["period"] == "M:2026-04"]
    mine = f'"{april["version"]}"'
    response = bob.ask("POST", SALES, FIGURE, if_match=mine)
    assert response.status_code == 201
    late = problem(bob.ask("POST", SALES, FIGURE | {"value": "3"}, if_match=mine), 412)
    assert "1201.50" in late["detail"] and json.loads(response.content)["version"] in late["detail"]
    assert bob.ask("POST", SALES, FIGURE | {"value": "3"}, if_match='"none"').status_code == 412
    assert bob.ask("POST", SALES, FIGURE | {"value": "3"}, if_match=response["ETag"]).status_code == 201
    assert problem(bob.ask("POST", SALES, FIGURE, if_match="abc"), 400)


@pytest.mark.parametrize(
    ("path", "body"),
    [(f"{HERE}/units?color=red", None), (f"{HERE}/units?limit=0", None), (f"{HERE}/units?cursor=x", None),
     (f"{HERE}/events?since=yesterday", None), (f"{HERE}/units/north/results?period=nonsense", None),
     (f"{HERE}/units/north/results?as_of=yesterday", None), (f"{HERE}/units/north/results?as_of=2099-01-01", None),
     (f"{HERE}/units/north/results?as_of=9999-12-31T23:59-14:00", None),
     (f"{HERE}/units/north/results?as_of=0001-01-01T00:00:00%2B14:00", None),
     (SALES, FIGURE | {"extra": 1}), (SALES, {"unit": "north"}), (SALES, FIGURE | {"value": 1.5}), (SALES, [1]),
     (SALES, FIGURE | {"note": "\0"})],
)  # fmt: skip
def test_what_the_description_does_not_know_is_400(bob: Program, path: str, body: Any) -> None:
    problem(bob.ask("GET" if body is None else "POST", path, body), 400)


def test_charlie_gets_404_everywhere_as_for_what_is_not_there(charlie: Program) -> None:
    for path in ("/units", "/kpis", "/kpis/sales", "/kpis/sales/measurements", "/units/north/results", "/events"):
        mine = problem(charlie.ask("GET", HERE + path), 404)
        nobodys = problem(charlie.ask("GET", "/organisations/nobody" + path), 404)
        assert {**mine, "request_id": ""} == {**nobodys, "request_id": ""}
    assert charlie.ask("POST", SALES, FIGURE).status_code == 404
    assert Event.objects.filter(action="access.deny", organisation__code="mill").exists()
    assert "bakery" not in json.dumps(charlie.get("/organisations/mill/kpis")).lower()


def test_a_token_never_does_more_than_its_scopes(bakery: Organisation) -> None:
    reads, records, audits = (program("alice", scope) for scope in (Scope.READ, Scope.RECORD, Scope.AUDIT))
    assert problem(reads.ask("POST", SALES, FIGURE), 403)
    assert records.ask("POST", SALES, FIGURE).status_code == 201
    assert reads.ask("GET", f"{HERE}/events").status_code == records.ask("GET", f"{HERE}/events").status_code == 404
    assert audits.get(f"{HERE}/events")["items"]
    assert audits.get(f"{HERE}/units")["items"] == audits.get(f"{HERE}/kpis")["items"] == []


def test_a_token_never_does_more_than_its_person(bob: Program) -> None:
    assert bob.ask("POST", SALES, FIGURE | {"unit": "south"}).status_code == 404
    assert {e["person"] for e in bob.get(f"{HERE}/events")["items"]} <= {"Bob Baker"}
    Person.objects.get(name="Bob Baker").grant_rows.all().delete()
    assert bob.ask("GET", f"{HERE}/units").status_code == 404


def test_a_token_that_only_reads_does_not_stand_in_for_a_colleague_either(bakery: Organisation) -> None:
    alice, bob = (Person.objects.get(name=name) for name in ("Alice Archer", "Bob Baker"))
    alice.grant_rows.exclude(role="scorecard_admin").delete()
    today = datetime.now(UTC).date()
    Deputy.objects.create(organisation=bakery, person=bob, deputy=alice, since=today, until=today + timedelta(days=9))
    assert program("alice", Scope.READ).ask("POST", SALES, FIGURE).status_code == 403
    assert program("alice", Scope.RECORD).ask("POST", SALES, FIGURE).status_code == 201
    assert Event.objects.get(action="measurement.record").on_behalf_of == bob


def test_a_service_key_reaches_its_units_and_no_further(bakery: Organisation) -> None:
    made = make_token(
        by=None, name="Tills", scopes={Scope.READ, Scope.RECORD}, service_of="bakery", unit="north"
    ).value
    assert made
    tills = Program(made.text)
    assert [u["code"] for u in tills.get(f"{HERE}/units")["items"]] == ["north"]
    assert tills.ask("POST", SALES, FIGURE).status_code == 201
    assert tills.ask("POST", SALES, FIGURE | {"unit": "south"}).status_code == 404
    assert tills.ask("GET", f"{HERE}/events").status_code == 404
    assert Event.objects.get(action="measurement.record").person == made.row.person


@pytest.mark.parametrize("end", ["expired", "revoked", "switched off", "another"])
def test_a_token_that_does_not_hold_lets_nobody_in(bob: Program, end: str) -> None:
    rows = Token.objects.filter(person__name="Bob Baker")
    if end == "expired":
        rows.update(expires_at=datetime.now(UTC))
    elif end == "revoked":
        rows.update(revoked_at=datetime.now(UTC))
    elif end == "switched off":
        Person.objects.filter(name="Bob Baker").update(is_active=False)
    asked = Program(bob.token[:-1] + "?") if end == "another" else bob
    response = asked.ask("GET", "/me")
    assert problem(response, 401)["kind"] == "unknown"
    assert response["WWW-Authenticate"] == "Bearer"
    event = Event.objects.get(action="token.refuse")
    assert event.object == bob.token[:17] and bob.token not in repr(vars(event))


def test_nobody_comes_in_without_a_token_or_with_a_session(bakery: Organisation) -> None:
    client = Client()
    client.force_login(Person.objects.get(name="Alice Archer"))
    for path in ("/me", f"{HERE}/units", SALES):
        assert client.get(f"/api/v1{path}").status_code == 401
    assert client.post(f"/api/v1{SALES}", FIGURE, content_type="application/json").status_code == 401


def test_the_newest_use_is_known_and_the_token_itself_is_nowhere(bob: Program) -> None:
    bob.get("/me")
    row = Token.objects.get(person__name="Bob Baker")
    assert row.used_at and row.used_from == "192.0.2.0/24"
    assert bob.token not in repr(vars(row))


def test_who_asks_too_often_waits_and_others_do_not(alice: Program, bob: Program) -> None:
    token = Token.objects.get(person__name="Alice Archer")
    has_asked("token", token.pk, TOKEN, waits=20)
    response = alice.ask("GET", "/me")
    assert problem(response, 429)["hint"].startswith("Wait ")
    assert int(response["Retry-After"]) >= 1
    assert Program(bob.token, "198.51.100.1").ask("GET", "/me").status_code == 200


def test_two_hundred_requests_a_second_are_stopped_within_the_first() -> None:
    waits = [seconds_to_wait("token", "t", TOKEN, now=n / 200) for n in range(200)]
    first = next(n for n, wait in enumerate(waits) if wait)
    assert TOKEN.burst <= first < 200
    assert seconds_to_wait("token", "another", TOKEN, now=1) == 0
    assert sum(wait == 0 for wait in waits) <= TOKEN.burst + TOKEN.per_second
    assert seconds_to_wait("token", "t", TOKEN, now=60) == 0
    assert ADDRESS.burst > TOKEN.burst


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("database or disk is full", 507, "Nothing was written"),
        ("attempt to write a readonly database", 503, "Nothing was written"),
        ("database is locked", 503, "Nothing was written"),
        ("terminating connection due to unexpected postmaster exit", 503, "same Idempotency-Key"),
    ],
)
def test_what_the_database_cannot_do_is_no_mistake_of_ours_and_may_be_sent_again(
    bob: Program, text: str, status: int, said: str
) -> None:
    def broken(execute: Any, sql: str, *rest: Any) -> Any:
        if "records_measurement" in sql:
            raise OperationalError(text)
        return execute(sql, *rest)

    with connection.execute_wrapper(broken):
        response = bob.ask("POST", SALES, FIGURE, idempotency_key="k1")
    told = problem(response, status)
    assert said in told["detail"] and text not in str(told) and response["Retry-After"]
    assert bob.ask("POST", SALES, FIGURE, idempotency_key="k1").status_code == 201


def test_a_program_closes_a_period_which_then_takes_no_figures(alice: Program, bob: Program) -> None:
    here = f"{HERE}/units/bakery/periods"
    assert problem(bob.ask("POST", f"{HERE}/units/north/periods/2026-04/state", {"state": "closed"}), 403)
    assert problem(bob.ask("POST", f"{here}/2026-04/state", {"state": "submitted"}), 404)
    told = problem(alice.ask("POST", f"{here}/2026-03/state", {"state": "closed"}), 422)
    assert told["errors"][0]["code"] == "PERIOD-INCOMPLETE"
    april = next(p for p in alice.get(f"{here}?period=2026-04")["items"] if p["period"] == "M:2026-04")
    assert (april["state"], april["next"]) == ("collecting", ["submitted", "closed"])
    assert alice.ask("GET", f"{here}/2026-04/snapshot").status_code == 404
    closing = {"state": "closed", "reason": "The walls are wet.", "seen": april["seen"]}
    before = alice.get(f"{HERE}/units/north/results?period=2026-04")["items"]
    assert alice.ask("POST", f"{here}/2026-04/state", closing).status_code == 200
    assert problem(bob.ask("POST", SALES, FIGURE), 423)["hint"]
    kept = bob.get(f"{HERE}/units/north/periods/2026-04/snapshot")
    assert kept["is_whole"] and kept["closed_by"] == "Alice Archer"
    assert {r["node"]: r["value"] for r in kept["views"]["month"]} == {r["node"]: r["value"] for r in before}
    assert problem(alice.ask("POST", f"{here}/2026-04/state", {"state": "reopened", "reason": "x", "seen": 0}), 409)


def test_a_program_asks_for_a_restatement_and_another_decides(alice: Program, bob: Program) -> None:
    closing = {"state": "closed", "reason": "Over."}
    assert alice.ask("POST", f"{HERE}/units/north/periods/2026-04/state", closing).status_code == 200
    figure = {"unit": "north", "period": "2026-04", "value": "400", "code": "error", "reason": "Counted twice."}
    asked = bob.ask("POST", f"{HERE}/kpis/sales/restatements", figure)
    told = json.loads(asked.content)
    assert asked.status_code == 201 and {e["unit"] for e in told["effect"]} == {"north"}, "no more than he sees"
    verdict = f"{HERE}/restatements/{told['id']}/verdict"
    assert problem(bob.ask("POST", verdict, {"verdict": "approved"}), 403)
    (waits,) = alice.get(f"{HERE}/units/bakery/approvals")["restatements"]
    assert {e["unit"] for e in waits["effect"]} == {"bakery", "north"}
    assert alice.ask("POST", verdict, {"verdict": "approved"}).status_code == 200
    assert problem(alice.ask("POST", verdict, {"verdict": "declined", "note": "x"}), 409)
    (april,) = [m for m in bob.get(f"{SALES}?unit=north")["items"] if m["period"] == "M:2026-04"]
    assert april["value"] == "400"
    wrong = {"unit": "north", "period": "2026-04", "version": april["version"], "verdict": "approved"}
    assert problem(bob.ask("POST", f"{HERE}/kpis/sales/approvals", wrong), 403)
