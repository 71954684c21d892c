"""Send what waits in the outbox."""

from __future__ import annotations

from datetime import datetime

from fourfold.actions.send_mail import send_mail as send


def send_mail(*, now: datetime) -> int:
    """How many mails were sent; those that fail are due again later."""
    return send(by=None, at=now).value or 0
