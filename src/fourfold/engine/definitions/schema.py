"""A JSON Schema for the YAML files of a scorecard folder, so that editors complete keys and mark mistakes.

One schema serves every file, because any file may hold any key. It says what one file can say about itself;
references, units and orders are for the checks.
"""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias, cast

from pydantic import JsonValue

from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.custom_field import CustomField
from fourfold.engine.definitions.initiative import Milestone
from fourfold.engine.definitions.rate import Rate
from fourfold.engine.definitions.strategy import SuccessFactor
from fourfold.engine.definitions.text.about import comments, summary
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.engine.definitions.text.folder import FORMAT, NESTED, SINGLES
from fourfold.engine.definitions.unit import FormerParent
from fourfold.engine.definitions.waiver import Waiver

Json: TypeAlias = dict[str, JsonValue]

#: Types that stand inside others and have no key of their own in a folder.
INSIDE: Final[tuple[type[Definition], ...]] = (Milestone, FormerParent, SuccessFactor, Waiver, Rate, CustomField)
#: What each nested key is good for.
_NESTED_TEXT: Final = {
    "uses": "The KPIs that tell whether the objective is reached; a bare code is short for `kpi: code`.",
    "targets": "The targets of the KPI, the oldest first.",
}
_LIMITS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_KEPT: Final = ("enum", "pattern", "maxLength", "minLength", *_LIMITS)


def json_schema() -> Json:
    """The schema (draft 2020-12) of one file, ready for `json.dumps`; descriptions come from the types."""
    types: tuple[type[Definition], ...] = (*TYPES.values(), *INSIDE)
    definitions: Json = {type_.__name__: _object(type_) for type_ in types}
    properties: Json = {"format": {"const": int(FORMAT), "description": "The version of this format."}}
    for key, type_ in TYPES.items():
        reference: Json = {"$ref": f"#/$defs/{type_.__name__}"}
        properties[key] = reference if key in SINGLES else {"type": "array", "items": reference}
    for parents, key, flat, owner in NESTED:
        holder, item = TYPES[parents].__name__, TYPES[flat].__name__
        name = f"{item}Of{holder}"
        definitions[name] = _object(TYPES[flat], without=owner)
        entry: Json = {"$ref": f"#/$defs/{name}"}
        items: Json = {"anyOf": [{"type": "string"}, entry]} if key == "kpis" else entry
        own = cast(Json, cast(Json, definitions[holder])["properties"])
        own[key] = {"type": "array", "items": items, "description": _NESTED_TEXT[flat]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Fourfold scorecard folder, format {FORMAT}",
        "description": "Any *.yaml file of the folder may hold any of these keys; lists are joined over all files.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def field_schema(type_: type[Definition], name: str) -> Json:
    """The schema of one field, as YAML is written: numbers are numbers, and no key needs a null."""
    source = _source(type_)
    return _plain(cast(Json, cast(Json, source["properties"])[name]), cast(Json, source.get("$defs", {})))


@cache
def _source(type_: type[Definition]) -> Json:
    return cast(Json, type_.model_json_schema())


def _object(type_: type[Definition], without: str = "") -> Json:
    """The schema of a type, perhaps without the key that its nesting already says."""
    about = comments(type_)
    properties: Json = {}
    for name in type_.model_fields:
        if name != without:
            properties[name] = field_schema(type_, name) | {"description": about[name]}
    required = [n for n, field in type_.model_fields.items() if field.is_required() and n != without]
    schema: Json = {"type": "object", "description": summary(type_), "properties": properties}
    if required:
        schema["required"] = cast(list[JsonValue], required)
    return schema | {"additionalProperties": False}


def _plain(schema: Json, shared: Json) -> Json:
    """pydantic's schema of a field without titles, nulls, and the text form of exact numbers."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        if any(name == type_.__name__ for type_ in INSIDE):
            return {"$ref": f"#/$defs/{name}"}
        return _plain(cast(Json, shared[name]), shared) | _default(schema)
    if "anyOf" in schema:
        ways = [cast(Json, way) for way in cast(list[JsonValue], schema["anyOf"])]
        numbers = [way for way in ways if way.get("type") == "number"]
        chosen = numbers or [way for way in ways if way.get("type") != "null"]
        return _plain(chosen[0], shared) | _default(schema)
    plain: Json = {"type": schema["type"]} | {key: schema[key] for key in _KEPT if key in schema}
    if schema["type"] == "string" and "enum" not in schema:
        plain["type"] = ["string", "number"]  # `code: 7` and `since: 2026` are text here, whatever YAML makes of them
    if "prefixItems" in schema:
        plain |= {"prefixItems": schema["prefixItems"], "minItems": schema["minItems"], "maxItems": schema["maxItems"]}
    if "items" in schema:
        plain["items"] = _plain(cast(Json, schema["items"]), shared)
    if "additionalProperties" in schema:
        plain["additionalProperties"] = _plain(cast(Json, schema["additionalProperties"]), shared)
    return plain | _default(schema)


def _default(schema: Json) -> Json:
    """The default as it would be written; none where leaving the key out means "none"."""
    default = schema.get("default")
    if default in (None, "", [], {}):
        return {}
    exact = any(cast(Json, way).get("type") == "number" for way in cast(list[JsonValue], schema.get("anyOf", [])))
    return {"default": float(default) if exact and isinstance(default, str) else default}
