"""Every check: what it says about a mistake, at which line, and that it is silent where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from fourfold.engine.checks import CHECKS, check
from fourfold.engine.checks.rule import Check, Said
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.findings import Finding, Level, Place
from tests.engine.definitions.strategies import definitions

HEAD = """\
organisation: {code: o, name: Bakery, currency: GBP, fiscal_year_start: 4}
strategy: {code: s, name: Rise}
units: [{code: all, name: All}, {code: north, name: North, parent: all}, {code: south, name: South, parent: all}]
people: [{code: alice, name: Alice, email: alice@bakery.example}, {code: bob, name: Bob}]
perspectives: [{code: fin, name: Finance}, {code: cus, name: Customers}]
themes: [{code: growth, name: Growth}]
"""
BODY = """\
objectives:
  - {code: earn, name: Earn our keep, perspective: fin, kpis: [sales, costs]}
  - {code: delight, name: Delight customers, perspective: cus, kpis: [on_time]}
links:
  - {source: delight, target: earn}
kpis:
  - code: sales
    name: Sales
    unit: GBP
    targets: [{since: 2026-04, value: 100, red_line: 80}]
  - code: costs
    name: Costs
    unit: GBP
    polarity: lower_better
    targets: [{since: 2026-04, value: 60, red_line: 70, floor: 80, stretch: 50}]
  - code: on_time
    name: Orders on time
    kind: ratio
    unit: "%"
    tolerance: 1
    targets: [{since: 2026-04, value: 95, red_line: 90}]
"""


#: What is said about a whole strategy map, which this scorecard is too small to be; see `test_strategy_map.py`.
OF_MAPS = {
    "MAP-SIZE", "MAP-PATH", "VISION", "THEME-WIDTH", "OBJECTIVE-STATEMENT", "OBJECTIVE-ACTIVITY", "OBJECTIVE-VAGUE",
    "OBJECTIVE-TWINS", "OBJECTIVE-KPIS", "OWNER-MISSING", "LEAD-MISSING", "LEAD-SHARE", "LINK-DEAD-END",
    "LINK-NO-DRIVER", "LINK-DOWN", "LINK-HYPOTHESIS", "INITIATIVE-LOOSE",
}  # fmt: skip


def findings(body: str, head: str = HEAD) -> list[Finding]:
    parsed = parse({"a.yaml": head, "b.yaml": body})
    assert parsed.definitions is not None, [str(f) for f in parsed.findings]
    return [f for f in check(complete(parsed.definitions), parsed.places) if f.code not in OF_MAPS]


def changed(old: str, new: str, text: str = BODY) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_sound_scorecard_gives_no_finding() -> None:
    assert [str(f) for f in findings(BODY)] == []


def test_the_example_has_no_errors() -> None:
    folder = Path(__file__).parents[3] / "examples" / "calder_vale"
    parsed = parse({path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")})
    assert parsed.definitions is not None
    found = check(complete(parsed.definitions), parsed.places)
    assert [str(f) for f in found if f.level is Level.ERROR] == []


# Each: old text, new text with § where the finding must point, code, level, words of the message and of the fix.
K = "    polarity: lower_better\n"
T = "targets: [{since: 2026-04, value: 100, red_line: 80}]"
C = "- code: costs"
R = "red_line: 80}"
YEAR = list(range(1, 13))
MISTAKES = [
    ("- code: costs", "- §code: sales", "CODE-TWICE", "E", "KPI sales is defined 2 times", "code of its own"),
    ("[sales, costs]", "[sales, §sales]", "CODE-TWICE", "E", "KPI sales of objective earn", "Delete one"),
    ("[sales, costs]", "[§sale, costs]", "REF-UNKNOWN", "E", 'is "sale", and there is no such KPI', '"sales"?'),
    ("perspective: cus", "perspective: §cust", "REF-UNKNOWN", "E", "no such perspective", '"cus"?'),
    ("target: earn", "target: §learn", "REF-UNKNOWN", "E", "from delight to learn", '"earn"?'),
    (K, K + "    owner: §carol\n", "REF-UNKNOWN", "E", "no such person", "The people are alice and bob."),
    (K, K + "    not_applicable_in: §[east]\n", "REF-UNKNOWN", "E", 'is "east", and there is no such unit', ""),
    ("[{since: 2026-04, value: 1", "[{unit: §nort, since: 2026-04, value: 1", "REF-UNKNOWN", "E", "", '"north"?'),
    (K, K + "    formula: §sales +\n", "FORMULA-TEXT", "E", "`formula` of KPI costs, column 8", ""),
    (K, K + "    formula: §avg(sales)\n", "FORMULA-TEXT", "E", 'column 1 ("avg"): There is no function', "rolling"),
    (
        K, K + "    formula: §month_to_date(sales)\n    frequency: quarter\n", "FORMULA-FIT", "E", "a quarter",
        "to_date(x)",
    ),
    (K, K + "    formula: §sales * sale\n", "FORMULA-NAME", "E", 'column 9 ("sale")', "sales?"),
    (K, K + "    formula: §costs + 1\n", "FORMULA-CIRCLE", "E", "costs → costs", "Take one"),
    (K, K + "    formula: §sales + on_time\n", "FORMULA-UNIT", "E", "GBP and `on_time` in %", ""),
    (K, K + "    formula: §on_time * 2\n", "FORMULA-UNIT", "E", 'does not give "GBP"', ""),
    (K, K + "    kind: ratio\n    numerator: §sales\n", "KPI-COMPUTED", "E", "no `denominator`", "Add `denominator"),
    (K, K + "    aggregate_time: §mean\n", "AGG-ILLEGAL", "E", "A flow cannot be aggregated over time", "Use sum"),
    (K, K + "    weighted_by: §sales\n", "AGG-ILLEGAL", "W", "nothing of it is a weighted mean", "delete"),
    (K, K + f"    season_factors: §{YEAR}\n", "KPI-SEASON", "W", "its season is auto", "season: profile"),
    (K, K + "    season: §profile\n", "KPI-SEASON", "E", "and 0 `season_factors`", "12 of them, one for each month"),
    (K, K + "    scoring: §custom\n", "KPI-SCORING", "E", "0 `curve_values` and 0 `curve_scores`", "2 to 8 of each"),
    (K, K + "    kind: boolean\n    scoring: §bands_3\n", "KPI-SCORING", "E", "it is boolean", "Delete `scoring`"),
    (K, K + "    curve_values: §[1, 2]\n", "KPI-SCORING", "W", "is not scored by it", "scoring: custom"),
    (K, K + "    scoring: custom\n    curve_scores: [0, 100]\n    curve_values: §[2, 1]\n", "KPI-SCORING", "E",
     "do not rise", "the lowest first"),
    (K, K + "    levels: §{good: 100}\n", "KPI-LEVELS", "E", "has `levels`, and it is a flow", "ordinal"),
    (K, K + "    lag: §3 days\n", "LAG", "E", "'3 days' is not a data lag", "P3D"),
    (K, K + "    tolerance: §10\n", "TARGET-TOLERANCE", "E", "is 10, and from `value` to `red_line`", "less than 10"),
    (K, K + "    valid_min: §95\n    valid_max: 94\n", "KPI-RANGE", "E", "not less than `valid_max`, 94", "Swap"),
    (K, K + "    review_by: §soon\n", "DATE", "E", '`review_by` of KPI costs is "soon"', "2026-03-31"),
    (K, K + "    review_by: §2026-02-30\n", "DATE", "E", "no day", ""),
    (K, K + "    only_in: [all]\n    not_applicable_in: §[all]\n", "KPI-UNITS", "E", "has all both under", "Delete"),
    (C, f"- §{C[2:]}\n    not_applicable_in: [all, north, south]", "KPI-UNITS", "E", "applies to none", "Take a unit"),
    ("[{since: 2026-04, value: 100,", "[§{since: 2026-04,", "TARGET-BAND", "E", "sales has no `value`", "Add `value"),
    (R, "red_line: 80, low: §5}", "TARGET-BAND", "E", "has a `low`", "takes value and red_line"),
    (f"{{since: 2026-04, value: 100, {R}", "§{since: 2026-04, value: 0}", "TARGET-RED-LINE", "W", "no `red_line`", ""),
    (R, "red_line: §120}", "TARGET-ORDER", "E", "the target, 100, must lie above the red line, 120", "Swap"),
    ("floor: 80", "floor: §65", "TARGET-ORDER", "E", "the red line, 70, must lie below the floor, 65", "Swap"),
    (R, R[:-1] + ", baseline: §120}", "TARGET-ORDER", "I", "better than the target", "beyond"),
    (T, T.replace("2026-04", "§2026-Q1"), "PERIOD-TEXT", "E", "'2026-Q1' is not a month", "2026-03"),
    (K, K + "    since: §2026-Q1\n", "PERIOD-TEXT", "E", "`since` of KPI costs: '2026-Q1' is not a month", "2026-03"),
    (R, R[:-1] + ", due: §2026-13}", "PERIOD-TEXT", "E", "there is no month 13", ""),
    (R, R[:-1] + ", due: §2026-01}", "TARGET-PATH", "E", "is not after `since`", "due after"),
    (R, R[:-1] + ", path: §linear, baseline: 0}", "TARGET-PATH", "E", "there is no `due`", "Add"),
    (R, R[:-1] + ", path: §half_life, half_life: 3}", "TARGET-PATH", "E", "there is no `baseline`", "Add"),
    (R, "path: §exponential, baseline: -1, due: 2027-03}", "TARGET-PATH", "E", "goes from -1 to 100", "path: linear"),
    (R, "path: seasonal, shares: §[1, 2]}", "TARGET-PATH", "E", "has 2 entries", "12 periods"),
    (R, f"path: seasonal, shares: {YEAR}, denominators: §{YEAR}}}", "TARGET-PATH", "E", "sales is a flow", "Only a"),
    ("95, red_line: 90}", f"95, path: seasonal, shares: {YEAR}, denominators: §[1, 2]}}", "TARGET-PATH", "E",
     "has 2 entries, and `shares` 12", "each period"),
    ("95, red_line: 90}", f"95, path: seasonal, shares: {YEAR}, denominators: §{[0] * 12}}}", "TARGET-PATH",
     "E", "zero wherever", "weigh"),
    (R, f"path: seasonal, shares: {YEAR}, growth: §[1, 2]}}", "TARGET-PATH", "E", "has 2 entries", "index of growth"),
    (R, f"path: seasonal, shares: {YEAR}, growth: §{[0] * 12}}}", "TARGET-PATH", "E", "zero wherever", "1 leaves"),
    (R, R[:-1] + ", growth: §[1, 2]}", "TARGET-PATH", "W", "its path is constant", "path: seasonal"),
    (R, R[:-1] + ", denominators: §[1, 2]}", "TARGET-PATH", "W", "its path is constant", "path: seasonal"),
    (R, R[:-1] + ", half_life: §3}", "TARGET-PATH", "W", "its path is constant", "path: half_life"),
    (R, R + ", {since: §2026-04, value: 9}", "TARGET-TWICE", "E", "and so does target 1", "later"),
    (T, "only_in: [all]\n    targets: [{unit: §south, since: 2026-04, value: 9}]", "KPI-UNITS", "W", "not have", ""),
    ("- {code: earn, name: Earn our keep, perspective: fin, kpis: [sales, costs]}",
     "- §{code: earn, name: Earn our keep, perspective: fin}", "MAP-SHAPE", "W", "Objective earn has no KPI", "kpis"),
    ("- {source: delight, target: earn", "- §{source: delight, target: delight", "LINK-CIRCLE", "E", "itself", ""),
    ("- {source: delight, target: earn}", "- §{source: delight, target: earn}\n  - {source: earn, target: delight}",
     "LINK-CIRCLE", "E", "delight → earn → delight (V09)", "feedback: true"),
    ("target: earn}", "target: earn, lag: §[9, 3]}", "LAG", "E", "begins after 9 months", "[3, 9]"),
    ("- {code: delight, name: Delight customers, perspective: cus, kpis: [on_time]}",
     "- §{code: delight, name: D, perspective: cus, kpis: [{kpi: on_time, weight: 0}]}",
     "WEIGHTS", "E", "The weights of the KPIs of objective delight are all zero (V21)", "above 0"),
]  # fmt: skip
HEADS = [
    ("currency: GBP", "currency: §gbp", "SETTINGS", "E", "no currency of ISO 4217", "Write GBP."),
    ("currency: GBP", "locale: §English", "SETTINGS", "E", "no language tag", "en-GB"),
    ("currency: GBP", "time_zone: §Europe/Lodnon", "SETTINGS", "E", "tz database", "Europe/London"),
    ("name: Rise", "name: Rise, amber: §95", "SETTINGS", "E", "95, is not below `green`, 90", "near target"),
    ("name: All}", "name: All, parent: §north}", "UNIT-TREE", "E", "all → north → all", "parent"),
    ("{code: south, name: South, parent: all", "§{code: south, name: South", "UNIT-TREE", "E", "neither has all", ""),
    ("name: Bob", "name: Bob, email: §ALICE@bakery.example", "PERSON-EMAIL", "E", "same address as person alice", ""),
    ("name: Bob", "name: Bob, email: §bob at home", "PERSON-EMAIL", "E", "no address", "alice@example.org"),
    ("{code: s,", "§{code: s, weights_sum_to_100: true,", "WEIGHTS", "E", "of the strategy add up to 2", "+98"),
    ("{code: cus, name: C", "{code: cus, name: C}, §{code: more, name: M", "MAP-SHAPE", "E", "no objective (V01)", ""),
]
LEVELS = {"E": Level.ERROR, "W": Level.WARNING, "I": Level.INFO}


def at(text: str, file: str) -> str:
    """The place of the § in a text."""
    before = text[: text.index("§")]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(("old", "new", "code", "level", "message", "fix"), MISTAKES + HEADS)
def test_a_mistake_is_told_with_its_line_and_a_way_out(
    old: str, new: str, code: str, level: str, message: str, fix: str
) -> None:
    in_head = (old, new, code, level, message, fix) in HEADS
    text = changed(old, new, HEAD if in_head else BODY)
    place = at(text, "a.yaml" if in_head else "b.yaml")
    told = findings(BODY, text.replace("§", "")) if in_head else findings(text.replace("§", ""))
    found = [f for f in told if f.code == code and message in f.message]
    assert len(found) == 1, [str(f) for f in told]
    assert str(found[0].place).split(" ")[0] == place
    assert fix in found[0].fix
    assert found[0].fix
    assert found[0].level is LEVELS[level]


def test_a_scored_kpi_without_target_is_told_where_it_is_used() -> None:
    (finding,) = findings(changed(T, ""))
    assert finding.code == "TARGET-MISSING"
    assert str(finding.place) == f"{at(changed('[sales', '[§sales'), 'b.yaml')} (use:earn/sales)"
    assert "counts for objective earn and has no target (V18)" in finding.message


def test_a_target_that_no_figure_can_reach_is_told() -> None:
    (finding,) = findings(changed(K, K + "    valid_min: 61\n"))
    assert finding.level is Level.WARNING
    assert "60, lies beyond `valid_min` of the KPI, 61" in finding.message


def test_a_band_needs_its_edges_in_order() -> None:
    band = "{since: 2026-04, low: 20, high: 22, red_low: 17, red_high: 26}"
    ranged = changed(K, "    polarity: in_range\n").replace(
        "{since: 2026-04, value: 60, red_line: 70, floor: 80, stretch: 50}", band
    )
    assert findings(ranged) == []
    assert findings(ranged.replace("red_low: 17, ", "")) == []  # ten per cent below the band
    nothing = findings(ranged.replace("low: 20, high: 22, red_low: 17", "low: 0, high: 22"))
    assert [(f.code, f.level) for f in nothing] == [("TARGET-RED-LINE", Level.WARNING)]
    assert "has no `red_low`, so it is not scored before there are 12 figures" in nothing[0].message
    cases = {
        "high: 22": ("high: 19", "`low`, 20, must be less than `high`, 19"),
        "red_low: 17": ("red_low: 21", "`red_low`, 21, must be less than `low`, 20"),
        "low: 20, ": ("", "has no `low`"),
        "low: 20": ("value: 21, low: 20", "has a `value`, and KPI costs is in_range"),
    }
    for old, (new, message) in cases.items():
        found = findings(ranged.replace(old, new, 1))
        assert [f.code for f in found] == ["TARGET-BAND"], [str(f) for f in found]
        assert message in found[0].message


def test_what_blocks_an_active_strategy_is_a_warning_in_a_draft() -> None:
    draft = changed("name: Rise", "name: Rise, state: draft", HEAD)
    for body in (changed(T, ""), changed("perspective: cus", "perspective: fin")):
        assert [f.level for f in findings(body)] == [Level.ERROR]
        assert [f.level for f in findings(body, draft)] == [Level.WARNING]


def test_a_kpi_that_is_only_watched_needs_no_target() -> None:
    watched = changed(T, "").replace("[sales, costs]", "[{kpi: sales, monitor_only: true}, costs]")
    assert findings(watched) == []
    assert findings(changed(T, "polarity: neutral")) == []


def test_a_circle_of_links_that_is_meant_is_no_mistake() -> None:
    both = "target: earn, feedback: true}\n  - {source: earn, target: delight, feedback: true}"
    assert findings(changed("target: earn}", both)) == []


def test_every_circle_of_formulas_is_told_with_its_path() -> None:
    circles = "".join(f"  - {{code: {a}, name: X, formula: {b} + 1}}\n" for a, b in ("ab", "bc", "ca", "de", "ed"))
    messages = [f.message for f in findings(BODY + circles) if f.code == "FORMULA-CIRCLE"]
    assert len(messages) == 2
    assert "a → b → c → a" in messages[0]
    assert "d → e → d" in messages[1]


def test_the_line_of_a_long_formula_is_told() -> None:
    long = "  - code: x\n    name: X\n    formula: |\n      sales\n      + * 2\n"
    finding = next(f for f in findings(BODY + long) if f.code == "FORMULA-TEXT")
    assert "its line 2, column 3" in finding.message
    assert finding.place.line == 24


def test_a_kpi_that_nobody_uses_is_only_information() -> None:
    found = findings(BODY + "  - {code: x, name: X}\n")
    assert [(f.code, f.level, f.place.line) for f in found] == [("KPI-UNUSED", Level.INFO, 22)]
    used = BODY.replace("unit: GBP\n    polarity", "unit: GBP\n    formula: x * 2\n    polarity")
    assert findings(used + "  - {code: x, name: X, unit: GBP}\n") == []


def test_a_strategy_looks_from_two_to_eight_perspectives() -> None:
    many = ", ".join(f"{{code: p{i}, name: P}}" for i in range(9))
    head = changed("{code: cus, name: Customers}", f"{{code: cus, name: Customers}}, {many}", HEAD)
    assert any("The strategy has 11 perspectives; 2 to 8 are usual." in f.message for f in findings(BODY, head))


def test_versions_known_at_different_times_may_begin_together() -> None:
    two = "red_line: 80}, {since: 2026-04, value: 101, recorded_at: 2026-06-01}]"
    assert findings(changed("red_line: 80}]", two)) == []


def test_an_initiative_ends_after_it_starts_and_its_dates_are_days() -> None:
    plan = "initiatives: [{code: i, name: I, start: 2026-05-01, end: 2026-04-01, milestones: [{name: M, due: May}]}]\n"
    assert [f.message for f in findings(BODY + plan)] == [
        "Initiative i starts on 2026-05-01, and its `end` is 2026-04-01.",
        '`milestones` of initiative i is "May", which is no day.',
    ]


def test_a_note_may_be_about_a_longer_period() -> None:
    assert findings(BODY + "notes: [{kpi: sales, period: FY2027}, {kpi: sales, period: 2026-04}]\n") == []
    found = findings(BODY + "notes: [{kpi: sales, period: spring}]\n")
    assert [(f.code, str(f.place)) for f in found] == [("PERIOD-TEXT", "b.yaml:22:30 (note:sales#0)")]


def test_findings_stand_in_the_order_of_files_and_lines() -> None:
    wrong = changed("code: costs", "code: sales").replace("target: earn", "target: learn")
    wrong = wrong.replace("value: 95", "value: 5")
    places = [(f.place.file, f.place.line) for f in findings(wrong)]
    assert len(places) >= 3
    assert places == sorted(places, key=lambda p: (p[0] or "", p[1] or 0))


def test_without_places_a_finding_still_names_its_thing() -> None:
    parsed = parse({"a.yaml": HEAD, "b.yaml": changed(T, "")})
    assert parsed.definitions is not None
    assert str(check(complete(parsed.definitions))[0].place) == "use:earn/sales"


@given(definitions())
@settings(max_examples=40)
def test_no_definitions_make_the_checks_raise(drawn: Definitions) -> None:
    for given_ in (drawn, complete(drawn)):
        for finding in check(given_):
            assert finding.code in CHECKS
            assert finding.message.endswith(".")
            assert finding.fix.endswith((".", "?", "…", "`"))


def test_every_check_says_what_it_means() -> None:
    for code, each in CHECKS.items():
        assert each.code == code
        assert len(each.meaning) > 60
        assert each.title[0].isupper()


@pytest.mark.parametrize("known", ["k", "k.rows", "k.rows.a", "k.rows.a.bb", "k.rows.a.bb@7"])
def test_a_finding_has_the_place_of_the_nearest_thing_that_has_one(known: str) -> None:
    places = {"k": Place(line=1), known: Place(line=9)}
    said = Check("X", "Title", "Meaning", lambda _: [Said("k.rows.a.bb@7", "wrong", "mend it")])
    (found,) = said.findings(Definitions.model_construct(), places)
    assert found.place == Place(line=9)


@pytest.mark.parametrize(("said", "count"), [("", 1), ("open", 0), ("confidential", 0)])
def test_what_is_computed_from_a_confidential_kpi_says_what_it_is(said: str, count: int) -> None:
    computed = K + "    formula: sales\n" + (f"    classification: {said}\n" if said else "")
    body = changed(K, computed, changed("name: Sales\n", "name: Sales\n    classification: confidential\n"))
    found = [f for f in findings(body) if f.code == "CLASSIFICATION"]
    assert len(found) == count
    assert all("costs is computed from sales" in f.message and f.level is Level.ERROR for f in found)
