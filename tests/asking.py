"""Somebody who has asked too often, without asking."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from fourfold.records.limits import Rate, forget
from fourfold.records.models import Memo


def has_asked(kind: str, who: object, rate: Rate, *, waits: float) -> None:
    """They have asked so much that they wait for so many seconds."""
    value = json.dumps({"left": 1 - waits * rate.per_second, "at": time.time()})
    Memo.objects.update_or_create(
        pk=f"rate:{kind}:{who}", defaults={"value": value, "ends_at": datetime(9999, 1, 1, tzinfo=UTC)}
    )
    forget()
