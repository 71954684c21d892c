"""The form of a field of the organisation's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import ValidationError

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.custom_fields import without_field
from fourfold.engine.definitions import CustomField, Definitions
from fourfold.errors import Conflict, NotFound

#: What can be written in a field, in words.
KINDS: Mapping[str, str] = {
    "text": "text", "number": "a number", "date": "a day", "flag": "yes or no", "choice": "one of some words",
}  # fmt: skip


def saved(definitions: Definitions, given: Mapping[str, str]) -> Amendments:
    """A new field, or the one that is named by `field` with other words. Raises `Conflict` for what cannot be read."""
    organisation = definitions.organisation
    there = find(definitions, given["field"]) if given.get("field") else None
    name = given.get("name", "").strip()
    if not name:
        raise Conflict("The field has no name.", hint="Say what people read over it.")
    choices = tuple(line.strip() for line in given.get("choices", "").splitlines() if line.strip())
    of = there.of if there is not None else given.get("of", "")
    plain = {
        "code": there.code if there is not None else _code(definitions, name, of), "name": name, "of": of,
        "kind": given.get("kind", "text"), "choices": choices, "required": given.get("required") == "true",
        "hint": given.get("hint", "").strip(),
    }  # fmt: skip
    try:
        field = CustomField.model_validate(plain)
    except ValidationError as error:
        raise Conflict(f"The field cannot be saved: {error.errors()[0]['msg']}.", hint="Shorten it.") from None
    fields = organisation.custom_fields
    fields = (*fields, field) if there is None else tuple(field if f == there else f for f in fields)
    return (Amendment("organisation", organisation, organisation.model_copy(update={"custom_fields": fields})),)


def removed(definitions: Definitions, key: str) -> Amendments:
    """The field gone, with what is written in it."""
    return without_field(definitions, find(definitions, key))


def key_of_field(field: CustomField) -> str:
    """How the form names a field."""
    return f"{field.of}:{field.code}"


def find(definitions: Definitions, key: str) -> CustomField:
    """The field of a key. Raises `NotFound`."""
    for field in definitions.organisation.custom_fields:
        if key_of_field(field) == key:
            return field
    raise NotFound("There is no such field.")


def _code(definitions: Definitions, name: str, of: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:60] or "field"
    taken = {f.code for f in definitions.organisation.custom_fields if f.of == of}
    return next(c for c in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if c not in taken)
