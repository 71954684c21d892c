"""Somebody who owns the database plays with the events: what the chain shows, and what only an anchor does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from fourfold.actions._events import note_event
from fourfold.actions.anchor_chains import anchor_chains
from fourfold.actions.verify_chains import Verdict, Verification, verify_chains
from fourfold.errors import NotFound
from fourfold.records.chain import link
from fourfold.records.chain_anchor import anchors_in, public_key, read_or_make_key, signed
from fourfold.records.event_text import text_of_event
from fourfold.records.guard import is_guarded, lift_guard, set_guard
from fourfold.records.models import Chain, Event, Organisation, Person

pytestmark = pytest.mark.django_db
COUNT = 9


@pytest.fixture
def chain(organisation: Organisation, alice: Person, now: datetime) -> Organisation:
    """Nine events; the first is that of loading."""
    with transaction.atomic():
        for number in range(2, COUNT + 1):
            note_event(organisation, alice, "note.write", f"note {number}", at=now, after={"text": f"é{number}"})
    return organisation


@pytest.fixture
def open_table(chain: Organisation) -> None:
    """The guard is gone."""
    lift_guard(connection)


@pytest.fixture
def anchored(chain: Organisation, tmp_path: Path, settings: object, now: datetime) -> Path:
    settings.AUDIT_KEY_FILE = tmp_path / "key"  # type: ignore[attr-defined]
    folder = tmp_path / "anchors"
    assert anchor_chains(by=None, folder=folder, at=now).ok
    return folder


def key_of(folder: Path) -> str:
    return public_key(read_or_make_key(folder.parent / "key"))


def verified(folder: Path | None = None) -> tuple[Verification, Verdict]:
    found = verify_chains(by=None, anchors=folder, keys=[key_of(folder)] if folder else ()).value
    assert found is not None
    return found, next(verdict for verdict in found.verdicts if verdict.chain != "installation")


def event(seq: int) -> Event:
    return Event.objects.get(organisation__code="bakery", seq=seq)


def change(place: int, **values: object) -> None:
    Event.objects.filter(organisation__code="bakery", seq=place).update(**values)


def remove(*numbers: int) -> None:
    Event.objects.filter(organisation__code="bakery", seq__in=numbers).delete()


def test_untouched_it_holds_and_says_so(chain: Organisation, now: datetime) -> None:
    found = verify_chains(by=None, at=now).value
    assert found and found.ok
    head = Chain.objects.get(organisation=chain)
    assert (head.seq, head.verified_seq, head.verified_at, head.wrong) == (COUNT, COUNT, now, "")
    assert event(COUNT).hash == head.hash


@pytest.mark.parametrize("statement", ["UPDATE records_event SET reason = 'x'", "DELETE FROM records_event"])
def test_the_database_refuses_to_change_or_remove_an_event(chain: Organisation, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        connection.cursor().execute(statement)
    assert verified()[0].ok


def test_the_guard_is_there_after_all_migrations_and_missed_where_it_is_not(chain: Organisation) -> None:
    assert is_guarded(connection)
    lift_guard(connection)
    found, verdict = verified()
    assert (found.ok, found.guarded, verdict.wrong) == (False, False, "")
    set_guard(connection)
    assert verified()[0].ok


@pytest.mark.parametrize(
    "values",
    [{"reason": "another"}, {"object": "note 50"}, {"after": {"text": "é51"}}, {"before": {"text": ""}},
     {"at": F("at") + timedelta(microseconds=1)}, {"via": "ui"}, {"agent": "machine", "person": None},
     {"address": "192.0.2.0/24"}, {"request_id": "r"}, {"action": "note.read"}, {"unit": 1}, {"hash": "0" * 64}],
)  # fmt: skip
def test_an_event_that_was_changed_is_named(open_table: None, values: dict[str, object]) -> None:
    change(5, **values)
    _, verdict = verified()
    assert verdict.wrong.startswith("event 5 is not what was written")
    assert verdict.seq == 4
    assert Chain.objects.get(organisation__code="bakery").wrong == verdict.wrong


def test_an_event_given_to_another_person_is_named(open_table: None, bob: Person) -> None:
    change(5, person=bob)
    assert verified()[1].seq == 4
    change(5, person=event(4).person, on_behalf_of=bob)
    assert verified()[1].seq == 4


@pytest.mark.parametrize(("gone", "holds"), [(1, 0), (5, 4)])
def test_an_event_that_is_gone_is_named(open_table: None, gone: int, holds: int) -> None:
    remove(gone)
    _, verdict = verified()
    assert verdict.wrong == f"event {gone} is missing"
    assert verdict.seq == holds


def test_closing_the_gap_behind_an_event_that_is_gone_shows_too(open_table: None) -> None:
    remove(5)
    for seq in range(6, COUNT + 1):
        change(seq, seq=seq - 1)
    assert verified()[1].wrong.startswith("event 5 is not what was written")


def test_the_newest_event_gone_shows_by_the_head(open_table: None) -> None:
    remove(COUNT)
    assert verified()[1].wrong == "the chain ends with event 8, and 1 event after it were written"


def test_two_events_that_changed_places_show(open_table: None) -> None:
    change(5, seq=100)
    change(6, seq=5)
    change(100, seq=6)
    assert verified()[1].wrong.startswith("event 5 is not what was written")


def test_an_event_that_was_put_between_shows(open_table: None, now: datetime) -> None:
    for seq in range(COUNT, 4, -1):
        change(seq, seq=seq + 1)
    organisation = event(1).organisation
    forged = Event(organisation=organisation, seq=5, at=now, agent="machine", action="a", object="b")
    forged.hash = link(bytes.fromhex(event(4).hash), text_of_event(forged)).hex()
    forged.save()
    _, verdict = verified()
    assert verdict.wrong.startswith("event 6 is not what was written")
    assert verdict.seq == 5


def forge_the_whole_chain(organisation: Organisation, *, upto: int) -> None:
    """Change an event and give all after it the hashes they would have had, as an owner of everything can."""
    head = bytes(32)
    for row in Event.objects.filter(organisation=organisation, seq__lte=upto).order_by("seq"):
        if row.seq == 3:
            row.after = {"text": "never happened"}
        head = link(head, text_of_event(row))
        Event.objects.filter(pk=row.pk).update(hash=head.hex(), after=row.after)
    remove(*range(upto + 1, COUNT + 1))
    Chain.objects.filter(organisation=organisation).update(seq=upto, hash=head.hex())


def test_a_tail_cut_off_with_its_head_shows_by_an_anchor_alone(
    chain: Organisation, anchored: Path, open_table: None
) -> None:
    remove(8, 9)
    Chain.objects.filter(organisation=chain).update(seq=7, hash=event(7).hash)
    assert verified()[1].wrong == ""
    _, verdict = verified(anchored)
    assert "ends with event 7, and 2 events after it were anchored on 2026-07-10" in verdict.wrong


def test_a_chain_written_anew_shows_by_an_anchor_alone(chain: Organisation, anchored: Path, open_table: None) -> None:
    forge_the_whole_chain(chain, upto=COUNT)
    assert verified()[1].wrong == ""
    assert "event 9 is not the one that was anchored" in verified(anchored)[1].wrong


def test_a_chain_that_grew_since_holds_against_its_anchors(
    chain: Organisation, anchored: Path, alice: Person, now: datetime
) -> None:
    with transaction.atomic():
        note_event(chain, alice, "a.b", "c", at=now)
    assert anchor_chains(by=None, folder=anchored, at=now + timedelta(days=1)).ok
    found, verdict = verified(anchored)
    assert found.ok
    assert (verdict.anchors, verdict.seq) == (2, 10)
    assert verdict.anchor and verdict.anchor.anchored_at.startswith("2026-07-11")


def forge_another(line: str) -> str:
    return line.replace('"seq":9', '"seq":5')


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [(forge_another, "is not signed by a key that is trusted"), (lambda line: line[:-5], "is not an anchor"),
     (lambda line: "[]", "is not an anchor")],
)  # fmt: skip
def test_an_anchor_that_somebody_touched_is_said(anchored: Path, spoil: Callable[[str], str], sentence: str) -> None:
    (file,) = anchored.iterdir()
    file.write_text(spoil(file.read_text().strip()) + "\n")
    found, _ = verified(anchored)
    assert not found.ok
    assert sentence in found.strange[0] and file.name in found.strange[0]


def test_an_anchor_of_another_key_counts_for_nothing(anchored: Path) -> None:
    found = verify_chains(by=None, anchors=anchored, keys=["00" * 32]).value
    assert found and not found.ok
    assert verify_chains(by=None, anchors=anchored, keys=[key_of(anchored)]).ok


def test_a_chain_that_is_gone_with_its_organisation_is_missed(anchored: Path) -> None:
    (file,) = anchored.iterdir()
    (_, anchor), *_ = anchors_in(file)
    assert anchor is not None
    key = read_or_make_key(anchored.parent / "key")
    lost = signed("o999", 4, anchor.hash, datetime(2026, 7, 9, tzinfo=UTC), key)
    with file.open("a") as out:
        out.write(lost.line + "\n")
    assert verified(anchored)[0].strange == ("the chain o999, which was anchored, is gone",)


def test_the_key_is_for_its_owner_alone_and_stays_the_same(anchored: Path) -> None:
    key = anchored.parent / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key_of(anchored) == key_of(anchored)
    assert key.read_text().strip() not in "".join(file.read_text() for file in anchored.iterdir())


def test_people_neither_anchor_nor_verify_the_machine(alice: Person) -> None:
    with pytest.raises(NotFound):
        anchor_chains(by=alice)
    with pytest.raises(NotFound):
        verify_chains(by=alice)
