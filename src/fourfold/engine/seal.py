"""A seal on plain data: whoever has them can see that nothing in them was changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def sealed(body: Mapping[str, object]) -> dict[str, object]:
    """Plain data with the SHA-256 of its own canonical text: keys in order, no spaces.

    >>> sealed({"b": 1, "a": "–"})["sha256"][:12]
    'd65b6451a69c'
    """
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}
