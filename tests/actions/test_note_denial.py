from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fourfold.actions.note_denial import ALL, EACH, note_counted_denials, note_denial
from fourfold.actions.origin import Origin, coming_from
from fourfold.actions.verify_chains import verify_chains
from fourfold.records.models import Event, Organisation, Person

pytestmark = pytest.mark.django_db


def denials() -> list[tuple[str, str, object]]:
    return list(Event.objects.exclude(action="folder.load").order_by("pk").values_list("action", "object", "after"))


def test_a_denial_stands_in_the_chain_of_who_asked(bob: Person, organisation: Organisation, now: datetime) -> None:
    note_denial(by=bob, action="access.deny", thing="GET /s/south/", at=now)
    event = Event.objects.get(action="access.deny")
    assert (event.organisation, event.person, event.object) == (organisation, bob, "GET /s/south/")


def test_who_belongs_nowhere_stands_in_the_chain_of_the_installation(charlie: Person, now: datetime) -> None:
    note_denial(by=charlie, action="access.deny", thing="GET /s/south/", at=now)
    event = Event.objects.get(action="access.deny")
    assert (event.organisation, event.person) == (None, charlie)


def test_a_flood_is_a_few_events_and_one_number_that_adds_up(bob: Person, now: datetime) -> None:
    for second in range(50):
        note_denial(by=bob, action="access.deny", thing=f"GET /{second}/", at=now + timedelta(seconds=second))
    assert len(denials()) == EACH
    assert note_counted_denials(at=now + timedelta(seconds=59)).value == 0
    assert note_counted_denials(at=now + timedelta(seconds=61)).value == 1
    action, thing, after = denials()[-1]
    assert (action, thing) == ("access.deny.more", "GET /49/")
    assert after == {
        "count": 50 - EACH, "since": "2026-07-10T09:00:00.000000Z", "until": "2026-07-10T09:00:49.000000Z"
    }  # fmt: skip
    note_denial(by=bob, action="access.deny", thing="GET /again/", at=now + timedelta(seconds=70))
    assert denials()[-1][1] == "GET /again/"


def test_many_networks_together_fill_the_log_no_more_than_one(organisation: Organisation, now: datetime) -> None:
    tries = 3000
    for number in range(tries):
        with coming_from(Origin("ui", "nobody", f"10.{number // 250}.{number % 250}.0/24")):
            note_denial(by=None, action="session.fail", thing="an account that does not exist", at=now)
    note_counted_denials(at=now + timedelta(minutes=1))
    told = denials()
    single = [each for each in told if each[0] == "session.fail"]
    counts = [after["count"] for action, _, after in told if action == "session.fail.more"]  # type: ignore[index]
    assert len(single) == ALL
    assert len(single) + sum(counts) == tries
    found = verify_chains(by=None).value
    assert found and found.ok
