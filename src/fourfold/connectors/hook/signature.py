"""Whether a delivery is signed by who knows the secret, just now (Standard Webhooks, version 1).

HMAC-SHA256 over `id.timestamp.body`. The signature stands in Base64 behind `v1,`; there may be several, and several
secrets, so that a sender can change over. A secret that begins with `whsec_` is the Base64 of its bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from fourfold.errors import FourfoldError, Kind

#: Seconds by which the time of a delivery may differ from ours.
WINDOW: Final = 300
SHORTEST: Final = 24
_START: Final = "whsec_"


class Unsigned(FourfoldError):
    """The delivery is not signed by who may send it, or not just now."""

    kind = Kind.FORBIDDEN


def new_secret() -> str:
    """256 random bits in the form that senders take."""
    return _START + base64.b64encode(secrets.token_bytes(32)).decode()


def check_signature(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of the delivery. Raises `Unsigned`, without saying what of it is wrong."""
    found, time, said = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (0 < len(found) <= 200 and found.isprintable() and time.isascii() and time.isdigit() and len(time) < 12):
        raise Unsigned
    signed = f"{found}.{time}.".encode() + body
    given = [each[3:].encode() for each in said.split()[:10] if each.startswith("v1,")]
    known = [base64.b64encode(hmac.digest(_key(each), signed, hashlib.sha256)) for each in secret.split()]
    matches = [hmac.compare_digest(one, other) for one in known for other in given]
    if not any(matches) or abs(now.timestamp() - int(time)) > WINDOW:
        raise Unsigned
    return found


def _key(secret: str) -> bytes:
    if secret.startswith(_START):
        try:
            return base64.b64decode(secret.removeprefix(_START), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()
