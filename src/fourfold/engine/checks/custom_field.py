"""What is written in fields of an organisation's own."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.custom_fields import fields_of, why_unfit
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.custom_field import NOUNS
from fourfold.engine.findings import Level


@rule("CUSTOM-FIELD", "A field of the organisation's own does not fit")
def custom_field(d: Definitions) -> Iterator[Said]:
    """What stands under `custom` of a KPI, objective or initiative has a field of that code in `custom_fields` of the
    organisation, and fits its kind. A field that is required and empty is told as a warning.
    """
    seen: set[tuple[str, str]] = set()
    for field in d.organisation.custom_fields:
        if (field.of, field.code) in seen:
            message = f"There are two fields {field.code} of the noun {field.of}."
            yield Said("organisation.custom_fields", message, "Give one of them another code.")
        seen.add((field.of, field.code))
        if (field.kind == "choice") != bool(field.choices):
            message = f"The field {field.code} is a {field.kind} with {len(field.choices)} `choices`."
            yield Said("organisation.custom_fields", message, "Give `choices` to a choice, and to nothing else.")
    for noun, key in NOUNS.items():
        known = {field.code: field for field in fields_of(d, noun)}
        for thing in getattr(d, key):
            for code, value in thing.custom.items():
                if code not in known:
                    message = f"There is no field {code} of the noun {noun}, and {thing.code} has it."
                    fix = "Define it in `custom_fields` of the organisation, or take it out."
                    yield Said(f"{noun}:{thing.code}.{code}", message, fix)
                elif wanted := why_unfit(known[code], value):
                    message = f"“{value[:60]}” does not fit the field {known[code].name} of {noun} {thing.code}."
                    yield Said(f"{noun}:{thing.code}.{code}", message, f"Write {wanted}.")
            for field in known.values():
                if field.required and field.code not in thing.custom:
                    message = f"{noun.capitalize()} {thing.code} has nothing in the field {field.name}."
                    yield Said(f"{noun}:{thing.code}.{field.code}", message, "Fill it in.", Level.WARNING)
