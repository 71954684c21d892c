"""Do what a request asks once, however often it is sent with the same key."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict, FourfoldError, Kind
from fourfold.records.models import Person, RequestKey

#: A request that has not ended by then has died, and may be tried again.
RUNNING: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=7)


class InProgress(Conflict):
    """The same request with the same key is being done."""

    retry = True


class KeyReused(FourfoldError):
    """This key was sent before with another request."""

    kind = Kind.REFUSED


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer; `replayed` when it is that of an earlier request with the same key."""

    status: int
    body: Any
    replayed: bool = False


def answer_once(
    *,
    by: Person,
    route: str,
    key: str,
    digest: str,
    do: Callable[[], Answer],
    at: datetime | None = None,
) -> Outcome[Answer]:
    """The answer of `do`, which changes something, or the one it gave before to the same person, route and key.

    The change and its answer are committed together. An answer of 400 or more keeps nothing, neither of the change nor
    of the key, and an exception does the same. Raises `InProgress` while the first such request runs, `KeyReused` where
    the key came with another request (`digest`).
    """
    moment = at or datetime.now(UTC)
    claimed = _claim(by, route, key, digest, moment)
    if isinstance(claimed, Answer):
        return Outcome("answered before", claimed)
    answer: Answer | None = None
    try:
        with transaction.atomic():
            answer = do()
            if answer.status >= 400:
                raise _Refused
            mine = RequestKey.objects.filter(pk=claimed.pk, begun_at=claimed.begun_at, status=None)
            if not mine.update(status=answer.status, answer=json.dumps(answer.body, ensure_ascii=False)):
                raise InProgress(hint="Another try took over after a minute. Ask again for its answer.")
    except _Refused:
        assert answer is not None
        _forget(claimed)
        return Outcome("refused", answer)
    except BaseException:
        _forget(claimed)
        raise
    return Outcome("done", answer)


class _Refused(Exception):
    """The change is to be undone, and the answer given all the same."""


def _claim(by: Person, route: str, key: str, digest: str, at: datetime) -> RequestKey | Answer:
    """The row of a request that is ours to do, or the answer that was given."""
    inside = transaction.get_connection().in_atomic_block  # alone it is one statement, and a transaction by itself
    try:
        with transaction.atomic() if inside else nullcontext():
            return RequestKey.objects.create(person=by, route=route, key=key, digest=digest, begun_at=at)
    except IntegrityError:
        known = RequestKey.objects.filter(person=by, route=route, key=key).first()
    if known is not None and at - known.begun_at > KEPT:
        RequestKey.objects.filter(pk=known.pk, begun_at=known.begun_at).delete()
        known = None
    if known is None:  # it is over, or was refused just now, and is free again
        return _claim(by, route, key, digest, at)
    if known.digest != digest:
        raise KeyReused(hint="Make a new key for another request.")
    if known.status is not None:
        return Answer(known.status, json.loads(known.answer), replayed=True)
    stale = RequestKey.objects.filter(pk=known.pk, begun_at=known.begun_at, status=None)
    if at - known.begun_at < RUNNING or not stale.update(begun_at=at):
        raise InProgress(hint="Send it again in a few seconds, or in a minute where the server was stopped meanwhile.")
    known.begun_at = at
    return known


def _forget(row: RequestKey) -> None:
    RequestKey.objects.filter(pk=row.pk, begun_at=row.begun_at, status=None).delete()
