"""Exchange rates as lines that people type: `EUR GBP average 2026-04 0.85`, then who published it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: What may stand for a currency that is left out: that of the organisation.
_OWN: Final = "-"
_KINDS: Final = ("average", "closing", "budget")
_KNOWN: Final = "known "


def rate_line(rate: Mapping[str, Any]) -> str:
    """A rate on one line; what is left out of it counts as usual.

    >>> rate_line({"currency": "EUR", "period": "2026-04", "rate": "0.85"})
    'EUR - average 2026-04 0.85'
    """
    words = [rate["currency"], rate.get("into") or _OWN, rate.get("kind", "average"), rate["period"], str(rate["rate"])]
    known = f"({_KNOWN}{rate['recorded_at']})" if rate.get("recorded_at") else ""
    return " ".join(word for word in (*words, rate.get("source", ""), known) if word)


def rate_of(line: str) -> dict[str, Any]:
    """A line as a text file would hold it; what is not there is not made up.

    >>> rate_of("EUR - average 2026-04 0.85 ECB (known 2026-05-02)")["recorded_at"]
    '2026-05-02'
    >>> rate_of("EUR 2026-04 0.85")
    {'currency': 'EUR', 'period': '2026-04', 'rate': '0.85'}
    """
    text, _, known = line.strip().removesuffix(")").partition(f"({_KNOWN}")
    currency, *words = text.split() or [""]
    found: dict[str, Any] = {"currency": currency}
    if words and (words[0] == _OWN or (words[0].isalpha() and words[0] not in _KINDS)):
        into = words.pop(0)
        found |= {} if into == _OWN else {"into": into}
    if words and words[0].isalpha():
        found["kind"] = words.pop(0)
    found |= dict(zip(("period", "rate"), words, strict=False))
    found |= {"source": " ".join(words[2:])} if words[2:] else {}
    return found | ({"recorded_at": known.strip()} if known.strip() else {})
