"""Master keys: a file beside the database, one key a line, the newest first.

A key is 32 random bytes. Its id is the beginning of its SHA-256, which tells nothing about it, and stands wherever the
key was used; so a database says by itself which key it needs. The secret key of sessions is another one on purpose: it
may change at any time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fourfold.errors import ConfigurationError

LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key and its id; neither shows in a traceback or a log."""

    id: str
    secret: bytes

    @classmethod
    def of(cls, secret: bytes) -> MasterKey:
        """The key with the id that follows from it."""
        return cls(hashlib.sha256(b"fourfold master key\0" + secret).hexdigest()[:12], secret)

    @classmethod
    def new(cls) -> MasterKey:
        """A random key."""
        return cls.of(secrets.token_bytes(LENGTH))

    def __repr__(self) -> str:
        """The id alone."""
        return f"MasterKey({self.id})"

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return base64.urlsafe_b64encode(self.secret).decode()


def read_keys(path: Path) -> tuple[MasterKey, ...]:
    """The keys of a file, the newest first; none where there is no file.

    Raises `ConfigurationError` for a file that cannot be read, that others may read, or that holds something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
        mode = path.stat().st_mode
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file of master keys {path} cannot be read ({getattr(error, 'strerror', None) or error})."
        raise ConfigurationError(message, hint="Let FOURFOLD_MASTER_KEY_FILE name a file this user may read.") from None
    if os.name == "posix" and mode & 0o007:
        message = f"Everybody on this machine may read the master keys in {path}."
        raise ConfigurationError(message, hint=f"Take that right away: chmod 600 {path}")
    return parse_keys(text, str(path))


def parse_keys(text: str, where: str) -> tuple[MasterKey, ...]:
    """The keys of a text, one a line; `where` is what a refusal says first."""
    found = []
    for number, line in enumerate(text.split(), 1):
        try:
            secret = base64.b64decode(line, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != LENGTH or len(set(secret)) < LENGTH // 3:
            message = f"Line {number} of {where} is not a master key."
            hint = "A key is 32 random bytes in base64. Restore the file that `fourfold backup --keys` wrote."
            raise ConfigurationError(message, hint=hint)
        found.append(MasterKey.of(secret))
    return tuple(found)


def write_keys(path: Path, keys: tuple[MasterKey, ...]) -> None:
    """Replace the file at once, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write("".join(f"{key.line}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        message = f"The file of master keys {path} cannot be written ({error.strerror})."
        raise ConfigurationError(message, hint="Let this user write there, or name another place.") from None
    finally:
        draft.unlink(missing_ok=True)
