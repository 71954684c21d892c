"""Fields that an organisation adds: which a thing has, whether what is written in them fits, taking one away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import CustomField, Definitions, Initiative, Kpi, Objective
from fourfold.engine.definitions.custom_field import NOUNS

#: Words of a flag.
YES, NO = "yes", "no"
_WANTED: Final = {
    "number": "a number with a decimal point", "date": "a day as YYYY-MM-DD", "flag": f"{YES} or {NO}",
}  # fmt: skip


def fields_of(definitions: Definitions, noun: str) -> tuple[CustomField, ...]:
    """The fields of KPIs (`kpi`), objectives or initiatives, in order."""
    return tuple(f for f in definitions.organisation.custom_fields if f.of == noun)


def why_unfit(field: CustomField, value: str) -> str:
    """What should be written in the field in place of this; empty where it fits.

    >>> why_unfit(CustomField(code="since", name="Since", kind="date"), "last May")
    'a day as YYYY-MM-DD'
    """
    if field.kind == "choice":
        return "" if value in field.choices else f"one of {', '.join(field.choices) or 'its choices'}"
    if field.kind == "flag":
        return "" if value in (YES, NO) else _WANTED["flag"]
    if field.kind == "text":
        return ""
    try:
        is_fit = Decimal(value).is_finite() if field.kind == "number" else _is_day(value)
    except (InvalidOperation, ValueError):
        is_fit = False
    return "" if is_fit else _WANTED[field.kind]


def _is_day(value: str) -> bool:
    return date.fromisoformat(value).isoformat() == value


def filled(definitions: Definitions, thing: Kpi | Objective | Initiative) -> Iterator[tuple[CustomField, str]]:
    """The fields in which something is written, with what is."""
    noun = type(thing).__name__.lower()
    yield from ((f, thing.custom[f.code]) for f in fields_of(definitions, noun) if f.code in thing.custom)


def without_field(definitions: Definitions, field: CustomField) -> Amendments:
    """The field gone, and what is written in it with it."""
    organisation = definitions.organisation
    left = tuple(f for f in organisation.custom_fields if f != field)
    key, found = NOUNS[field.of], []
    for thing in getattr(definitions, key):
        if field.code in thing.custom:
            rest = {code: value for code, value in thing.custom.items() if code != field.code}
            found.append(Amendment(key, thing, thing.model_copy(update={"custom": rest})))
    return (*found, Amendment("organisation", organisation, organisation.model_copy(update={"custom_fields": left})))
