"""Texts of a folder → definitions; every mistake has its file, line, column, and a way out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fourfold.engine.definitions.parse import Parsed, parse
from fourfold.engine.definitions.text.complaints import _NUMBER_FIX, _flag_fix, _number_fix
from fourfold.engine.findings import Finding, Level

BASE = """\
organisation: {code: o, name: Bakery}
strategy: {code: s, name: Rise}
units:
  - {code: all, name: All}
"""
EXAMPLE = Path(__file__).parents[3] / "examples" / "calder_vale"


def one(text: str) -> Finding:
    """The only finding about a file that stands beside a good one."""
    parsed = parse({"a.yaml": BASE, "b.yaml": text})
    assert len(parsed.findings) == 1, [str(f) for f in parsed.findings]
    assert parsed.definitions is None
    return parsed.findings[0]


def good(text: str) -> Parsed:
    parsed = parse({"a.yaml": BASE, "b.yaml": text})
    assert parsed.findings == (), [str(f) for f in parsed.findings]
    return parsed


def test_the_example_folder_is_read_without_a_finding() -> None:
    parsed = parse({path.name: path.read_text("utf-8") for path in EXAMPLE.glob("*.yaml")})
    assert parsed.findings == ()
    assert parsed.definitions is not None
    assert len(parsed.definitions.kpis) == 22
    place = parsed.places["kpi:ed_4h.polarity"]
    line = (EXAMPLE / "kpis.yaml").read_text("utf-8").splitlines()[(place.line or 0) - 1]
    assert (place.file, line.strip()) == ("kpis.yaml", "polarity: higher_better")
    assert line[(place.column or 0) - 1 :] == "higher_better"


def test_lists_are_joined_in_the_order_of_file_names() -> None:
    themes = {"z.yaml": "themes: [{code: c, name: C}]", "m.yaml": "themes: [{code: b, name: B}]"}
    parsed = parse({"a.yaml": BASE + "themes: [{code: a, name: A}]\n", **themes})
    assert parsed.definitions is not None
    assert [t.code for t in parsed.definitions.themes] == ["a", "b", "c"]
    assert parsed.places["theme:b"].file == "m.yaml"


def test_nested_uses_and_targets_mean_the_same_as_flat_ones() -> None:
    nested = good(
        """\
objectives:
  - {code: O, name: Earn, perspective: p, kpis: [{kpi: sales, weight: 3}, costs]}
kpis:
  - {code: sales, name: Sales, targets: [{since: 2026-01, value: 5}]}
  - {code: costs, name: Costs}
"""
    )
    flat = good(
        """\
objectives: [{code: O, name: Earn, perspective: p}]
kpis: [{code: sales, name: Sales}, {code: costs, name: Costs}]
uses: [{objective: O, kpi: sales, weight: 3}, {objective: O, kpi: costs}]
targets: [{kpi: sales, since: 2026-01, value: 5}]
"""
    )
    assert nested.definitions == flat.definitions
    assert str(nested.places["use:O/costs"]) == "b.yaml:2:75 (use:O/costs)"
    assert str(nested.places["target:sales#0.value"]) == "b.yaml:4:66 (target:sales#0)"


@pytest.mark.parametrize(
    ("written", "since", "value"),
    [
        ("{since: 2026, value: 95}", "2026", "95"),
        ("{since: 2026-01, value: 95.0}", "2026-01", "95.0"),
        ("{since: '2026', value: '1.10'}", "2026", "1.10"),
        ("{since: 2026-01-31, value: -0.3}", "2026-01-31", "-0.3"),
        ("{since: 007, value: 1e3}", "007", "1E+3"),
        ("{since: no, value: 0.1000000000000000055511151231257827}", "no", "0.1000000000000000055511151231257827"),
    ],
)
def test_scalars_keep_what_was_written(written: str, since: str, value: str) -> None:
    definitions = good(f"kpis: [{{code: k, name: K, targets: [{written}]}}]").definitions
    assert definitions is not None
    target = definitions.targets[0]
    assert (target.since, str(target.value)) == (since, value)


def test_only_true_and_false_are_booleans() -> None:
    definitions = good("kpis: [{code: no, name: on, automated: true, ratio_scale: false}]").definitions
    assert definitions is not None
    assert definitions.kpis[0].model_dump(include={"code", "name", "automated", "ratio_scale"}) == {
        "code": "no",
        "name": "on",
        "automated": True,
        "ratio_scale": False,
    }
    assert one("kpis: [{code: k, name: K, automated: yes}]").fix == "Write true."
    assert one('kpis: [{code: k, name: K, automated: "true"}]').code == "DEF-VALUE"


def test_a_key_with_nothing_after_it_counts_as_left_out() -> None:
    definitions = good("kpis:\n  - {code: k, name: K, owner: , purpose: ~, tolerance: null, targets: }\n").definitions
    assert definitions is not None
    assert definitions.kpis[0].tolerance == Decimal(0)
    assert definitions.kpis[0].model_fields_set == {"code", "name"}


# Each: the text, where, code, words of the message, words of the fix.
MISTAKES = [
    ("kpis:\n  - code: k\n    name: K\n    polarty: x\n", "4:5", "DEF-KEY", '"polarty"', 'Did you mean "polarity"?'),
    ("kpis:\n  - code: k\n    title: K\n    name: K\n", "3:5", "DEF-KEY", '"title"', 'Did you mean "name"?'),
    ("kpi:\n  - code: k\n", "1:1", "DEF-KEY", 'no key "kpi"', 'Did you mean "kpis"?'),
    ("zzz: 1\n", "1:1", "DEF-KEY", "zzz", "format, organisation"),
    ("kpis:\n  - name: K\n", "2:5", "DEF-MISSING", "This KPI has no `code`", "code: …"),
    ("kpis:\n  - code: k\n    name:\n", "3:5", "DEF-MISSING", "`name` of KPI k has no value", "name: …"),
    ("kpis:\n  code: k\n", "1:1", "DEF-SHAPE", "`kpis` must be a list", "- code: …"),
    ("kpis:\n  - sales\n", "2:5", "DEF-SHAPE", "Entry 1 of `kpis`", "key: value"),
    ("kpis:\n  - code: k\n    name: [a]\n", "3:11", "DEF-SHAPE", "`name` must be a single value", "one value"),
    ("kpis:\n  - code: k\n    name: K\n    tags: x\n", "4:11", "DEF-SHAPE", "`tags` must be a list", "[x]"),
    ("kpis:\n  - code: k\n    name: K\n    levels: x\n", "4:13", "DEF-SHAPE", "`levels` must have keys", "per line"),
    ("kpis:\n  - {code: k, name: K, kind: flwo}\n", "2:30", "DEF-VALUE", "must be flow, stock", '"flow"?'),
    ("kpis:\n  - {code: k, name: K, state: zzz}\n", "2:31", "DEF-VALUE", '"zzz"', "draft, pilot, active, frozen or"),
    ("kpis:\n  - {code: a b, name: K}\n", "2:12", "DEF-CODE", '"a b"', '"a_b"'),
    ("kpis:\n  - {code: k, name: K, decimals: 1.5}\n", "2:34", "DEF-NUMBER", "not a whole number", "Write"),
    ("kpis:\n  - {code: k, name: K, tolerance: two}\n", "2:35", "DEF-NUMBER", "not a number", "2.5"),
    ("kpis:\n  - code: k\n    name: K\n    tolerance: 1,5\n", "4:16", "DEF-NUMBER", '"1,5"', "1.5"),
    ("kpis:\n  - code: k\n    name: K\n    valid_max: 1,500,000\n", "4:16", "DEF-NUMBER", "not a number", "1500000"),
    ("kpis:\n  - {code: k, name: K, valid_max: 95%}\n", "2:35", "DEF-NUMBER", '"95%"', 'unit: "%"'),
    ("kpis:\n  - {code: k, name: K, valid_max: 1e400}\n", "2:35", "DEF-NUMBER", "at most 34 digits", "Round"),
    ("kpis:\n  - {code: k, name: K, valid_max: .inf}\n", "2:35", "DEF-NUMBER", '".inf"', "digits"),
    ("kpis:\n  - {code: k, name: K, valid_max: nan}\n", "2:35", "DEF-NUMBER", "finite", "no number"),
    ("initiatives:\n  - {code: i, name: I, start: a, end: b, progress: NaN}\n", "2:52", "DEF-", "NaN", ""),
    ("kpis:\n  - {code: k, name: K, tolerance: -1}\n", "2:35", "DEF-LIMIT", "at least 0", "Change"),
    ("kpis:\n  - {code: k, name: K, levels: {a: 130}}\n", "2:36", "DEF-LIMIT", '`a` is "130"', "Change"),
    ("uses:\n  - {kpi: k, objective: o, weight: -2}\n", "2:36", "DEF-LIMIT", "at least 0 (V21)", "Change"),
    ("kpis:\n  - code: k\n    name: " + "x" * 301 + "\n", "3:11", "DEF-LIMIT", "301 characters", "Shorten"),
    ('kpis:\n  - {code: k, name: "a\\0b"}\n', "2:21", "DEF-VALUE", "U+0000", "Change"),
    ("links:\n  - {source: a, target: b, lag: [1]}\n", "2:33", "DEF-SHAPE", "needs two numbers", "[3, 9]"),
    ("links:\n  - {source: a, target: b, lag: [1, 2, 3]}\n", "2:33", "DEF-SHAPE", "too many entries", "Delete"),
    ("strategy: {code: t, name: T}\n", "1:1", "DEF-TWICE", "a.yaml on line 2", "delete one"),
    ("kpis:\n  - code: k\n    name: K\n    code: j\n", "4:5", "DEF-TWICE", "already given on line 2", "Keep one"),
    ("format: 2\n", "1:1", "DEF-FORMAT", "reads format 1", "newer version"),
    ("kpis:\n  - {code: k, name: K, targets: 5}\n", "2:24", "DEF-SHAPE", "`targets` must be a list", "since"),
    ("kpis:\n  - {code: k, name: K, targets: [{kpi: k, since: 2026}]}\n", "2:35", "DEF-KEY", "given already", "Delete"),
    ("kpis:\n  - {code: k, name: K, targets: [{since: 2026, val: 5}]}\n", "2:48", "DEF-KEY", '"val"', '"value"'),
    ("notes:\n  - \n", "2:4", "DEF-VALUE", "Entry 1 of `notes` is empty", "delete"),
]


@pytest.mark.parametrize(("text", "where", "code", "message", "fix"), MISTAKES, ids=[m[0][:60] for m in MISTAKES])
def test_a_mistake_is_found_at_its_line_and_column(text: str, where: str, code: str, message: str, fix: str) -> None:
    finding = one(text)
    assert str(finding.place).split(" ")[0] == f"b.yaml:{where}"
    assert finding.code.startswith(code)
    assert message in finding.message
    assert fix in finding.fix
    assert finding.level is Level.ERROR


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    parsed = parse({"a.yaml": BASE, "b.yaml": "kpis:\n- {name: A, x: 1}\n- {code: b, name: B, kind: no}\nzz: 1\n"})
    assert [(f.place.line, f.code) for f in parsed.findings] == [
        (2, "DEF-MISSING"),
        (2, "DEF-KEY"),
        (3, "DEF-VALUE"),
        (4, "DEF-KEY"),
    ]


@pytest.mark.parametrize("texts", [{}, {"a.yaml": ""}, {"a.yaml": "# nothing yet\n", "b.yaml": "---\n"}])
def test_an_empty_folder_says_what_to_write(texts: dict[str, str]) -> None:
    parsed = parse(texts)
    assert parsed.definitions is None
    assert [f.code for f in parsed.findings] == ["DEF-EMPTY"]
    assert "organisation" in parsed.findings[0].fix


@pytest.mark.parametrize("text", ["strategy: {code: s, name: S}", "organisation:\nstrategy: {code: s, name: S}"])
def test_a_folder_without_organisation_says_so(text: str) -> None:
    parsed = parse({"a.yaml": text})
    assert [f.code for f in parsed.findings] == ["DEF-MISSING"]
    assert "says anything under the key `organisation`" in parsed.findings[0].message


def test_a_single_that_is_a_list_is_told() -> None:
    parsed = parse({"a.yaml": "organisation: [1]\nstrategy: {code: s, name: S}"})
    assert [(f.code, f.place.line) for f in parsed.findings] == [("DEF-SHAPE", 1)]


def test_the_second_thing_of_a_name_has_a_place_of_its_own() -> None:
    places = good("kpis:\n  - {code: k, name: K}\n  - {code: k, name: L}\n").places
    assert (places["kpi:k"].line, places["kpi:k@2"].line) == (2, 3)


def test_a_slip_in_a_success_factor_is_told_with_its_keys() -> None:
    body = "strategy: {code: s, name: S, success_factors: [{name: Beds, kpi: [k]}]}\n"
    messages = [(f.code, f.message, f.fix) for f in parse({"a.yaml": body}).findings]
    assert ("DEF-KEY", 'There is no key "kpi" in a success factor.', 'Did you mean "kpis"?') in messages


def test_a_slip_in_a_waiver_is_told_with_the_keys_of_a_waiver() -> None:
    waiver = "{check: LINK-DOWN, reson: It is meant, until: 2027-01-01}"
    body = f"strategy:\n  code: s\n  name: S\n  waivers:\n    - {waiver}\n"
    messages = [(f.code, f.message, f.fix) for f in parse({"a.yaml": body}).findings]
    assert ("DEF-KEY", 'There is no key "reson" in a waiver.', 'Did you mean "reason"?') in messages
    assert any(code == "DEF-MISSING" and "a waiver of the strategy" in message.lower() for code, message, _ in messages)


@pytest.mark.parametrize(("written", "fix"), [
    *((word, "Write true.") for word in ("yes", "Y", "on", "1", "t", " True ")),
    *((word, "Write false.") for word in ("no", "N", "off", "0", "F", "false")),
    ("perhaps", "Write true or false."),
])  # fmt: skip
def test_what_is_meant_by_yes_and_no_is_said(written: str, fix: str) -> None:
    assert _flag_fix(written) == fix


@pytest.mark.parametrize(("written", "fix"), [
    ("95 %", 'Write 95 here and `unit: "%"` at the KPI.'), ("%", 'Write the number here and `unit: "%"` at the KPI.'),
    ("1,5", "Write the decimal with a point: 1.5."), ("1,50", "Write the decimal with a point: 1.50."),
    ("1,500", "Write it without thousands separators: 1500."),
    ("1 500", "Write it without thousands separators: 1500."),
    ("1,500,000", "Write it without thousands separators: 1500000."), ("1\u2019500", "Write it without thousands"),
    ("1,5.0", _NUMBER_FIX), ("many", _NUMBER_FIX),
])  # fmt: skip
def test_how_a_number_is_written_is_said(written: str, fix: str) -> None:
    assert _number_fix(written).startswith(fix)
