"""What pages read of the results, kept in memory until something changes.

Results change only together with a new row of evaluations, in one transaction; definitions, figures and outlooks
together with a counter of their organisation. So what was read under one run holds until there is another, and each
request first reads which one that is: a change by any process is seen at once. What is kept is shared by those who see
the same: their sight is part of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar, cast

from fourfold.records import models
from fourfold.records.scope import sight_of

ROOM: Final = 60_000  # results kept, of about 300 bytes each


class Run(NamedTuple):
    """The newest evaluation of an organisation as somebody sees it, and the moment at which it looked.

    Both are None where there was none. The counters of the organisation tell two runs apart where something has
    changed beside the results, `sight` two people who may not see the same. `then` is the moment as of which something
    is looked at, None for now.
    """

    organisation: int
    at: datetime | None
    as_of: datetime | None = None
    version: int = 0
    definitions: int = 0
    outlooks: int = 0
    sight: Hashable = None
    then: datetime | None = None


T = TypeVar("T")


def newest_run(person: models.Person, organisation: models.Organisation) -> Run:
    """One statement; the counters are those of the row that is given."""
    runs = models.Evaluation.objects.visible_to(person).filter(organisation=organisation)
    at, as_of = runs.order_by("-pk").values_list("at", "as_of").first() or (None, None)
    counters = (organisation.version, organisation.definitions_version, organisation.outlooks_version)
    return Run(organisation.pk, at, as_of, *counters, sight_of(person))


def kept(run: Run, key: Hashable, read: Callable[[], T], *, size: Callable[[T], int]) -> T:
    """What `read` gave for this key since the run, or gives now; `size` counts its results. Nobody may change it."""
    whole = (run, key)
    with _LOCK:
        found = _KEPT.pop(whole, None)
        if found is not None:
            _KEPT[whole] = found  # the youngest again
            return cast(T, found[0])
    fresh = read()
    with _LOCK:
        _KEPT[whole] = (fresh, size(fresh))
        total = sum(count for _, count in _KEPT.values())
        while total > ROOM:
            total -= _KEPT.pop(next(iter(_KEPT)))[1]
    return fresh


def forget() -> None:
    """Read everything anew."""
    with _LOCK:
        _KEPT.clear()


_KEPT: dict[tuple[Run, Hashable], tuple[Any, int]] = {}
_LOCK: Final = Lock()
