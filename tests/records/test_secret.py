"""Secrets at rest: what a thief of the database, a swapped row and a lost key get."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.db import connection, transaction

from fourfold.actions.rotate_keys import rotate_keys
from fourfold.errors import ConfigurationError
from fourfold.records.models import DataKey, Organisation, Secret
from fourfold.records.secrets.data_keys import missing_keys
from fourfold.records.secrets.envelope import Unopened, lock, unlock
from fourfold.records.secrets.field import Hidden
from fourfold.records.secrets.master_key import MasterKey, read_keys, write_keys

pytestmark = pytest.mark.django_db
CANARY = "canary-3f9c-päss wörd"


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Path:
    settings.MASTER_KEY_FILE = tmp_path / "master_key"
    return tmp_path / "master_key"


def organisation(code: str = "a") -> Organisation:
    return Organisation.objects.create(code=code, name=code)


def stored(secret: Secret) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM records_secret WHERE name = %s", [secret.name])
        return str(cursor.fetchone()[0])


def test_a_secret_comes_back_and_is_not_in_the_database(keys: Path) -> None:
    kept = Secret.objects.create(organisation=organisation(), name="feed:erp", value=CANARY)
    assert kept.value.reveal() == CANARY
    assert Secret.objects.get().value.reveal() == CANARY
    assert "canary" not in stored(kept)
    assert keys.read_text().strip() not in stored(kept)


def test_a_secret_that_is_saved_again_is_still_the_same(keys: Path) -> None:
    Secret.objects.create(organisation=organisation(), name="x", value=CANARY)
    again = Secret.objects.get()
    before = stored(again)
    again.save()
    assert stored(again) == before
    again.value = "another"
    again.save()
    assert Secret.objects.get().value.reveal() == "another"


def test_the_same_text_is_locked_differently_each_time(keys: Path) -> None:
    place = organisation()
    one, two = (Secret.objects.create(organisation=place, name=n, value=CANARY) for n in "ab")
    assert stored(one) != stored(two)


def test_a_secret_moved_to_another_row_or_organisation_does_not_open(keys: Path) -> None:
    here, there = organisation("a"), organisation("b")
    one = Secret.objects.create(organisation=here, name="one", value=CANARY)
    two = Secret.objects.create(organisation=here, name="two", value="other")
    foreign = Secret.objects.create(organisation=there, name="three", value="foreign")
    for thief in (two, foreign):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE records_secret SET value = %s WHERE name = %s", [stored(one), thief.name])
        with pytest.raises((Unopened, DataKey.DoesNotExist)):
            _ = Secret.objects.get(name=thief.name).value
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_secret SET organisation_id = %s WHERE name = 'one'", [there.pk])
    with pytest.raises((Unopened, DataKey.DoesNotExist)):
        _ = Secret.objects.get(name="one").value


@pytest.mark.parametrize("place", range(8))
def test_a_changed_ciphertext_does_not_open(place: int) -> None:
    key = MasterKey.new().secret
    locked = lock(key, CANARY.encode(), "here")
    spot = place * (len(locked) - 3) // 8
    changed = locked[:spot] + ("A" if locked[spot] != "A" else "B") + locked[spot + 1 :]
    assert unlock(key, locked, "here").decode() == CANARY
    with pytest.raises(Unopened):
        unlock(key, changed, "here")
    with pytest.raises(Unopened):
        unlock(key, locked, "there")


def test_a_known_answer_of_another_library_opens() -> None:
    """AES-256-GCM test case 16 of McGrew and Viega, without its additional data bound to a place: case 14's key."""
    import base64

    nonce, ciphertext = bytes(12), bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    assert unlock(bytes(32), base64.urlsafe_b64encode(nonce + ciphertext).decode(), "") == bytes(16)


def test_a_lost_master_key_is_named_and_no_new_one_hides_the_loss(keys: Path) -> None:
    Secret.objects.create(organisation=organisation(), name="x", value=CANARY)
    (key,) = read_keys(keys)
    keys.unlink()
    with pytest.raises(ConfigurationError, match=key.id):
        _ = Secret.objects.get().value
    with pytest.raises(ConfigurationError, match=key.id), transaction.atomic():
        Secret.objects.create(organisation=organisation("b"), name="y", value="z")
    assert not keys.exists()
    assert missing_keys() == [key.id]


def test_a_hidden_text_shows_itself_nowhere(keys: Path) -> None:
    kept = Secret.objects.create(organisation=organisation(), name="x", value=CANARY)
    shown = f"{kept.value} {kept.value!r} {kept!r} {kept} {vars(kept)} {[kept.value]}"
    assert "canary" not in shown
    assert "canary" not in serializers.serialize("json", [kept])
    assert "canary" not in repr(Hidden(CANARY)) and Hidden(CANARY) == Hidden(CANARY)
    with pytest.raises(TypeError):
        pickle.dumps(Hidden(CANARY), protocol=0)


def test_a_secret_is_neither_searched_for_nor_written_around_its_row(keys: Path) -> None:
    Secret.objects.create(organisation=organisation(), name="x", value=CANARY)
    calls: list[Any] = [
        lambda: list(Secret.objects.filter(value=CANARY)),
        lambda: Secret.objects.update(value=CANARY),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="saving its row"):
            call()


def test_the_file_of_keys_is_its_owners_alone_and_one_that_others_read_is_refused(keys: Path) -> None:
    write_keys(keys, (MasterKey.new(), MasterKey.new()))
    assert keys.stat().st_mode & 0o077 == 0
    assert len(read_keys(keys)) == 2
    keys.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_keys(keys)


@pytest.mark.parametrize("text", ["short", "A" * 43 + "=", "!" * 44])
def test_a_line_that_is_no_key_is_refused(keys: Path, text: str) -> None:
    keys.write_text(text)
    keys.chmod(0o600)
    with pytest.raises(ConfigurationError, match="Line 1"):
        read_keys(keys)


def test_rotation_locks_everything_anew_and_a_dry_one_nothing(keys: Path) -> None:
    place = organisation()
    kept = [Secret.objects.create(organisation=place, name=name, value=CANARY) for name in "ab"]
    before, (old,) = [stored(row) for row in kept], read_keys(keys)
    assert rotate_keys(by=None, dry_run=True).summary == "2 secrets of 1 organisations can be locked anew"
    assert [stored(row) for row in kept] == before and read_keys(keys) == (old,)
    done = rotate_keys(by=None).value
    assert done is not None and (done.secrets, done.data_keys, done.earlier) == (2, 1, (old.id,))
    assert [row.value.reveal() for row in Secret.objects.all()] == [CANARY] * 2
    assert not set(before) & {stored(row) for row in kept}
    write_keys(keys, read_keys(keys)[:1])  # without the old key nothing is missing
    assert missing_keys() == [] and Secret.objects.first().value.reveal() == CANARY  # type: ignore[union-attr]


def test_rotation_without_a_key_that_is_needed_changes_nothing(keys: Path) -> None:
    kept = Secret.objects.create(organisation=organisation(), name="x", value=CANARY)
    before = stored(kept)
    write_keys(keys, (MasterKey.new(),))
    text = keys.read_text()
    with pytest.raises(ConfigurationError):
        rotate_keys(by=None)
    assert keys.read_text() == text and stored(kept) == before


def test_the_secret_key_of_sessions_may_change_at_any_time(keys: Path, settings: Any) -> None:
    Secret.objects.create(organisation=organisation(), name="x", value=CANARY)
    settings.SECRET_KEY = "another" * 10
    assert Secret.objects.get().value.reveal() == CANARY
