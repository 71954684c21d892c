"""Work done once for the same definitions, however often they are evaluated."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from fourfold.engine.definitions import Definitions

T = TypeVar("T")


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
