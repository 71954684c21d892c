"""Parts of pages, ready-made: kept until something changes, and shared by all who see the same.

They are drawn without the request, so nothing that belongs to one person can get into them: no name, no form with its
token, no message. Those are drawn for each request, around the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, TypeVar

from django.utils.translation import get_language

from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope

_RESULT: Final = 300  # characters that take the room of one result

Texts = TypeVar("Texts", bound=tuple[str, ...])


def ready(scope: Scope, key: Hashable, make: Callable[[], Texts]) -> Texts:
    """The texts that `make` gave for this key, or gives now.

    The key holds all that they depend on beside where the scope stands and what the person may see.
    """
    whole = ("ready", get_language(), scope.sight, key)
    return kept(scope.run, whole, make, size=lambda texts: 1 + sum(map(len, texts)) // _RESULT)
