"""Currencies, time zones and the locale exist; the cuts of a strategy are in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.formulas.unit_words import CURRENCIES
from fourfold.engine.words import call, show

_LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", re.ASCII)


#: Keys that only say something about a year of weeks.
_OF_WEEKS: Final = ("year_end_day", "year_end", "extra_week", "year_comparison")


@rule("SETTINGS", "A setting of the organisation, a unit or the strategy makes no sense")
def organisation(d: Definitions) -> Iterator[Said]:
    """`currency` is a code of ISO 4217 (or empty), `time_zone` a name of the tz database, `locale` a language tag
    such as en-GB; the cut `amber` of a strategy lies below `green`. The keys of a year of weeks, such as `year_end`,
    say nothing without a `week_pattern` (a warning).
    """
    o, s = d.organisation, d.strategy
    places = [("organisation", o.currency, o.time_zone or "UTC")]
    for thing, currency, zone in (*places, *((f"unit:{u.code}", u.currency, u.time_zone) for u in d.units)):
        whose = "" if thing == "organisation" else f" of {call(thing)}"
        if currency and currency not in CURRENCIES:
            message = f"`currency`{whose} is {show(currency)}, which is no currency of ISO 4217."
            yield Said(f"{thing}.currency", message, right_currency(currency))
        if zone and not _is_zone(zone):
            message = f"`time_zone`{whose} is {show(zone)}, which the tz database does not know."
            yield Said(f"{thing}.time_zone", message, "Write a name such as Europe/London or UTC.")
    if not o.week_pattern and (idle := [key for key in _OF_WEEKS if key in o.model_fields_set]):
        message = f"`{idle[0]}` says how a year of weeks is made, and this year has months."
        fix = "Add `week_pattern: 4-4-5` (or another one), or delete the line."
        yield Said(f"organisation.{idle[0]}", message, fix, Level.WARNING)
    if not _LOCALE.fullmatch(o.locale):
        message = f"`locale` is {show(o.locale)}, which is no language tag."
        yield Said("organisation.locale", message, "Write language and country: en-GB, de-CH.")
    if s.amber >= s.green:
        message = f"`amber`, {s.amber:g}, is not below `green`, {s.green:g}."
        yield Said("strategy.amber", message, "A node is near target from amber on, and on target from green on.")


def right_currency(text: str) -> str:
    """The fix for what is no currency."""
    return f"Write {text.upper()}." if text.upper() in CURRENCIES else "Write a code such as GBP or EUR."


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return name == "UTC"
