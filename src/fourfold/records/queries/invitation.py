"""The links of invitations.

A link is made from the secret key, the invitation's number and how many links it had before: signed, and never kept.
The table holds its hash, so that a copy of the database invites nobody, and a mail that is sent twice says the same.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from fourfold.records.models import Invitation


def link_of(invitation: Invitation) -> str:
    """The secret part of the link: 256 bits."""
    made_of = f"{invitation.pk}.{invitation.issue}"
    digest = salted_hmac("fourfold.invitation", made_of, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def address_of(invitation: Invitation) -> str:
    """The whole link, as it is mailed or shown once."""
    return f"{settings.PUBLIC_URL}{reverse('invitation')}?link={link_of(invitation)}"


def hash_of(link: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(link.encode()).hexdigest()


# house: whoever has the link is the one who is invited
def open_invitation(link_hash: str, *, at: datetime) -> Invitation | None:
    """The invitation with this link, while it works."""
    found = Invitation.objects.filter(
        link_hash=link_hash, accepted_at=None, revoked_at=None, ends_at__gt=at, person__is_active=True
    )
    return found.select_related("person", "organisation").first()
