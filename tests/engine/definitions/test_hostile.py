"""Texts that want to break the reader: each gives one finding at the right place, quickly, and nothing is built."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.text import reader
from fourfold.engine.definitions.text.reader import MAX_CHARACTERS, read
from fourfold.engine.findings import Finding

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(f"c{i}: &c{i} [*b, *b]\n" for i in range(30))

# Each: the text, line and column, words of the message.
REFUSED = [
    (LAUGHS, "1:4", "`&a`"),
    ("kpis: *all\n", "1:7", "`*all`"),
    ("kpis: &all [x]\n", "1:7", "`&all`"),
    ("x: !!python/object/apply:os.system ['echo']\n", "1:4", "is a tag"),
    ("x: !secret 5\n", "1:4", "is a tag"),
    ("kpis:\n  - <<: {code: k}\n", "2:5", "Merge keys"),
    ("a: 1\n---\nb: 2\n", "2:1", "second document"),
    ("x: " + "[" * 100 + "]" * 100, "1:23", "deeper than 20"),
    ("x: " + "{a: " * 50 + "1" + "}" * 50, "1:80", "deeper than 20"),
    ("? [a, b]\n: 1\n", "1:3", "A key is a list"),
    ("? {a: b}\n: 1\n", "1:3", "A key is a list"),
    ("- a\n- b\n", "1:1", "The file is a list"),
    ("just words\n", "1:1", 'only the text "just words"'),
    ("a: 1\n\tb: 2\n", "2:1", "indented with a tab"),
    ("kpis:\n\t- code: k\n", "2:1", "indented with a tab"),
    ("a: x\x00y\n", "1:5", "U+0000"),
    ("a: b\nc: \x1b[31m\n", "2:4", "U+001B"),
    ("a: \ud800\n", "1:4", "U+D800"),
    ("a: b\n\ufeffc: d\n", "2:1", "U+FEFF"),
    ("a: b: c\n", "1:5", "second colon"),
    ("a: [1, 2\nb: 3\n", "2:2", "not closed"),
    ("a: 1\n  b: 2\n", "2:4", "second colon"),
    ("kpis:\n  - code: k\n name: x\n", "3:2", "does not fit"),
    ("a: 'open\nb: 2\n", "1:4", "never closed"),
    ('a: "bad \\q escape"\n', "1:9", "backslash"),
    ("a: %x\n", "1:4", "cannot begin with this character"),
    ("a: @x\n", "1:4", "cannot begin with this character"),
    ("a: 1\nplain words\nb: 2\n", "3:1", "neither a key"),
    ("a: -\n  - b\n c: d\n", "1:4", ""),
    ('a: "\\U00110000"\n', "1:", ""),
]


def refusal(text: str) -> Finding:
    branch, findings = read("f.yaml", text)
    assert branch is None
    assert len(findings) == 1
    return findings[0]


@pytest.mark.parametrize("loader", LOADERS, ids=["python", "libyaml"])
@pytest.mark.parametrize(("text", "where", "message"), REFUSED, ids=[repr(t[:30]) for t, _, _ in REFUSED])
def test_a_trick_is_refused_where_it_stands(
    text: str, where: str, message: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_LOADER", loader)
    finding = refusal(text)
    assert message in finding.message
    assert finding.fix
    if loader is LOADERS[1]:  # the two parsers give up at places of their own
        assert str(finding.place).startswith(f"f.yaml:{where}")


def test_a_message_shows_the_line_it_is_about() -> None:
    finding = refusal("kpis:\n  - code: k\n    name: Cost: all of it\n")
    assert 'The line reads "name: Cost: all of it".' in finding.message
    assert "in quotes" in finding.fix


def test_a_file_that_is_too_long_is_refused_before_it_is_read() -> None:
    began = time.perf_counter()
    finding = refusal("a: " + "[" * MAX_CHARACTERS)
    assert finding.code == "DEF-SIZE"
    assert "5,000,000" in finding.message
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "text",
    [*(sign * 400_000 for sign in ("[", "{", "- ", "? ", "a: ")), "'" * 400_001, "a: " + "!" * 400_000],
    ids=["lists", "mappings", "dashes", "questions", "colons", "quotes", "tags"],
)
def test_deep_and_long_nonsense_is_refused_quickly(text: str) -> None:
    began = time.perf_counter()
    refusal(text)
    assert time.perf_counter() - began < 5


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem() -> None:
    unix = "organisation: {code: o, name: O}\nstrategy:\n  code: s\n  name: S\n  mission: |\n    one\n    two\n"
    parsed, windows = parse({"a.yaml": unix}), parse({"a.yaml": "\ufeff" + unix.replace("\n", "\r\n")})
    assert parsed.definitions is not None
    assert parsed.definitions == windows.definitions
    assert parsed.definitions.strategy.mission == "one\ntwo"
    assert windows.places["strategy.mission"].line == 5


def test_one_bad_file_does_not_hide_the_mistakes_of_the_others() -> None:
    parsed = parse({"a.yaml": "a: [", "b.yaml": "kpis: [{code: k, nme: K}]"})
    assert {(f.place.file, f.code) for f in parsed.findings} == {
        ("a.yaml", "DEF-YAML"),
        ("b.yaml", "DEF-KEY"),
        ("b.yaml", "DEF-MISSING"),
    }


@given(st.text(alphabet=st.sampled_from("abk: -[]{}#&*!|>'\"%@`,?\n\t\r\x00\x85\ufeff\u2028é1.~<=\\"), max_size=80))
def test_no_text_makes_parse_raise(text: str) -> None:
    parsed = parse({"a.yaml": text, "b.yaml": f"kpis:\n  - code: {text}"})
    assert parsed.definitions is None
    assert parsed.findings
    assert all(f.message and f.fix for f in parsed.findings)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "name", "kpi", "x"]), inner),
    max_leaves=10,
)
_KEYS = ["organisation", "strategy", "units", "objectives", "kpis", "uses", "targets", "links", "notes", "initiatives"]


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON), st.sampled_from(["kpis", "targets", "tags", "levels"]), _JSON)
def test_no_shape_makes_parse_raise(document: dict[str, object], key: str, value: object) -> None:
    document["kpis"] = [{"code": "k", key: value}]
    text = yaml.safe_dump(document, allow_unicode=True)
    parsed = parse({"a.yaml": text})
    assert parsed.definitions is None  # the KPI has no name
    assert parsed.findings
