"""What people write for a moment or a view, read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from typing import TypeAlias, cast, get_args

from fourfold.engine.results import View
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import FourfoldError

#: A moment, a day, or the text of one; None is now.
Moment: TypeAlias = datetime | date | str | None


def moment(as_of: Moment, zone: tzinfo = UTC) -> datetime:
    """A time in UTC where it names none; the last moment of a date in the time zone given."""
    if as_of is None:
        return datetime.now(UTC)
    if isinstance(as_of, str):
        try:
            as_of = date.fromisoformat(as_of) if len(as_of) <= 10 else datetime.fromisoformat(as_of)
        except ValueError:
            raise FourfoldError(f"{show(as_of)} is not a date.", hint="Write a date like 2026-03-31.") from None
    if not isinstance(as_of, datetime):
        return datetime.combine(as_of, time.max, tzinfo=zone)
    return as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)


def view_named(text: str) -> View:
    """The view of this name."""
    for view in get_args(View):
        if text == view:
            return cast(View, view)
    raise FourfoldError(f"There is no view {show(text)}.", hint=did_you_mean(text, get_args(View), "view"))
