"""Pages for people who are not signed in: invitations and forgotten passwords tell nobody who has an account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client

from fourfold.records.models import Mail, Person
from tests.web.conftest import ADDRESSES

pytestmark = pytest.mark.usefixtures("organisation")
OLD, NEW = "flour water salt", "poppy seed and honey"


@pytest.fixture
def bob_with_password(organisation: object) -> Person:
    person: Person = Person.objects.get(email=ADDRESSES["bob"])
    person.set_password(OLD)
    person.save()
    return person


def without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_the_answer_is_the_same_whether_there_is_such_an_account(settings: Any, bob_with_password: Person) -> None:
    settings.SENDS_EMAIL = True
    there, not_there = (
        Client().post("/password/forgotten/", {"email": email}).content.decode()
        for email in (ADDRESSES["bob"], "nobody@bakery.example")
    )
    assert without_token(there) == without_token(not_there)
    assert Mail.objects.count() == 2, "the same is written, too"


def test_asking_again_and_again_is_slowed_down(settings: Any) -> None:
    settings.SENDS_EMAIL = True
    answers = [Client().post("/password/forgotten/", {"email": ADDRESSES["bob"]}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert Mail.objects.count() == 5


def test_without_mail_the_page_says_whom_to_ask() -> None:
    page = Client().get("/password/forgotten/").content.decode()
    assert "This server sends no e-mail" in page and "<form" not in page


def test_a_new_password_is_set_and_signed_in_with(bob_with_password: Person) -> None:
    client, token = Client(), default_token_generator.make_token(bob_with_password)
    assert client.get(f"/password/new/?link={bob_with_password.pk}.{token}")["Location"] == "/password/new/"
    form = client.get("/password/new/").content.decode()
    assert token not in form and ADDRESSES["bob"] not in form
    assert "too short" in client.post("/password/new/", {"new": "short"}).content.decode()
    page = client.post("/password/new/", {"new": NEW}, follow=True).content.decode()
    assert "Your password is set. Sign in with it." in page
    assert client.get("/account/").status_code == 302, "a link in an e-mail is no second factor: it signs nobody in"
    assert client.post("/password/new/", {"new": OLD}).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/password/new/", "/invitation/", "/password/new/?link=1.forged", "/password/new/?link=²", "/invitation/?link=x"],
)
def test_a_forged_or_missing_link_opens_nothing(bob_with_password: Person, address: str) -> None:
    client = Client()
    page = client.get(address, follow=True)
    if page.status_code == 200:  # the form for a new password looks at the link when it is sent
        page = client.post("/password/new/", {"new": NEW})
    assert page.status_code == 404 and "This link no longer works" in page.content.decode()
    assert Person.objects.get(pk=bob_with_password.pk).check_password(OLD)


def test_forms_for_strangers_are_sent_from_our_own_pages_only(bob_with_password: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    for page in ("/password/forgotten/", "/password/new/", "/invitation/"):
        assert strict.post(page, {"email": ADDRESSES["bob"], "new": NEW}).status_code == 403
