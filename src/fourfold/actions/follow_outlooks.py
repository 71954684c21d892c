"""Outlooks after what is answered first, figures that come fast and changes of everything: by the serving process."""

from __future__ import annotations

import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Lock
from typing import Final

from django.db import close_old_connections, connections

from fourfold.actions.evaluate_organisation import evaluate_organisation, is_evaluated
from fourfold.actions.evaluate_outlooks import EVERYWHERE, Place, evaluate_outlooks, outlooks_after
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Organisation, Person

_WAITING: Final[dict[int, set[Place]]] = {}  # by organisation
_LOCK: Final = Lock()
_THREADS: Final[list[ThreadPoolExecutor]] = []  # the one that makes them, while this process serves
_log: Final = logging.getLogger(__name__)


def follow_outlooks(
    *, by: Person | None, organisation: Organisation, kpi: str | Collection[str] = "", unit: str = "",
    at: datetime | None = None,
) -> Outcome[None]:  # fmt: skip
    """Make the outlooks that figures of a KPI (or of these) reach, which `by` has just recorded: soon where a server
    runs, else now.

    Without KPI and unit it is all of them, after definitions that `by` has just changed.

    All that wait when the thread has time for them are made at once, each KPI and unit once however many figures it
    had. Where results are older than figures, everything is evaluated here. What waits when a process is killed is not
    made: pages see that outlooks are older than their figures and make them themselves.
    """
    with _LOCK:
        if _THREADS:
            if organisation.pk not in _WAITING:
                _THREADS[0].submit(_make_waiting, organisation)
            codes = (kpi,) if isinstance(kpi, str) else kpi
            _WAITING.setdefault(organisation.pk, set()).update((code, unit) for code in codes)
            return Outcome("outlooks follow")
    if (kpi, unit) == EVERYWHERE:
        return Outcome(outlooks_after(organisation, (EVERYWHERE,), at=at or datetime.now(UTC)).summary)
    made = evaluate_outlooks(by=by, organisation=organisation, kpi=kpi, unit=unit, as_of=at)
    return Outcome(made.summary)


def is_serving() -> bool:
    """True where what follows figures is made by this process once they are answered."""
    return bool(_THREADS)


def begin() -> None:
    """From now on outlooks are made in a thread of this process."""
    with _LOCK:
        _THREADS.append(ThreadPoolExecutor(1, thread_name_prefix="outlooks"))


def end() -> None:
    """No longer: what waits is made first."""
    with _LOCK:
        threads = _THREADS[:]
        _THREADS.clear()
    for thread in threads:
        thread.submit(connections.close_all)
        thread.shutdown()


def _make_waiting(organisation: Organisation) -> None:
    """Make what waits of an organisation; a failure is written to the log, and pages make theirs themselves."""
    with _LOCK:
        places = _WAITING.pop(organisation.pk)
    close_old_connections()
    try:
        organisation.refresh_from_db()
        if is_evaluated(organisation):
            outlooks_after(organisation, places, at=datetime.now(UTC))
        else:
            evaluate_organisation(by=None, organisation=organisation.code, reason="Changes that came together")
    except Exception:
        _log.exception("The outlooks after %s changes of %s could not be made", len(places), organisation.code)
