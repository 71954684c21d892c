"""Sessions: a sign-in on one device, until it ends."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


# house: a session is a person's, who can belong to several organisations
class Session(AbstractBaseSession):
    """What a browser is remembered by, and whose it is: to remove the row is to sign the device out."""

    person = models.ForeignKey("records.Person", null=True, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-seen_at",)

    @property
    def name(self) -> str:
        """What names it on pages: a hash, since the key itself is what signs in."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The store that reads and writes these rows."""
        from fourfold.records.sessions import SessionStore

        return SessionStore
