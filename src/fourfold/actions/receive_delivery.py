"""Take what a source sends by itself, once however often it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from fourfold.actions._sources import LIMITS
from fourfold.actions.outcome import Outcome
from fourfold.actions.run_feed import run_feed
from fourfold.connectors.hook import HOOK, Unsigned, check_signature, rows_of_delivery
from fourfold.connectors.port import Rows, SourceError
from fourfold.engine.findings import Finding, Level, Place
from fourfold.records.models import Connection, Feed, FeedRun, Memo

#: So long a delivery is known again by its id; senders try for three days.
KEPT: Final = timedelta(days=7)


def receive_delivery(
    *, by: None = None, hook: UUID, headers: Mapping[str, str], body: bytes, at: datetime | None = None
) -> Outcome[list[FeedRun]]:
    """A run of each feed of the connection, in one transaction with the note that the delivery came.

    A delivery that was taken is not taken again: the value is empty then. One that a feed could not take keeps no
    note, so that it may come again when the feed is mended, and what it brought the other feeds is unchanged then.
    Raises `Unsigned` where the signature is wrong or old, or there is no such connection: which, is not told.
    """
    moment = at or datetime.now(UTC)
    connection = Connection.objects.select_related("organisation").filter(pk=hook, kind=HOOK.code).first()
    if connection is None or connection.secret is None:
        raise Unsigned
    name = check_signature(connection.secret.reveal(), headers, body, moment)
    note = f"hook:{hook}:{hashlib.sha256(name.encode()).hexdigest()}"
    with transaction.atomic():
        Memo.objects.filter(pk=note, ends_at__lte=moment).delete()
        try:
            with transaction.atomic():
                Memo.objects.create(key=note, value="{}", ends_at=moment + KEPT)
        except IntegrityError:
            return Outcome("known already", [])
        runs, findings = _run_all(connection, body, moment)
        if findings:
            Memo.objects.filter(pk=note).delete()
    return Outcome("not taken" if findings else "taken", runs, tuple(findings))


def _run_all(connection: Connection, body: bytes, at: datetime) -> tuple[list[FeedRun], list[Finding]]:
    """Every feed of the connection that does not rest."""
    feeds = list(Feed.objects.filter(connection=connection, paused_at=None).order_by("pk"))
    runs, findings = [], []
    if not feeds:
        message, fix = f"No feed reads what {connection.name} sends.", "Make one, which says what its columns are."
        findings.append(Finding("HOOK-FEED", Level.ERROR, Place(thing=connection.code), message, fix))
    for feed in feeds:
        try:
            rows: Rows | SourceError = rows_of_delivery(body, feed.ask, LIMITS)
        except SourceError as error:
            rows = error
        outcome = run_feed(by=None, organisation=connection.organisation.code, feed=feed.code, given=rows, at=at)
        findings += outcome.findings
        if outcome.value is not None:
            runs.append(outcome.value)
    return runs, findings
