"""AES-256-GCM: a text under a key, bound to its place, so that it opens nowhere else.

The place is the additional authenticated data; a ciphertext moved to another row, field or organisation is refused.
Nonces are 96 random bits; a data key is renewed long before 2³² of them (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import base64
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fourfold.errors import FourfoldError, Kind

NONCE: Final = 12


class Unopened(FourfoldError):
    """A secret cannot be opened: it was changed, moved, or locked with another key."""

    kind = Kind.CONFIGURATION


def lock(key: bytes, content: bytes, place: str) -> str:
    """Nonce, ciphertext and tag in base64."""
    nonce = os.urandom(NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, content, place.encode())).decode()


def unlock(key: bytes, text: str, place: str) -> bytes:
    """What was locked; `Unopened` where anything is different from then."""
    try:
        sealed = base64.b64decode(text, altchars=b"-_", validate=True)
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise Unopened(hint="Write it anew, or restore the backup and the keys that it was made with.") from None
