"""What a type has against a value, in words: names the key and what was written, and says what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic_core import ErrorDetails

from fourfold.engine.definitions import (
    custom_field,
    initiative,
    kpi,
    kpi_use,
    link,
    note,
    objective,
    organisation,
    person,
    perspective,
    rate,
    step,
    strategy,
    target,
    theme,
    unit,
    waiver,
)
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.text.folder import NESTED, NOUNS
from fourfold.engine.definitions.text.nodes import Branch, Node, Scalar, Series, is_empty, path_to
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.words import a, as_code, call, choices, nearest, plural, show

#: The type behind each key of the document.
TYPES: Final[Mapping[str, type[Definition]]] = {
    "organisation": organisation.Organisation,
    "units": unit.Unit,
    "people": person.Person,
    "strategy": strategy.Strategy,
    "perspectives": perspective.Perspective,
    "themes": theme.Theme,
    "objectives": objective.Objective,
    "links": link.Link,
    "kpis": kpi.Kpi,
    "uses": kpi_use.KpiUse,
    "targets": target.Target,
    "initiatives": initiative.Initiative,
    "notes": note.Note,
    "steps": step.Step,
}
#: What stands in lists inside other things.
_INSIDE: Final[Mapping[str, type[Definition]]] = {
    "milestone": initiative.Milestone,
    "success factor": strategy.SuccessFactor,
    "waiver": waiver.Waiver,
    "rate": rate.Rate,
    "field": custom_field.CustomField,
}
#: What people write for one of our keys, having used other software.
_ELSEWHERE: Final = {
    "id": "code",
    "key": "code",
    "title": "name",
    "label": "name",
    "email_address": "email",
    "goal": "value",
    "target": "value",
    "threshold": "red_line",
    "amount": "value",
    "from": "since",
    "valid_from": "since",
    "direction": "polarity",
    "aggregation": "aggregate_time",
    "uom": "unit",
    "measure": "kpi",
    "measures": "kpis",
    "responsible": "owner",
    "comment": "note",
}
_NUMBER_FIX: Final = "Write digits with a point, such as 3 or 2.5: no thousands separator, sign of a unit or currency."
_LIMITS: Final = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def complaint(error: ErrorDetails, document: Branch, names: Mapping[int, str]) -> Finding:
    """The finding for one error of pydantic about the flat `document`; `names` gives the name of each item by id."""
    loc = tuple(step for step in error["loc"] if step != "[key]")
    walked = list(path_to(document, loc))
    thing = next((names[id(node)] for _, node, _ in reversed(walked) if id(node) in names), None)
    node, place = walked[-1][1], walked[-1][2]
    reached = len(walked) == len(loc) + 1
    about_the_key = error["type"] == "extra_forbidden" or (error["type"] == "missing" and reached)
    place = place if about_the_key else node.place
    code, message, fix = _say(error, loc, node if reached else None, thing)
    return Finding(code, Level.ERROR, Place(place.file, place.line, place.column, thing), message, fix)


def _say(error: ErrorDetails, loc: tuple[int | str, ...], node: Node | None, thing: str | None) -> tuple[str, str, str]:
    """(code, message, fix) for one error; `node` is the value it is about, if that exists."""
    key = _label(loc)
    kind = error["type"]
    if kind == "missing":
        return _missing(loc, thing, is_given=node is not None)
    if kind == "extra_forbidden":
        return _unknown_key(loc)
    if node is not None and is_empty(node):
        return "DEF-VALUE", f"{key} is empty.", "Write a value, or delete the entry."
    if (shape := _shape(kind, key, node)) is not None:
        return "DEF-SHAPE", *shape
    return _value(error, key, node)


def _missing(loc: tuple[int | str, ...], thing: str | None, *, is_given: bool) -> tuple[str, str, str]:
    name = str(loc[-1])
    whose = call(thing) if thing else "it"
    if isinstance(loc[-1], int):
        return "DEF-SHAPE", f"{_label(loc[:-1])} needs two numbers.", "Write both: `[3, 9]`."
    if is_given:
        return "DEF-MISSING", f"`{name}` of {whose} has no value.", f"Write it after the colon: `{name}: …`."
    if (inside := _inside(loc)) is not None:
        whose = f"{a(inside)} of {whose}"
    return "DEF-MISSING", f"{whose[0].upper()}{whose[1:]} has no `{name}`.", f"Add a line `{name}: …` to it."


def _unknown_key(loc: tuple[int | str, ...]) -> tuple[str, str, str]:
    name = str(loc[-1])
    top = str(loc[0])
    known = _keys(loc)
    used_to = _ELSEWHERE.get(name.casefold())
    near = used_to if used_to in known else nearest(name, known)
    noun = _inside(loc) or NOUNS.get(top, top)
    message = f"There is no key {show(name)} in {a(noun)}."
    return "DEF-KEY", message, f"Did you mean {show(near)}?" if near else f"It has {choices(known, 'and')}."


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    """The keys allowed where `loc` ends, nested forms included."""
    if (inside := _inside(loc)) is not None:
        return list(_INSIDE[inside].model_fields)
    top = str(loc[0])
    nested = [key for parents, key, _, _ in NESTED if parents == top]
    return [*TYPES[top].model_fields, *nested]


def _inside(loc: tuple[int | str, ...]) -> str | None:
    """The noun of the list inside a thing that `loc` leads into: a milestone, a waiver."""
    return next((noun for noun in _INSIDE if plural(noun).replace(" ", "_") in loc[1:-1]), None)


def _shape(kind: str, key: str, node: Node | None) -> tuple[str, str] | None:
    """Message and fix where a list, a mapping or plain text is wanted and something else is there."""
    what = "a list" if isinstance(node, Series) else "a mapping" if isinstance(node, Branch) else "text"
    written = f": {show(node.text)}" if isinstance(node, Scalar) else ""
    if kind in ("tuple_type", "list_type"):
        example = node.text if isinstance(node, Scalar) else "one, two"
        return f"{key} must be a list, and it is {what}{written}.", f"Put it in square brackets: `[{example}]`."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        fix = "Write one `key: value` per line, indented below it."
        return f"{key} must have keys of its own, and it is {what}{written}.", fix
    if isinstance(node, Series | Branch) and kind != "too_long":
        return f"{key} must be a single value, and it is {what}.", "Write one value after the colon, on the same line."
    return None


def _value(error: ErrorDetails, key: str, node: Node | None) -> tuple[str, str, str]:
    """A single value that its type refuses."""
    kind, ctx = error["type"], error.get("ctx", {})
    text = node.text if isinstance(node, Scalar) else str(error["input"])
    says = f"{key} is {show(text)}"
    if kind in ("enum", "literal_error"):
        words = [w.strip(" '") for w in str(ctx.get("expected", "")).replace(" or ", ", ").split(",") if w.strip(" '")]
        near = nearest(text, words)
        fix = f"Did you mean {show(near)}?" if near else f"Write {choices(words)}."
        return "DEF-VALUE", f"{says}; it must be {choices(words)}.", fix
    if kind in ("decimal_parsing", "decimal_type", "int_parsing", "int_type", "float_parsing", "float_type"):
        if kind.startswith("int"):
            return "DEF-NUMBER", f"{says}, which is not a whole number.", "Write digits only, such as 3."
        return "DEF-NUMBER", f"{says}, which is not a number.", _number_fix(text)
    if kind == "int_from_float":
        return "DEF-NUMBER", f"{says}, which is not a whole number.", "Write it without decimals."
    if kind == "finite_number":
        return "DEF-NUMBER", f"{says}; it must be a finite number.", "Leave the key out where there is no number."
    if kind in ("decimal_max_digits", "decimal_whole_digits", "decimal_max_places", "int_parsing_size"):
        most = ctx.get("max_digits", 18)
        return "DEF-NUMBER", f"{says}; a number has at most {most} digits here.", "Round it, or change its unit."
    if kind in _LIMITS:
        name, words_ = _LIMITS[kind]
        why = " (V21)" if key == "`weight`" else ""
        return "DEF-LIMIT", f"{says}; it must be {words_} {float(str(ctx.get(name))):g}{why}.", "Change the number."
    if kind == "string_pattern_mismatch":
        message = f"{says}; a code has only letters, digits, `_`, `-` and `.`, and begins with a letter or digit."
        return "DEF-CODE", message, f"Write for example {show(as_code(text))}; what people read goes into `name`."
    if kind == "string_too_long":
        most = ctx.get("max_length")
        return "DEF-LIMIT", f"{key} has {len(text)} characters; at most {most} are allowed.", "Shorten it."
    if kind == "string_too_short":
        return "DEF-VALUE", f"{key} is empty.", "Write a value after the colon."
    if kind == "too_long":
        return "DEF-SHAPE", f"{key} has too many entries; it takes {ctx.get('max_length')}.", "Delete the others."
    if kind == "bool_type":
        return "DEF-VALUE", f"{says}; it must be true or false.", _flag_fix(text)
    if kind == "string_type":
        return "DEF-VALUE", f"{says}; it must be text.", f'Put it in quotes: "{text}".'
    said = error["msg"].removeprefix("Value error, ")
    return "DEF-VALUE", f"{says}: it {said}." if kind == "value_error" else f"{says}: {said}.", "Change the value."


def _number_fix(text: str) -> str:
    """The fix for what is not a number, for the slips that people make."""
    bare = text.strip()
    if bare.endswith("%"):
        return f'Write {bare[:-1].strip() or "the number"} here and `unit: "%"` at the KPI.'
    if bare.count(",") == 1 and "." not in bare and len(bare.rpartition(",")[2]) != 3:
        return f"Write the decimal with a point: {bare.replace(',', '.')}."
    if bare.replace(",", "").replace(" ", "").replace("'", "").replace("’", "").isdigit():
        return f"Write it without thousands separators: {''.join(c for c in bare if c.isdigit())}."
    return _NUMBER_FIX


def _flag_fix(text: str) -> str:
    word = text.strip().casefold()
    if word in ("yes", "y", "on", "1", "true", "t"):
        return "Write true."
    return "Write false." if word in ("no", "n", "off", "0", "false", "f") else "Write true or false."


def _label(loc: tuple[int | str, ...]) -> str:
    """How a message calls the value at `loc`: the key, and which entry of a list it is."""
    key = next((step for step in reversed(loc) if isinstance(step, str)), "document")
    last = loc[-1] if loc else ""
    return f"Entry {last + 1} of `{key}`" if isinstance(last, int) else f"`{key}`"
