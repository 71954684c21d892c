"""What a browser calls itself, in words that people know. It can say anything: this is a reminder and no proof."""

from __future__ import annotations

from typing import Final

_BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def device_name(browser: str) -> str:
    """Browser and system of a `User-Agent`.

    >>> device_name("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    'Firefox on Linux'
    """
    program = next((name for mark, name in _BROWSERS if mark in browser), "")
    system = next((name for mark, name in _SYSTEMS if mark in browser), "")
    return " on ".join(filter(None, (program, system))) or browser[:40] or "Unknown device"
