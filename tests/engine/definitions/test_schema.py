"""The schema and the pages are current, and the schema says what parse says."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from fourfold.engine.checks import CHECKS
from fourfold.engine.checks.reference import READING
from fourfold.engine.definitions.schema import json_schema
from fourfold.engine.definitions.text.about import comments
from fourfold.engine.definitions.text.complaints import TYPES

ROOT = Path(__file__).parents[3]
TYPE_OF = {"string": str, "object": dict, "array": list, "boolean": bool, "integer": int, "number": (int, float)}


class Core(yaml.SafeLoader):
    """PyYAML without its dates, as editors read YAML 1.2."""


Core.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def problems(value: Any, schema: Any, root: Any, path: str = "") -> list[str]:
    """An independent reading of the parts of JSON Schema that ours uses."""
    if "$ref" in schema:
        return problems(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    if "anyOf" in schema:
        tries = [problems(value, way, root, path) for way in schema["anyOf"]]
        return [] if [] in tries else tries[-1]
    if "const" in schema:
        return [] if value == schema["const"] else [f"{path}: const"]
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not any(isinstance(value, TYPE_OF[k]) and (k == "boolean" or value is not True) for k in kinds):
        return [f"{path}: type"]
    found = [f"{path}: enum"] if "enum" in schema and value not in schema["enum"] else []
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{path}: pattern")
    if isinstance(value, dict):
        found += [f"{path}: {key} is missing" for key in schema.get("required", ()) if key not in value]
        for key, inner in value.items():
            way = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
            found += [f"{path}.{key}: unknown"] if way is False else problems(inner, way, root, f"{path}.{key}")
    if isinstance(value, list) and "items" in schema:
        found += [p for i, item in enumerate(value) for p in problems(item, schema["items"], root, f"{path}[{i}]")]
    if isinstance(value, list) and not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**6):
        found.append(f"{path}: length")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{path}: minimum")
    return found


def test_the_generated_files_are_current() -> None:
    pages = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()
    for name, content in pages.items():
        written = (ROOT / "docs" / "reference" / name).read_text("utf-8")
        assert written == content, f"docs/reference/{name} is out of date: run `make reference`"


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/*.yaml")), ids=lambda p: "/".join(p.parts[-2:]))
def test_the_example_fits_the_schema(path: Path) -> None:
    assert problems(yaml.load(path.read_text("utf-8"), Core), schema := json_schema(), schema) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kpis: [{code: k, name: K, polarty: x}]", ".kpis[0].polarty: unknown"),
        ("kpis: [{code: k}]", ".kpis[0]: name is missing"),
        ("kpis: [{code: k, name: K, kind: flwo}]", ".kpis[0].kind: enum"),
        ("kpis: [{code: k, name: K, targets: [{kpi: k, since: 2026}]}]", ".kpis[0].targets[0].kpi: unknown"),
        ("objectives: [{code: o, name: O, perspective: p, kpis: [{}]}]", ".objectives[0].kpis[0]: kpi is missing"),
        ("uses: [{kpi: a b, objective: o, weight: -1}]", ".uses[0].kpi: pattern"),
        ("links: [{source: a, target: b, lag: [1]}]", ".links[0].lag: length"),
        ("measures: []", ".measures: unknown"),
        ("format: 2", ".format: const"),
    ],
)
def test_the_schema_marks_a_mistake(text: str, problem: str) -> None:
    schema = json_schema()
    assert problem in problems(yaml.safe_load(text), schema, schema)


def test_the_schema_is_plain_json() -> None:
    assert json.loads(json.dumps(json_schema())) == json_schema()


def test_every_field_of_every_type_says_what_it_means() -> None:
    about = {f"{key}.{name}": text for key, type_ in TYPES.items() for name, text in comments(type_).items()}
    assert [name for name, text in about.items() if len(text) < 5] == []


def test_every_code_that_reading_can_give_is_described() -> None:
    source = "".join(p.read_text("utf-8") for p in (ROOT / "src/fourfold/engine/definitions").rglob("*.py"))
    assert set(re.findall(r'"(DEF-[A-Z]+)"', source)) == set(READING)
    assert not set(READING) & set(CHECKS)
