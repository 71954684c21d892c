"""Changing one's own password."""

from __future__ import annotations

import pytest
from django.test import Client

from fourfold.records.models import Person

OLD, NEW = "flour water salt", "a longer loaf of words"


def bobs_password() -> Person:
    bob = Person.objects.get(email="bob@bakery.example")
    bob.set_password(OLD)
    bob.save()
    return bob


@pytest.fixture
def device(bob: Client) -> Client:
    """Bob signed in with his password."""
    client = Client()
    client.force_login(bobs_password())
    return client


def test_bob_changes_his_password_and_stays_signed_in(device: Client) -> None:
    other = Client()
    other.force_login(Person.objects.get(email="bob@bakery.example"))
    response = device.post("/password/", {"present": OLD, "new": NEW}, follow=True)
    assert "Your password is changed. Other devices are signed out." in response.content.decode()
    assert Person.objects.get(email="bob@bakery.example").check_password(NEW)
    assert other.get("/s/north/").status_code == 302, "the other device has to sign in again"


@pytest.mark.parametrize(
    ("present", "new", "said"),
    [
        ("guess", NEW, "This is not your present password."),
        (OLD, "", "Enter a new password."),
        (OLD, "a tiny 1", "too short"),
        (OLD, "password123", "too common"),
        (OLD, "bob@bakery.example", "too similar"),
    ],
)
def test_a_refused_password_says_why_and_changes_nothing(device: Client, present: str, new: str, said: str) -> None:
    response = device.post("/password/", {"present": present, "new": new})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Person.objects.get(email="bob@bakery.example").check_password(OLD)
    if new:
        assert new not in response.content.decode().replace('value="bob@bakery.example"', "")


def test_guessing_the_present_password_is_slowed_down(device: Client) -> None:
    answers = [device.post("/password/", {"present": f"guess {i}", "new": NEW}) for i in range(8)]
    assert "Too many attempts" in answers[-1].content.decode()
    assert device.post("/password/", {"present": OLD, "new": NEW}).status_code == 422


def test_a_form_from_another_site_changes_nothing(device: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(Person.objects.get(email="bob@bakery.example"))
    response = strict.post("/password/", {"present": OLD, "new": NEW})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
    assert Person.objects.get(email="bob@bakery.example").check_password(OLD)
