"""Send the e-mails that are waiting."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Mail, Person
from fourfold.records.queries.invitation import address_of, hash_of, link_of
from fourfold.records.queries.reminder import address_of as reminder_address
from fourfold.records.queries.reminder import enters, still_due

#: Whoever sends a mail holds it for so long; after that another process may try.
HELD: Final = timedelta(minutes=10)
#: So long after each try that failed, and then no more.
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
#: So long what was sent is remembered.
KEPT: Final = timedelta(days=30)


def send_mail(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """Send what is due, each mail by itself; one that fails is tried again later, and given up after nearly two days.

    Each is claimed before it is sent, so that of several processes one sends it. When a process is killed between
    sending and noting that it did, the mail goes out again, with the same text and Message-ID.
    """
    moment = at or datetime.now(UTC)
    Mail.objects.filter(Q(sent_at__lt=moment - KEPT) | Q(due_at=None, made_at__lt=moment - KEPT)).delete()
    sent = 0
    about = ("invitation__person", "reminder__person", "reminder__organisation", "person")
    for mail in Mail.objects.filter(due_at__lte=moment).select_related(*about):
        if Mail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(due_at=moment + HELD):
            sent += _deliver(mail, moment)
    return Outcome(f"{sent} sent", sent)


def _deliver(mail: Mail, moment: datetime) -> int:
    try:
        message = _message(mail)
        if message is not None:
            message.send()
    except (OSError, smtplib.SMTPException) as error:
        mail.trouble = _trouble(error)
        mail.due_at = moment + PAUSES[mail.tries] if mail.tries < len(PAUSES) else None
        mail.tries += 1
        mail.save(update_fields=("trouble", "due_at", "tries"))
        return 0
    mail.sent_at, mail.due_at, mail.trouble = moment, None, ""
    mail.tries += 1
    mail.save(update_fields=("sent_at", "due_at", "tries", "trouble"))
    return 1 if message is not None else 0


def _message(mail: Mail) -> EmailMessage | None:
    """The mail itself; None where there is nothing to send any more, or nobody to send it to."""
    context = _ABOUT[Mail.Kind(mail.kind)](mail)
    if context is None:
        return None
    subject, _, text = render_to_string(f"mail/{mail.kind}.txt", context).partition("\n")
    host = urlsplit(settings.PUBLIC_URL).hostname
    headers = {"Message-ID": f"<{mail.pk}.{int(mail.made_at.timestamp())}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject.strip(), text.strip() + "\n", to=[mail.address], headers=headers)


def _about_invitation(mail: Mail) -> dict[str, Any] | None:
    invitation = mail.invitation
    if invitation is None or invitation.link_hash is None:  # taken up or taken back meanwhile
        return None
    if invitation.link_hash != hash_of(link_of(invitation)):  # the secret key was changed since
        invitation.link_hash = hash_of(link_of(invitation))
        invitation.save(update_fields=("link_hash",))
    return {
        "name": invitation.person.name,
        "organisation": invitation.organisation.name,
        "by": invitation.by.name if invitation.by else "",
        "link": address_of(invitation),
        "until": invitation.ends_at,
    }


def _about_reminder(mail: Mail) -> dict[str, Any] | None:
    """What is still due of it when the mail goes out; nothing where all has been entered, or it was revoked."""
    reminder, now = mail.reminder, datetime.now(UTC)
    if reminder is None or reminder.revoked_at is not None or reminder.ends_at <= now or not reminder.person.is_active:
        return None
    groups = still_due(reminder, at=reminder.made_at)
    lines = [
        f"{group.unit_name}, {group.month.label}: {len(group.figures)} figure{'s' if len(group.figures) > 1 else ''}, "
        f"due {group.day.day} {group.day:%B}"
        for group in groups
    ]
    return None if not groups else {
        "name": reminder.person.name, "organisation": reminder.organisation.name, "lines": lines,
        "count": sum(len(group.figures) for group in groups), "link": reminder_address(reminder),
        "until": reminder.ends_at, "enters": enters(reminder.organisation),
    }  # fmt: skip


def _about_reset(mail: Mail) -> dict[str, Any] | None:
    person = Person.objects.filter(email=mail.address, is_active=True).first()
    if person is None or not person.has_usable_password():
        return None
    token = default_token_generator.make_token(person)
    link = f"{settings.PUBLIC_URL}{reverse('reset')}?link={person.pk}.{token}"
    return {"name": person.name, "link": link, "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}


def _about_moved(mail: Mail) -> dict[str, Any] | None:
    person = mail.person
    if person is None or person.email == mail.address:  # it is the address again
        return None
    return {"name": person.name, "url": settings.PUBLIC_URL, "at": mail.made_at}


_ABOUT: Final = {
    Mail.Kind.INVITATION: _about_invitation, Mail.Kind.RESET: _about_reset, Mail.Kind.REMINDER: _about_reminder,
    Mail.Kind.MOVED: _about_moved,
}  # fmt: skip


def _trouble(error: Exception) -> str:
    """What the server said, in a line; without the password that may stand in it."""
    return f"{type(error).__name__}: {error}".replace(settings.EMAIL_HOST_PASSWORD or "\n", "…")[:300]
