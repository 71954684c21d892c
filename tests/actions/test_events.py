"""Events in general: their place in the chain, where they come from, and what they may hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from fourfold.actions._events import note_event
from fourfold.actions.origin import Origin, coming_from
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.verify_chains import verify_chains
from fourfold.records.guard import lift_guard
from fourfold.records.models import Chain, Event, Organisation, Person, Unit

pytestmark = pytest.mark.django_db


def holds() -> bool:
    found = verify_chains(by=None).value
    return found is not None and not any(verdict.wrong for verdict in found.verdicts)


def test_an_event_says_who_from_where_and_why(organisation: Organisation, bob: Person) -> None:
    place = Origin("ui", "nobody", "192.0.2.0/24", "request-1")
    with coming_from(place):
        record_measurement(by=bob, kpi="sales", unit="north", period="2026-05", value="12.50", note="counted twice")
    event = Event.objects.latest("seq")
    assert (event.person, event.on_behalf_of, event.agent) == (bob, None, "")
    assert (event.via, event.address, event.request_id) == ("ui", "192.0.2.0/24", "request-1")
    assert (event.action, event.object) == ("measurement.record", "sales/north/M:2026-05")
    assert event.reason == "counted twice"
    assert event.unit == Unit.objects.get(code="north")
    assert (event.before, event.after) == (None, {"value": "12.50", "state": "number"})
    assert holds()


def test_what_nobody_set_comes_from_a_job_of_the_machine(organisation: Organisation) -> None:
    event = Event.objects.get(organisation=organisation)
    assert (event.via, event.agent, event.person) == ("job", "machine", None)


def test_what_is_rolled_back_leaves_no_gap(organisation: Organisation, alice: Person, now: datetime) -> None:
    class Stopped(Exception):
        pass

    for number in range(6):
        try:
            with transaction.atomic():
                note_event(organisation, alice, "a.b", str(number), at=now)
                if number % 2:
                    raise Stopped
        except Stopped:
            pass
    assert list(Event.objects.values_list("seq", "object"))[1:] == [(2, "0"), (3, "2"), (4, "4")]
    assert holds()


def test_each_organisation_has_a_chain_of_its_own_and_so_has_the_installation(
    organisation: Organisation, now: datetime
) -> None:
    other = Organisation.objects.create(code="mill", name="Mill")
    with transaction.atomic():
        for chain in (other, None, other, None):
            note_event(chain, None, "a.b", "c", at=now, agent="nobody")
    assert set(Chain.objects.values_list("organisation__code", "seq")) == {("bakery", 1), ("mill", 2), (None, 2)}
    assert holds()


@pytest.mark.parametrize("value", [{"a": 0.5}, [object()], 2**60])
def test_what_has_no_single_text_is_refused_with_all_that_it_belongs_to(
    organisation: Organisation, now: datetime, value: Any
) -> None:
    with pytest.raises((TypeError, ValueError)), transaction.atomic():
        note_event(organisation, None, "a.b", "c", at=now, after=value)
    assert Event.objects.count() == 1


def test_words_that_are_too_long_are_cut_and_strange_characters_kept(organisation: Organisation, now: datetime) -> None:
    strange = "\"\\\n\t😀é\u202e"
    with transaction.atomic():
        after = {"text": "\u0000" + strange}
        note_event(organisation, None, "a.b", "x" * 400, at=now, reason="\u0000" + strange * 400, after=after)
    event = Event.objects.latest("seq")
    assert (len(event.object), len(event.reason)) == (300, 1000)
    assert event.after == {"text": "\u0000" + strange}
    assert holds()


def test_events_from_before_there_was_a_chain_are_chained(
    organisation: Organisation, alice: Person, now: datetime
) -> None:
    from importlib import import_module

    migration = import_module("fourfold.records.migrations.0007_chain_events")
    lift_guard(connection)
    rows = [
        Event(organisation=organisation, seq=seq, at=now, person=alice if seq % 2 else None, action="old", object="o",
              before={"b": "1", "a": ["é", 2]}, after=None)
        for seq in range(2, 1203)
    ]  # fmt: skip
    Event.objects.bulk_create(rows)
    Event.objects.update(hash="", agent="", via="")
    connection.cursor().execute("UPDATE records_event SET before = '{\"b\": 0.25, \"a\":1}' WHERE seq = 7")
    Chain.objects.all().delete()
    migration.chain_events(apps, connection)
    assert holds()
    assert Event.objects.get(seq=7).before == {"a": 1, "b": "0.25"}
    assert Chain.objects.get(organisation=organisation).seq == 1202
