"""Django's cache as rows of the database, so that all processes count attempts to sign in together.

Django's own `DatabaseCache` keeps pickles, which run code of whoever can write to the table, and from 300 entries on it
throws away what is not over, counters of guesses too. Here values are JSON, and only what has ended goes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction

from fourfold.records.models import Memo

_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Memos(BaseCache):
    """What Django and allauth ask of a cache."""

    def __init__(self, _: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value; `default` where there is none, or none any more."""
        row = Memo.objects.filter(pk=self.make_and_validate_key(key, version), ends_at__gt=datetime.now(UTC)).first()
        return default if row is None else json.loads(row.value)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value, whatever was there."""
        row = self._row(key, value, timeout, version)
        Memo.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["key"], update_fields=["value", "ends_at"]
        )

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value where there is none; of several who try at once one is told that it did."""
        row = self._row(key, value, timeout, version)
        try:
            with transaction.atomic():
                Memo.objects.filter(pk=row.key, ends_at__lte=datetime.now(UTC)).delete()
                row.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let a value that is there end at another time."""
        there = Memo.objects.filter(pk=self.make_and_validate_key(key, version), ends_at__gt=datetime.now(UTC))
        return bool(there.update(ends_at=self._end(timeout)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value."""
        return bool(Memo.objects.filter(pk=self.make_and_validate_key(key, version)).delete()[0])

    def clear(self) -> None:
        """Forget everything, how often somebody asked too."""
        Memo.objects.all().delete()

    def _row(self, key: Any, value: Any, timeout: Any, version: int | None) -> Memo:
        key = self.make_and_validate_key(key, version)
        return Memo(key=key, value=json.dumps(value), ends_at=self._end(timeout))

    def _end(self, timeout: Any) -> datetime:
        moment = self.get_backend_timeout(timeout)
        return _NEVER if moment is None else datetime.fromtimestamp(moment, UTC)
