"""Any valid definitions, drawn from the types themselves."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.schema import INSIDE, field_schema
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.engine.definitions.text.folder import SINGLES

AWKWARD = [
    "yes",
    "no",
    "null",
    "~",
    "true",
    "On",
    "95",
    "1e5",
    "0x1F",
    "1_000",
    ".5",
    "-1",
    "2026-04",
    "2026-04-01",
    "12:30:45",
    "FY2027-Q1",
    "-",
    "?",
    ":",
    "#",
    "&",
    "*",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "=",
    "<<",
    "{}",
    "[]",
    "[a,b]",
    "{a:b}",
    "'x'",
    '"x"',
    "\\",
    "\\n",
    "a:b",
    "a#b",
    "x,",
    "Überschuß",
    "中文",
    "🙂",
    "£2.6",
    "50%",
    "FALSE",
    "Null",
    "3.0.1",
    "1,5",
    "0o17",
    ".inf",
    ".NaN",
    "+1",
    "y",
    "N",
]
SENTENCES = [
    "Cost: all of it",
    "ends with colon:",
    "a # no comment",
    "- not a list",
    "? not a key",
    "40 beds",
    "74 to 75 by January",
    "one, two; three",
    "tab\tinside",
    "two  spaces",
    "first line\nsecond line",
    "paragraph\n\nanother\n\n\nlast",
    "  indented\n more\nless",
    "--- \n...",
    "word " * 60 + "end",
    "word " * 30 + "\n" + "- item " * 30 + "\n# hash " * 20,
    "x" * 300,
    "non\u00a0breaking\u2009space",
    "soft\u00adhyphen and \u200bzero width \U0001f600",
]
TEXTS = (
    st.sampled_from(AWKWARD + SENTENCES)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff\u2028\u2029"))
    | st.lists(st.sampled_from([*AWKWARD, "a", "bb", "\n", ""]), max_size=40).map(" ".join)
)
LINES = TEXTS.map(lambda t: " ".join(t.split())[:300].strip())
NAMES = LINES.filter(bool)
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,12}", fullmatch=True) | st.sampled_from(
    ["no", "null", "1", "1.0", "1e5", "2026-04-01", "007", "0x1", "on", "true", "y"]
)
FEW_CODES = st.sampled_from(["a", "b", "no", "1e5", "x.y-z_1"])


def decimals(low: float | None) -> st.SearchStrategy[Decimal]:
    exact = st.decimals(allow_nan=False, allow_infinity=False, places=None, min_value=low, max_value=10**9)
    short = exact.filter(lambda d: len(d.as_tuple().digits) <= 15 and abs(int(d.as_tuple().exponent)) <= 15)
    return short | st.sampled_from([Decimal(text) for text in ("0", "1.10", "1E+3", "0." + "3" * 18, "95")])


def values(schema: dict[str, Any], *, exact: bool) -> st.SearchStrategy[Any]:
    """Values for the schema of one field."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "$ref" in schema:
        return things(next(t for t in INSIDE if schema["$ref"].endswith(f"/{t.__name__}")))
    kind, low = schema["type"], schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if kind == "array":
        if "prefixItems" in schema:
            return st.tuples(st.integers(0, 120), st.integers(0, 120))
        return st.lists(values(schema["items"], exact=exact), max_size=3).map(tuple)
    if kind == "object":
        return st.dictionaries(NAMES, values(schema["additionalProperties"], exact=exact), max_size=3)
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(low, high)
    if kind == "number" and exact:
        above = schema.get("exclusiveMinimum")
        return decimals(low) if above is None else decimals(low).filter(lambda number: number > above)
    if kind == "number":
        without = {f"exclude_{end}": f"exclusive{end.capitalize()}imum" in schema for end in ("min", "max")}
        return st.floats(low, high, allow_nan=False, allow_infinity=False, **without)
    if "pattern" in schema:
        return FEW_CODES | CODES
    if schema.get("maxLength", 0) > 300:
        return TEXTS
    return NAMES if schema.get("minLength") else LINES


@cache
def things(type_: type[Definition]) -> st.SearchStrategy[Definition]:
    """Instances of one type, each optional field given or left out."""
    needed: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in type_.model_fields.items():
        exact = "Decimal" in str(field.annotation)
        (needed if field.is_required() else optional)[name] = values(field_schema(type_, name), exact=exact)
    return st.fixed_dictionaries(needed, optional=optional).map(type_.model_validate)


@st.composite
def definitions(draw: st.DrawFn) -> Definitions:
    """Any definitions that pydantic accepts: codes may repeat, and references may lead nowhere."""
    content: dict[str, Any] = {}
    for key, type_ in TYPES.items():
        content[key] = draw(things(type_) if key in SINGLES else st.lists(things(type_), max_size=2))
    return Definitions.model_validate(content)
