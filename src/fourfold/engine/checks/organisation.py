"""Currency, time zone and locale exist; the cuts of a strategy are in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.formulas.unit_words import CURRENCIES
from fourfold.engine.words import show

_LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", re.ASCII)


@rule("SETTINGS", "A setting of the organisation or the strategy makes no sense")
def organisation(d: Definitions) -> Iterator[Said]:
    """`currency` is a code of ISO 4217 (or empty), `time_zone` a name of the tz database, `locale` a language tag
    such as en-GB; the cut `amber` of a strategy lies below `green`.
    """
    o, s = d.organisation, d.strategy
    if o.currency and o.currency not in CURRENCIES:
        message = f"`currency` is {show(o.currency)}, which is no currency of ISO 4217."
        fix = f"Write {o.currency.upper()}." if o.currency.upper() in CURRENCIES else "Write a code such as GBP or EUR."
        yield Said("organisation.currency", message, fix)
    if not _is_zone(o.time_zone):
        message = f"`time_zone` is {show(o.time_zone)}, which the tz database does not know."
        yield Said("organisation.time_zone", message, "Write a name such as Europe/London or UTC.")
    if not _LOCALE.fullmatch(o.locale):
        message = f"`locale` is {show(o.locale)}, which is no language tag."
        yield Said("organisation.locale", message, "Write language and country: en-GB, de-CH.")
    if s.amber >= s.green:
        message = f"`amber`, {s.amber:g}, is not below `green`, {s.green:g}."
        yield Said("strategy.amber", message, "A node is near target from amber on, and on target from green on.")


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return name == "UTC"
