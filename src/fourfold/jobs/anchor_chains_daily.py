"""Once a day the chains are verified, and their heads go to a place outside the database."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings

from fourfold.actions.anchor_chains import anchor_chains, file_of
from fourfold.actions.verify_chains import verify_chains
from fourfold.records.chain import stamp
from fourfold.records.chain_anchor import anchors_in, public_key, read_key

_log = logging.getLogger(__name__)


def anchor_chains_daily(*, now: datetime) -> bool:
    """True when it was done: not again on a day that has its anchors. What is wrong goes to the log as an error."""
    file = file_of(settings.AUDIT_ANCHORS, now)
    day = stamp(now)[:10]
    if file.exists() and any(a is not None and a.anchored_at.startswith(day) for _, a in anchors_in(file)):
        return False
    key = read_key(settings.AUDIT_KEY_FILE)
    keys = () if key is None else (public_key(key),)
    found = verify_chains(by=None, anchors=settings.AUDIT_ANCHORS, keys=keys, at=now).value
    assert found is not None
    for sentence in (*found.strange, *(f"{v.name}: {v.wrong}" for v in found.verdicts if v.wrong)):
        _log.error("The audit chain does not hold: %s", sentence)
    if not found.guarded:
        _log.error("The database no longer refuses changes of events")
    anchor_chains(by=None, at=now)
    return True
