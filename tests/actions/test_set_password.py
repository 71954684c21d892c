from __future__ import annotations

import pytest

from fourfold.actions.set_password import set_password
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Event, Membership, Organisation, Person

pytestmark = pytest.mark.django_db
GOOD = "seven quiet herons"


def test_the_administrator_of_the_machine_sets_any_password(bob: Person) -> None:
    assert set_password(by=None, email=" Bob@Bakery.example", password=GOOD).ok
    assert Person.objects.get(pk=bob.pk).check_password(GOOD)
    event = Event.objects.order_by("-seq")[0]
    assert (event.action, event.before, event.after) == ("person.password", None, None)


def test_alice_sets_bobs_and_bob_only_his_own(alice: Person, bob: Person) -> None:
    assert set_password(by=alice, email="bob@bakery.example", password=GOOD).ok
    assert set_password(by=bob, email="bob@bakery.example", password=GOOD + " more").ok
    with pytest.raises(Forbidden):
        set_password(by=bob, email="alice@bakery.example", password=GOOD)
    assert not Person.objects.get(pk=alice.pk).has_usable_password()


def test_charlie_finds_nobody(charlie: Person) -> None:
    with pytest.raises(NotFound):
        set_password(by=charlie, email="bob@bakery.example", password=GOOD)


def test_a_person_of_two_organisations_is_managed_by_neither(alice: Person, bob: Person) -> None:
    other = Organisation.objects.create(code="other", name="Other")
    Membership.objects.create(organisation=other, person=bob, code="bob")
    with pytest.raises(Forbidden):
        set_password(by=alice, email="bob@bakery.example", password=GOOD)


@pytest.mark.parametrize("weak", ["short", "password123", "bob@bakery.example"])
def test_a_weak_password_is_refused(bob: Person, weak: str) -> None:
    outcome = set_password(by=None, email="bob@bakery.example", password=weak)
    assert not outcome.ok
    assert not Person.objects.get(pk=bob.pk).has_usable_password()


def test_an_unknown_address_names_some_that_are_known(alice: Person) -> None:
    with pytest.raises(NotFound, match=r"alice@bakery\.example"):
        set_password(by=None, email="nobody@bakery.example", password=GOOD)
