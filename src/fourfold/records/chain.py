"""The chain of an organisation's events: each has a hash that depends on all before it.

`h_n = SHA-256(h_(n-1) ‖ text_n)`, with 32 zero bytes before the first. The text is canonical JSON in the manner of
RFC 8785: keys in order, no spaces, UTF-8, nothing that is empty; floating point numbers are refused, since two
programs may write them differently, and decimals are texts. What is hashed this way once is hashed this way for
ever: these functions never change what they give.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address, ip_network
from json.encoder import encode_basestring
from typing import Any, Final

#: What stands before the first event.
START: Final = bytes(32)
#: Whole numbers up to here are the same in every JSON reader.
LARGEST: Final = 2**53 - 1


def canonical(value: Any) -> str:
    """The one text for plain data: keys in the order of their UTF-16 code units, no spaces; a decimal is a text.

    Raises `TypeError` for a floating point number and for what JSON does not know, `ValueError` for a whole number
    that some readers would round.

    >>> canonical({"b": None, "a": [1, Decimal("4.10"), "–"]})
    '{"a":[1,"4.10","–"],"b":null}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError(f"{value} is too large for an event; write it as a text.")
        return value
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value, key=lambda k: k.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    raise TypeError(f"An event cannot hold {value!r}; write it as a text.")


def stamp(moment: datetime) -> str:
    """The moment in UTC with all six digits of its second, as the text of an event has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_text(
    *,
    seq: int,
    ts: str,
    action: str,
    actor: str,
    object: str,
    address: str = "",
    after: str | None = None,
    before: str | None = None,
    on_behalf_of: str = "",
    reason: str = "",
    request_id: str = "",
    tenant: str = "",
    unit: str = "",
    via: str = "",
) -> str:
    """The canonical text of an event; `before` and `after` are canonical JSON themselves, the rest are plain texts.

    >>> event_text(seq=2, ts="2026-04-05T16:00:00.000000Z", action="period.lock", actor="u3", object="2026-03")
    '{"action":"period.lock","actor":"u3","object":"2026-03","seq":2,"ts":"2026-04-05T16:00:00.000000Z"}'
    """
    parts = [f'"action":{encode_basestring(action)},"actor":{encode_basestring(actor)}']
    if address:
        parts.append(f'"address":{encode_basestring(address)}')
    if after is not None:
        parts.append(f'"after":{after}')
    if before is not None:
        parts.append(f'"before":{before}')
    parts.append(f'"object":{encode_basestring(object)}')
    for name, text in (("on_behalf_of", on_behalf_of), ("reason", reason), ("request_id", request_id)):
        if text:
            parts.append(f'"{name}":{encode_basestring(text)}')
    parts.append(f'"seq":{seq}')
    if tenant:
        parts.append(f'"tenant":{encode_basestring(tenant)}')
    parts.append(f'"ts":{encode_basestring(ts)}')
    for name, text in (("unit", unit), ("via", via)):
        if text:
            parts.append(f'"{name}":{encode_basestring(text)}')
    return "{" + ",".join(parts) + "}"


def link(before: bytes, text: str) -> bytes:
    """The hash of an event with this text, after one with the hash `before`."""
    return hashlib.sha256(before + text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a chain holds: the last event that does, its hash, and what is wrong with the next (empty: nothing)."""

    seq: int
    head: bytes
    wrong: str = ""
    at: Mapping[int, bytes] | None = None  # hashes by seq, of those that were asked for

    @property
    def ok(self) -> bool:
        """True when every event holds."""
        return not self.wrong


def walk(entries: Iterable[tuple[int, str, str]], *, marks: Iterable[int] = ()) -> Walked:
    """Follow a chain from its start: `entries` are `(seq, text, hash in hexadecimal)` by seq, without end of memory.

    It stops at the first event that does not hold. The hashes of the events in `marks` are handed back as well.
    """
    wanted, found = frozenset(marks), dict[int, bytes]()
    seq, head = 0, START
    for number, text, written in entries:
        if number != seq + 1:
            wrong = f"event {seq + 1} is missing" if number > seq else f"event {number} is there twice"
            return Walked(seq, head, wrong, found)
        own = link(head, text)
        if own.hex() != written:
            wrong = f"event {number} is not what was written: its contents, its hash or its place was changed"
            return Walked(seq, head, wrong, found)
        seq, head = number, own
        if seq in wanted:
            found[seq] = head
    return Walked(seq, head, at=found)


def truncated(address: str | None) -> str:
    """The network an address is in, which tells a place and not a person; empty where there is no address.

    >>> truncated("192.0.2.77"), truncated("2001:db8:1:2::3"), truncated("::ffff:192.0.2.77"), truncated("?")
    ('192.0.2.0/24', '2001:db8:1::/48', '192.0.2.0/24', '')
    """
    try:
        found = ip_address((address or "").strip())
    except ValueError:
        return ""
    plain = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((plain, 24 if plain.version == 4 else 48), strict=False))
