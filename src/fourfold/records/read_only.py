"""Read-only: people go on reading while nobody may write, be it before an upgrade or because the disk is full.

It is on by `FOURFOLD_READ_ONLY`, or by a file in the data folder, which every process that shares that folder sees at
its next request. Signing in and out is not held back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from fourfold.errors import FourfoldError, Kind

NAME: Final = "read_only"
#: How statements begin that change data or take a lock to do so.
_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE", "COPY", "TRUNCATE", "CREATE", "ALTER", "DROP")


class ReadOnly(FourfoldError):
    """Fourfold is read-only at the moment: nothing was saved."""

    kind = Kind.UNAVAILABLE
    retry = True

    def __init__(self) -> None:
        """Say why, where whoever switched it on said so."""
        why = reason()
        super().__init__(f"Fourfold is read-only at the moment{f' ({why})' if why else ''}: nothing was saved.",
                         hint="Everything can be read. Try again later, or ask the person who runs this server.")


def is_read_only() -> bool:
    """True while nobody may write."""
    return bool(settings.READ_ONLY) or _file().exists()


def reason() -> str:
    """Why, in the words of whoever switched it on; empty where they gave none."""
    try:
        return _file().read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def switch(on: bool, why: str = "") -> None:
    """Switch it on or off for all processes that share the data folder."""
    if on:
        _file().write_text(why, encoding="utf-8")
    else:
        _file().unlink(missing_ok=True)


def refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """A wrapper for Django's cursors: what only looks as if it read does not write either.

    When a session was last used is no data of anybody's.
    """
    if sql.lstrip("( \n").upper().startswith(_WRITES) and "records_session" not in sql:
        raise ReadOnly
    return execute(sql, params, many, context)


def refuse() -> None:
    """Raise `ReadOnly` while it is on; what changes something asks here first."""
    if is_read_only():
        raise ReadOnly


def _file() -> Path:
    return Path(settings.DATA_DIR) / NAME
