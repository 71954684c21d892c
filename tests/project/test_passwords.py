"""Passwords: long ones are welcome, letters are nobody's business, and what anybody would guess is refused."""

from __future__ import annotations

import gzip
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from fourfold.errors import ConfigurationError
from fourfold.project.passwords import BreachedPasswords
from fourfold.records.models import Membership, Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> Person:
    person: Person = Person.objects.create_person(name="Bob Bakersfield", email="bob@bakery.example", password="x" * 20)
    place = Organisation.objects.create(code="harbour", name="Harbour Lights Limited")
    Membership.objects.create(organisation=place, person=person, code="bob")
    return person


@pytest.mark.parametrize(
    "fine",
    ["qzvkwmxtjp", "correct horse battery", "ααααβγδεζη", "        ten spaces", "w" * 64 + "x" * 64, "пароль у моря",
     "🥖🥐🥯🥖🥨🫓🥞🧇🥖🍞"],
    ids=["ten letters", "words", "Greek", "blanks", "128", "Cyrillic", "bread"],
)  # fmt: skip
def test_any_ten_to_128_characters_will_do(bob: Person, fine: str) -> None:
    validate_password(fine, bob)


@pytest.mark.parametrize(
    ("weak", "said"),
    [
        ("nine char", "too short"),
        ("y" * 129, "at most 128"),
        ("qwertyuiop", "too common"),
        ("1234567890", "too common"),
        ("Fourfold2026!", "“fourfold”"),
        ("harbour-1234", "“harbour”"),
        ("LimitedLights9", "“limited”, “lights”"),
        ("scorecard12345"[:14], "“scorecard”"),
        ("bakersfield", "similar"),
    ],
)
def test_what_is_easy_to_guess_is_refused_with_a_reason(bob: Person, weak: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(weak, bob)
    assert said in " ".join(refused.value.messages)


def test_a_word_of_the_house_inside_a_long_phrase_is_fine(bob: Person) -> None:
    validate_password("the harbour freezes in june", bob)


def test_the_3000_most_common_passwords_that_are_long_enough_are_refused() -> None:
    from django.contrib.auth.password_validation import CommonPasswordValidator

    common = CommonPasswordValidator().passwords
    assert len(common) >= 3000
    for password in (p for p in sorted(common) if len(p) >= 10):
        with pytest.raises(ValidationError):
            validate_password(password)


@pytest.fixture
def own_hashers(settings: Any) -> None:
    """The product's own, which other tests have no time for."""
    settings.PASSWORD_HASHERS = import_module("fourfold.project.settings").PASSWORD_HASHERS


def test_hashes_are_argon2id_with_three_passes_over_64_mib(own_hashers: None) -> None:
    encoded = make_password("flour water salt")
    assert identify_hasher(encoded).decode(encoded)["variety"] == "argon2id"
    assert "m=65536,t=3,p=4" in encoded


def test_a_hash_with_other_parameters_is_renewed_at_the_next_sign_in(bob: Person, own_hashers: None) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    bob.password = Argon2PasswordHasher().encode("flour water salt", "saltsaltsalt")
    bob.save()
    assert bob.check_password("flour water salt")
    assert "t=3" in Person.objects.get(pk=bob.pk).password


def test_a_password_is_taken_as_it_was_typed(bob: Person) -> None:
    bob.set_password("  blanks Around  ")
    bob.save()

    def status(password: str) -> int:
        return Client().post("/accounts/login/", {"login": bob.email, "password": password}).status_code

    assert [status(p) for p in ("blanks Around", "  blanks around  ", "  blanks Around  ")] == [200, 200, 302]


def test_fields_for_passwords_may_be_pasted_into_and_filled_by_a_manager(bob: Person) -> None:
    client = Client()
    client.force_login(bob)
    page = client.get("/password/").content.decode()
    assert 'autocomplete="current-password"' in page and 'autocomplete="new-password"' in page
    assert "onpaste" not in page and 'maxlength="128"' in page


@pytest.mark.parametrize("packed", [False, True])
def test_a_breached_password_is_refused_packed_or_not(settings: Any, tmp_path: Path, packed: bool) -> None:
    known = b"correct horse battery staple\nTr0ub4dor&3 and more\n"
    (tmp_path / "known").write_bytes(gzip.compress(known) if packed else known)
    settings.BREACHED_PASSWORDS = str(tmp_path / "known")
    with pytest.raises(ValidationError, match="known from a breach"):
        BreachedPasswords().validate("tr0ub4dor&3 and More")
    BreachedPasswords().validate("flour water salt yeast")
    settings.BREACHED_PASSWORDS = str(tmp_path / "none")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        BreachedPasswords().validate("flour water salt yeast")
