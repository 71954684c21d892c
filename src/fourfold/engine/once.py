"""Work done once for the same definitions, however often they are evaluated."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import TypeVar

from fourfold.engine.definitions import Definitions

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

#: What was made for so many keys is remembered for the same definitions.
MOST = 512


def once(make: Callable[[Definitions], T]) -> Callable[[Definitions], T]:
    """Remember what a function makes of definitions for as long as these live; definitions never change.

    It is kept beside them and not in them: a changed copy of definitions has nothing to inherit.
    """
    kept: dict[int, T] = {}

    @wraps(make)
    def remembered(definitions: Definitions) -> T:
        key = id(definitions)
        if key not in kept:
            kept[key] = make(definitions)
            weakref.finalize(definitions, kept.pop, key, None).atexit = False
        return kept[key]

    return remembered


def once_for(make: Callable[[Definitions, K], T]) -> Callable[[Definitions, K], T]:
    """Remember what a function makes of definitions and a key, such as the codes of some KPIs; see `once`.

    With more than `MOST` keys all is forgotten and made again.
    """

    @once
    def kept(definitions: Definitions) -> dict[K, T]:
        return {}

    @wraps(make)
    def remembered(definitions: Definitions, key: K) -> T:
        made = kept(definitions)
        if (found := made.get(key)) is None:
            if len(made) >= MOST:
                made.clear()
            found = made[key] = make(definitions, key)
        return found

    return remembered
