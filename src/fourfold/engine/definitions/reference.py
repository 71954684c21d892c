"""The reference page about definitions, made from the types so that it cannot be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from pydantic import JsonValue

from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.custom_field import CustomField
from fourfold.engine.definitions.initiative import Milestone
from fourfold.engine.definitions.rate import Rate
from fourfold.engine.definitions.schema import Json, field_schema
from fourfold.engine.definitions.strategy import SuccessFactor
from fourfold.engine.definitions.text.about import comments, summary
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.engine.definitions.text.folder import FORMAT, SINGLES
from fourfold.engine.definitions.waiver import Waiver

_INTRODUCTION: Final = f"""# Definitions

A scorecard is a folder of YAML files. Their names are free; every `*.yaml` file may hold any of the keys below.
`organisation` and `strategy` stand in one file; the other keys are lists, and are joined over all files in the order
of their names. `format: {FORMAT}` says which version of this format the folder is written in.

- Text needs quotes only where it holds `: ` or ` #`, or begins with a sign such as `%`, `*`, `&`, `!`, `@` or `[`.
- A number has a point and nothing else: `95`, `2.5`, `-0.3`. It is kept exactly as written.
- `true` and `false` are the only words for yes and no. `yes`, `on` and `2026-04` are text.
- Codes name things for ever: letters, digits, `_`, `-` and `.`.
- A key with nothing after it counts as left out. A key that is not known here is a mistake.
- Anchors, aliases, tags, merge keys and second documents are refused, and so is a key that is given twice.

KPIs are placed on an objective with `kpis:` under the objective, and targets are given with `targets:` under the KPI:

```yaml
objectives:
  - code: timely-access
    name: Timely access to care
    perspective: patients
    kpis:
      - kpi: ed_4h
        weight: 3
kpis:
  - code: ed_4h
    name: Emergency visits seen within 4 hours
    kind: ratio
    unit: "%"
    targets:
      - since: 2026-04
        value: 78
        red_line: 70
```

The same can be written flat, under `uses` (with `objective`) and `targets` (with `kpi`). What may be left out and
follows from the rest is completed: aggregation from the kind, ranks and slots from the order, the factor 100 of a
ratio in %. `fourfold check FOLDER` says what is wrong, with file, line and how to mend it. The JSON Schema for
editors is `fourfold.schema.json` beside this page.
"""


def definitions_page() -> str:
    """The page as Markdown: each key with its fields, what they mean, what they take, and their defaults."""
    parts = [_INTRODUCTION]
    for key, type_ in TYPES.items():
        shape = "one mapping" if key in SINGLES else "a list"
        parts.append("\n".join(_section(f"`{key}`: {shape}", type_)))
    parts.append("\n".join(_section("`milestones` of an initiative: a list", Milestone)))
    parts.append("\n".join(_section("`success_factors` of the strategy: a list", SuccessFactor)))
    parts.append("\n".join(_section("`waivers` of the strategy: a list", Waiver)))
    parts.append("\n".join(_section("`rates` of the organisation: a list", Rate)))
    parts.append("\n".join(_section("`custom_fields` of the organisation: a list", CustomField)))
    return "\n".join(parts)


def _section(title: str, type_: type[Definition]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{summary(type_)}\n"
    yield "| key | takes | default | meaning |"
    yield "|---|---|---|---|"
    about = comments(type_)
    for name, field in type_.model_fields.items():
        schema = field_schema(type_, name)
        default = "**required**" if field.is_required() else _shown(schema.get("default"))
        yield f"| `{name}` | {_takes(schema)} | {default} | {about[name].replace('|', chr(92) + '|')} |"
    yield ""


def _takes(schema: Json) -> str:
    """What a field takes, in words."""
    if "enum" in schema:
        return ", ".join(f"`{word}`" if word else "nothing" for word in cast(list[JsonValue], schema["enum"]))
    if "$ref" in schema:
        return "a mapping, see below"
    kind = schema["type"]
    if kind == "array":
        return _list(schema)
    if kind == "object":
        return f"a mapping of text to {_takes(cast(Json, schema['additionalProperties']))}"
    if kind == "boolean":
        return "`true`, `false`"
    if kind in ("number", "integer"):
        return ("a whole number" if kind == "integer" else "a number") + _limits(schema)
    if "pattern" in schema:
        return "a code"
    return "text" if int(str(schema.get("maxLength", 0))) > 300 else "one line of text"


def _list(schema: Json) -> str:
    if "prefixItems" in schema:
        return "two whole numbers"
    item = _takes(cast(Json, schema["items"]))
    return f"a list of {item.removeprefix('a ').removeprefix('one ')}{'' if item.endswith(('text', 'below')) else 's'}"


def _limits(schema: Json) -> str:
    low, high = schema.get("minimum"), schema.get("maximum", schema.get("exclusiveMaximum"))
    if "exclusiveMinimum" in schema:
        above = f" above {_number(schema['exclusiveMinimum'])}"
        return f"{above}, up to {_number(high)}" if high is not None else above
    if low is not None:
        return f", {_number(low)} to {_number(high)}" if high is not None else f", {_number(low)} or more"
    return ""


def _shown(default: JsonValue) -> str:
    if default is None:
        return "–"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{_number(default)}`"


def _number(value: JsonValue) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
