"""The outbox: written with what it tells about, sent after it, once, and tried again when nobody takes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from fourfold.actions.change_email import change_email
from fourfold.actions.invite_person import invite_person
from fourfold.actions.request_password import request_password
from fourfold.actions.reset_password import reset_password
from fourfold.actions.send_mail import PAUSES, send_mail
from fourfold.errors import NotFound
from fourfold.project.environment import email
from fourfold.records.models import Mail, Organisation, Person, Session
from fourfold.testing.smtp import Mailbox, mailbox
from tests.actions.conftest import NOW

pytestmark = pytest.mark.django_db
OLD, NEW = "flour water salt", "poppy seed and honey"


@pytest.fixture
def post(settings: Any) -> Iterator[Mailbox]:
    """Django sends to a mailbox of ours."""
    with mailbox() as server:
        found = email(server.url)
        settings.SENDS_EMAIL = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = found["host"], found["port"]
        yield server


def test_an_invitation_is_sent_once_with_a_link_that_works(post: Mailbox, alice: Person) -> None:
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    assert not post.messages, "nothing is sent by the request"
    assert send_mail(at=NOW).value == 1
    assert send_mail(at=NOW + timedelta(days=1)).value == 0
    (message,) = post.messages
    text = message.get_content()
    assert message["To"] == "dora@bakery.example" and "Harbour Bakery" in message["Subject"]
    assert "Alice Archer has invited you" in text and "http://localhost:8000/invitation/?link=" in text
    assert message["Auto-Submitted"] == "auto-generated"


def test_what_was_rolled_back_is_not_sent(post: Mailbox, alice: Person) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
        raise ZeroDivisionError
    assert not Mail.objects.exists()
    assert send_mail(at=NOW).value == 0


def test_a_mail_that_is_refused_is_tried_again_and_then_given_up(post: Mailbox, alice: Person) -> None:
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    post.refuses, moment = "451 later", NOW
    for pause in PAUSES:
        assert send_mail(at=moment).value == 0
        assert send_mail(at=moment + pause - timedelta(seconds=1)).value == 0, "not before the pause is over"
        moment += pause
    send_mail(at=moment)
    mail = Mail.objects.get()
    assert (mail.due_at, mail.sent_at, mail.tries) == (None, None, len(PAUSES) + 1)
    assert "451" in mail.trouble


def test_a_retry_says_the_same_under_the_same_id(post: Mailbox, alice: Person) -> None:
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    send_mail(at=NOW)
    Mail.objects.update(due_at=NOW, sent_at=None)  # as when the process was killed before it noted the sending
    send_mail(at=NOW)
    first, second = post.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


def test_a_mail_that_another_process_holds_is_left_to_it(post: Mailbox, alice: Person) -> None:
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    Mail.objects.update(due_at=NOW + timedelta(minutes=5))
    assert send_mail(at=NOW).value == 0 and not post.messages


def test_a_server_that_is_not_there_loses_nothing(post: Mailbox, alice: Person, settings: Any) -> None:
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    assert send_mail(at=NOW).value == 0
    settings.EMAIL_PORT = right
    assert send_mail(at=NOW + PAUSES[0]).value == 1


def link_in(post: Mailbox) -> tuple[int, str]:
    (message,) = post.messages
    address = next(word for word in message.get_content().split() if "/password/new/" in word)
    pk, _, token = address.rpartition("=")[2].partition(".")
    return int(pk), token


def test_a_forgotten_password_is_set_anew_once_and_ends_all_sessions(
    post: Mailbox, organisation: Organisation, bob: Person
) -> None:
    bob.set_password(OLD)
    bob.save()
    Session.objects.create(session_key="x", session_data="", expire_date=NOW + timedelta(days=9999), person=bob)
    request_password(email=" Bob@Bakery.example ", at=NOW)
    send_mail(at=NOW)
    pk, token = link_in(post)
    assert not reset_password(person=pk, token=token, password="password123").ok
    assert reset_password(person=pk, token=token, password=NEW).ok
    assert Person.objects.get(pk=bob.pk).check_password(NEW)
    assert not Session.objects.filter(person=bob).exists()
    with pytest.raises(NotFound):
        reset_password(person=pk, token=token, password="a third one, much later")


def test_a_link_for_bob_does_not_open_alices_account(post: Mailbox, alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        person.set_password(OLD)
        person.save()
    request_password(email=bob.email or "", at=NOW)
    send_mail(at=NOW)
    _, token = link_in(post)
    with pytest.raises(NotFound):
        reset_password(person=alice.pk, token=token, password=NEW)


def test_for_nobody_and_for_an_account_that_is_off_the_same_is_written_and_nothing_sent(
    post: Mailbox, bob: Person
) -> None:
    bob.set_password(OLD)
    bob.is_active = False
    bob.save()
    for address in (bob.email or "", "nobody@bakery.example", "alice@bakery.example"):  # she has no password yet
        request_password(email=address, at=NOW)
    assert Mail.objects.count() == 3
    assert send_mail(at=NOW).value == 0
    assert not post.messages and not Mail.objects.filter(due_at__isnull=False).exists()


def test_without_a_server_for_mail_nothing_waits(alice: Person) -> None:
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    request_password(email="dora@bakery.example")
    assert not Mail.objects.exists()


def test_the_address_before_is_told_that_it_is_another_now_and_not_which(
    post: Mailbox, alice: Person, bob: Person
) -> None:
    bob.set_password(OLD)
    bob.save()
    change_email(by=alice, number=bob.pk, new="robert@bakery.example", at=NOW)
    assert send_mail(at=NOW).value == 1
    (message,) = post.messages
    text = message.get_content()
    assert message["To"] == "bob@bakery.example" and "Bob" in text and "tell an administrator" in text
    assert "robert@" not in message.as_string()


def test_an_address_that_was_given_back_meanwhile_is_told_nothing(post: Mailbox, alice: Person, bob: Person) -> None:
    bob.set_password(OLD)
    bob.save()
    for new in ("robert@bakery.example", "bob@bakery.example"):
        change_email(by=alice, number=bob.pk, new=new, at=NOW)
    assert send_mail(at=NOW).value == 1
    assert [message["To"] for message in post.messages] == ["robert@bakery.example"]


def test_a_line_break_in_a_name_adds_no_header(post: Mailbox, alice: Person, organisation: Organisation) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(name="Harbour\nBcc: eve@evil.example\n\nBakery")
    assert not invite_person(by=alice, email="dora@bakery.example", name="Dora\r\nBcc: eve@evil.example", at=NOW).ok
    invite_person(by=alice, email="dora@bakery.example", name="Dora", at=NOW)
    send_mail(at=NOW)
    (message,) = post.messages
    assert message["Bcc"] is None and message["To"] == "dora@bakery.example"
    assert set(message.keys()) <= {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID",
        "Auto-Submitted",
    }  # fmt: skip
