"""Anchors of chains: how long a chain was at a moment and what its head was, signed, for a place outside the database.

Whoever owns database and program can write a chain anew from its start; they cannot sign an anchor without its key,
nor take back one that was sent away. An anchor is a line of JSON, signed with Ed25519, so that an auditor needs the
public key alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fourfold.errors import ConfigurationError
from fourfold.records.chain import canonical, stamp

_KEYS: Final = frozenset({"anchored_at", "chain", "hash", "key", "seq", "signature"})


@dataclass(frozen=True, slots=True)
class ChainAnchor:
    """A signed head: the chain `o3` of the organisation with that row id (or `installation`), its length, its hash."""

    chain: str
    seq: int
    hash: str
    anchored_at: str
    key: str
    signature: str = ""

    @property
    def signed_text(self) -> str:
        """What the signature is over."""
        return canonical({
            "anchored_at": self.anchored_at, "chain": self.chain, "hash": self.hash, "key": self.key, "seq": self.seq
        })  # fmt: skip

    @property
    def line(self) -> str:
        """The line in a file of anchors."""
        return canonical(json.loads(self.signed_text) | {"signature": self.signature})

    def is_signed_by(self, keys: frozenset[str]) -> bool:
        """True when one of these public keys, in hexadecimal, has signed just this."""
        if self.key not in keys:
            return False
        try:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            public.verify(bytes.fromhex(self.signature), self.signed_text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def chain_name(organisation: int | None) -> str:
    """How anchors name the chain of the organisation with this row id."""
    return "installation" if organisation is None else f"o{organisation}"


def signed(chain: str, seq: int, head: str, at: datetime, key: Ed25519PrivateKey) -> ChainAnchor:
    """A new anchor."""
    draft = ChainAnchor(chain, seq, head, stamp(at), public_key(key))
    return ChainAnchor(chain, seq, head, draft.anchored_at, draft.key, key.sign(draft.signed_text.encode()).hex())


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def read_key(path: Path) -> Ed25519PrivateKey | None:
    """The key in this file; None where there is no file."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} does not hold a key for anchors.",
            hint="FOURFOLD_AUDIT_KEY_FILE names a file with 64 hexadecimal digits; without one a key is made.",
        ) from error


def read_or_make_key(path: Path) -> Ed25519PrivateKey:
    """The key in this file, which is made, for its owner's eyes only, where there is none."""
    if (known := read_key(path)) is not None:
        return known
    key = Ed25519PrivateKey.generate()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was quicker
        return read_or_make_key(path)
    except OSError as error:
        hint = "Let FOURFOLD_AUDIT_KEY_FILE name a file in a folder that this user may write to."
        raise ConfigurationError(f"{path} cannot be made ({error.strerror}).", hint=hint) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.private_bytes_raw().hex() + "\n")
    return key


def anchors_in(path: Path) -> Iterator[tuple[str, ChainAnchor | None]]:
    """Every line of a file of anchors, or of all in a folder, with its place; None where it is no anchor."""
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
            if line.strip():
                yield f"{file.name}:{number}", _parsed(line)


def _parsed(line: str) -> ChainAnchor | None:
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or set(found) != _KEYS or not isinstance(found["seq"], int):
        return None
    seq = found.pop("seq")
    return ChainAnchor(seq=seq, **{name: str(value) for name, value in found.items()})
