"""The manifest of a backup: what is in it, of which version, and what must be the same again after a restore."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from fourfold.errors import Conflict, FourfoldError

#: Grows when a backup is written in a way that earlier versions cannot read.
FORMAT: Final = 1
NAME: Final = "manifest.json"
DATABASE: Final = "database.dump"
#: Tables that are made again empty: a restore must not revive sessions that were ended since, nor memos.
LEFT_OUT: Final = ("records_session", "records_memo", "records_jobrun")


class NotABackup(FourfoldError):
    """This is not a backup of Fourfold, or it is damaged."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Part(_Frozen):
    """One file in a backup."""

    size: int
    sha256: str


class Manifest(_Frozen):
    """Versions, rows per table, parts with their SHA-256, and the ids of keys (never a key)."""

    format: int = FORMAT
    version: str
    made_at: datetime
    engine: Literal["sqlite", "postgresql"]
    server: str
    migrations: tuple[str, ...]
    counts: dict[str, int]
    master_keys: tuple[str, ...] = ()
    parts: dict[str, Part] = {}

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(self.counts.values())


def parse_manifest(text: bytes, where: str) -> Manifest:
    """The manifest of the backup `where`; `Conflict` where a newer version of Fourfold wrote it."""
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise NotABackup(f"{where} is not a backup of Fourfold: its manifest cannot be read.") from error
    if manifest.format > FORMAT:
        message = f"{where} was written by a newer version of Fourfold ({manifest.version})."
        raise Conflict(message, hint="Restore it with that version or a later one.")
    return manifest


def differing_counts(expected: dict[str, int], found: dict[str, int]) -> list[str]:
    """A line for each table that does not have as many rows as it should.

    >>> differing_counts({"records_kpi": 3, "records_unit": 1}, {"records_unit": 1})
    ['records_kpi has no rows instead of 3']
    """
    return [
        f"{table} has {found.get(table) or 'no'} rows instead of {count}"
        for table, count in sorted(expected.items())
        if found.get(table, 0) != count
    ]
