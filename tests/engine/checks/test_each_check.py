"""Every check on the smallest company it can be asked about: what it says there, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fourfold.engine.checks import check
from fourfold.engine.findings import Level, Place
from fourfold.engine.link_graph import LinkGraph
from tests.engine.checks.test_edges import KPI, OBJECTIVE, Thing, company, target, told


def alone(noun: str, *rows: Thing, **more: Any) -> dict[str, Any]:
    """A company with these things under one key."""
    return {noun: list(rows), **more}


def kpi(**keys: Any) -> dict[str, Any]:
    return alone("kpis", KPI | keys)


def linked(*pairs: str, **keys: Any) -> dict[str, Any]:
    """Objectives a (top), b, c and d (bottom), each in a row of its own, and links such as `b>a`."""
    rows = [{"code": p, "name": p, "rank": i} for i, p in enumerate("pqrt")]
    objectives = [OBJECTIVE | {"code": o, "perspective": p} for o, p in zip("abcd", "pqrt", strict=True)]
    links = [{"source": pair[0], "target": pair[2], **keys} for pair in pairs]
    return {"perspectives": rows, "objectives": objectives, "links": links}


AMOUNTS = [{"code": c, "name": c, "unit": u} for c, u in (("money", "GBP"), ("people", "people"), ("hours", "hours"))]
TREE = [{"code": "all", "name": "A"}, {"code": "n", "name": "N", "parent": "all"},
        {"code": "nn", "name": "NN", "parent": "n"}]  # fmt: skip
HUNDRED = {"strategy": {"code": "s", "name": "S", "weights_sum_to_100": True}}
WORK = {"code": "i", "name": "I", "start": "2026-05-01"}
CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    # Aggregation and computing
    ("AGG-ILLEGAL", kpi(kind="stock", aggregate_time="sum"), ["E kpi:k.aggregate_time: KPI k: "]),
    ("AGG-ILLEGAL", kpi(kind="ratio", aggregate_units="sum"), ["E kpi:k.aggregate_units: KPI k: "]),
    ("AGG-ILLEGAL", kpi(kind="index", aggregate_time="none", aggregate_units="weighted_mean", weighted_by="x"), []),
    ("AGG-ILLEGAL", kpi(kind="index", aggregate_time="weighted_mean", aggregate_units="none", weighted_by="x"), []),
    (
        "AGG-ILLEGAL",
        kpi(kind="index", aggregate_time="none", aggregate_units="none", weighted_by="x"),
        ["W kpi:k.weighted_by: KPI k has a `weighted_by`, and nothing of it is a weighted mean. Write"],
    ),
    (
        "AGG-ILLEGAL",
        kpi(kind="index", weighted_by="k", aggregate_units="weighted_mean"),
        ["E kpi:k.weighted_by: KPI k is weighted by itself. Name the KPI that counts what lies behind each figure."],
    ),
    ("KPI-COMPUTED", kpi(kind="ratio", numerator="x", denominator="y"), []),
    (
        "KPI-COMPUTED",
        kpi(kind="ratio", denominator="y"),
        ["E kpi:k.denominator: KPI k has a `denominator` and no `numerator`. Add `numerator: …`, or delete the"],
    ),
    ("KPI-COMPUTED", kpi(kind="ratio", numerator="x"), ["`numerator` and no `denominator`. Add `denominator: …`, or"]),
    (
        "KPI-COMPUTED",
        kpi(kind="ratio", numerator="x", denominator="y", formula="z", aggregate_units="none"),
        ["E kpi:k.formula: KPI k has a `formula` and a `numerator` as well. Keep numerator and denominator for a"],
    ),
    (
        "KPI-COMPUTED",
        kpi(kind="distinct_count", numerator="x", denominator="y"),
        ["E kpi:k.numerator: KPI k has a `numerator`, and it is a distinct count, not a ratio. Write `kind: ratio`"],
    ),
    ("KPI-COMPUTED", kpi(kind="ratio", formula="x / y"), ["W kpi:k.formula: KPI k is a ratio with one formula, so"]),
    ("KPI-COMPUTED", kpi(kind="ratio", formula="x / y", aggregate_units="none"), []),
    ("KPI-COMPUTED", kpi(kind="flow", formula="x + y"), []),
    ("KPI-LEVELS", kpi(kind="ordinal"), ["W kpi:k.kind: KPI k is ordinal and has no `levels`, so it is never scored."]),
    ("KPI-LEVELS", kpi(kind="ordinal", levels={"good": 100}), []),
    (
        "KPI-LEVELS",
        kpi(kind="distinct_count", levels={"good": 100}),
        ["E kpi:k.levels: KPI k has `levels`, and it is a distinct count. Write `kind: ordinal`, or delete `levels`."],
    ),
    ("KPI-LEVELS", kpi(), []),
    # Seasons and spans of time
    ("KPI-SEASON", kpi(frequency="quarter", season="profile", season_factors=["1"] * 4), []),
    (
        "KPI-SEASON",
        kpi(frequency="quarter", season="profile", season_factors=["1"] * 3),
        ["E kpi:k.season: KPI k has `season: profile` and 3 `season_factors`. Give 4 of them, one for each quarter"],
    ),
    (
        "KPI-SEASON",
        kpi(frequency="day", season="profile", season_factors=["1"] * 6),
        ["and 6 `season_factors`. Give 7 of them, one for each day of a week, from Monday."],
    ),
    ("KPI-SEASON", kpi(frequency="half", season="profile", season_factors=["1"] * 2), ["too long to show a season."]),
    ("KPI-SEASON", kpi(season="none"), []),
    ("LAG", linked("b>a", lag=[3, 3]), []),
    (
        "LAG",
        linked("b>a", lag=[4, 3]),
        ["E link:b>a.lag: The lag from b to a begins after 4 months and ends earlier. Write [3, 4]."],
    ),
    ("DATE", alone("initiatives", WORK | {"end": "2026-05-01", "expected_end": "2026-05-01"}), []),
    (
        "DATE",
        alone("initiatives", WORK | {"end": "2026-05-01", "expected_end": "2026-04-30"}),
        ["E initiative:i.expected_end: Initiative i starts on 2026-05-01, and its `expected_end` is 2026-04-30. Swap"],
    ),
    ("DATE", alone("initiatives", WORK | {"end": "2026-5-02"}), ["E initiative:i.end: `end` of initiative i is"]),
    ("DATE", target(value=1, recorded_at="2026-04-05T16:00:00+00:00"), []),
    (
        "DATE",
        target(value=1, recorded_at="soon"),
        ['`recorded_at` of target 1 of KPI k is "soon", which is no moment.'],
    ),
    ("DATE", target(value=1, source_date="2026"), []),
    ("DATE", target(value=1, source_date="2026-04-05"), []),
    (
        "DATE",
        target(value=1, source_date="2026-4"),
        ['`source_date` of target 1 of KPI k is "2026-4", which is no day, month or year. Write it as 2026-03-31, '],
    ),
    ("DATE", kpi(side_effects_reviewed="May"), ["E kpi:k.side_effects_reviewed: "]),
    # What is never scored needs no red line
    ("TARGET-RED-LINE", target(value=0), ["W target:k#0: Target 1 of KPI k has no `red_line`"]),
    ("TARGET-RED-LINE", target(value=0, kind="benchmark"), []),
    # Targets and steps that begin together
    (
        "TARGET-TWICE",
        target(value=1) | {"targets": [{"kpi": "k", "since": "2026-04", "value": v} for v in "123"]},
        [
            "E target:k#1.since: Target 2 of KPI k begins in 2026-04, and so does target 1 of KPI k. Delete one of",
            "E target:k#2.since: Target 3 of KPI k begins in 2026-04, and so does target 1 of KPI k.",
        ],
    ),
    (
        "TARGET-TWICE",
        alone("targets", *({"kpi": "k", "since": "2026-04", "value": 1, "unit": "all"} for _ in "ab")),
        ["begins in 2026-04 for unit all, and so does"],
    ),
    (
        "TARGET-TWICE",
        alone(
            "targets",
            {"kpi": "k", "since": "2026-04", "value": 1},
            {"kpi": "k", "since": "2026-04", "value": 1, "unit": "all"},
            {"kpi": "k", "since": "2026-04", "value": 1, "kind": "stretch"},
            {"kpi": "k", "since": "2026-05", "value": 1},
        ),
        [],
    ),
    (
        "STEP-TWICE",
        alone("steps", *({"kpi": "k", "since": "2026-04", "cause": "process"} for _ in "ab")),
        ["E step:k#1.since: Step 2 of KPI k begins in 2026-04, and so does step 1 of KPI k. Delete one of them, or"],
    ),
    (
        "STEP-TWICE",
        alone("steps", *({"kpi": "k", "since": "2026-04", "cause": "process", "unit": "all"} for _ in "ab")),
        ["begins in 2026-04 for unit all, and so does"],
    ),
    (
        "STEP-TWICE",
        alone(
            "steps",
            {"kpi": "k", "since": "2026-04", "cause": "process"},
            {"kpi": "k", "since": "2026-05", "cause": "process"},
            {"kpi": "k", "since": "2026-04", "cause": "process", "unit": "all"},
        ),
        [],
    ),
    ("CODE-TWICE", alone("kpis", KPI, KPI, KPI), ["E kpi:k: KPI k is defined 3 times. Give it a code of its own"] * 2),
    (
        "CODE-TWICE",
        alone("links", *({"source": "o", "target": "o"} for _ in "ab")),
        ["E link:o>o: The link from o to o is defined 2 times. Delete one."],
    ),
    # Easing a bar
    (
        "TARGET-EASED",
        alone("targets", {"kpi": "k", "since": "2025-01", "value": 9}, {"kpi": "k", "since": "2026-01", "value": 8}),
        ["W target:k#1: The target of KPI k from 2026-01 on is easier than before, and nobody else agreed."],
    ),
    (
        "TARGET-EASED",
        alone(
            "targets",
            {"kpi": "k", "since": "2025-01", "value": 9},
            {"kpi": "k", "since": "2026-01", "value": 8, "author": "bob", "approver": "bob"},
        ),
        ["and bob approved it alone. Name an `approver` who is neither"],
    ),
    (
        "TARGET-EASED",
        alone(
            "targets",
            {"kpi": "k", "since": "2025-01", "value": 9},
            {"kpi": "k", "since": "2026-01", "value": 8, "author": "bob", "approver": "alice"},
        ),
        [],
    ),
    (
        "TARGET-EASED",
        alone(
            "targets",
            *(
                {"kpi": "k", "since": since, "value": v, "author": "bob", "approver": "alice"}
                for since, v in (("2025-01", 9), ("2025-02", 8), ("2026-01", 7))
            ),
        ),
        ["W target:k#2: The target of KPI k was made easier twice within a year: from 2025-02 and from 2026-01 on."],
    ),
    (
        "TARGET-EASED",
        alone(
            "targets",
            *(
                {"kpi": "k", "since": since, "value": v, "author": "bob", "approver": "alice"}
                for since, v in (("2025-01", 9), ("2025-02", 8), ("2026-02", 7))
            ),
        ),
        [],
    ),
    # Weights
    (
        "WEIGHTS",
        HUNDRED | alone("perspectives", {"code": "p", "name": "P", "weight": 100}),
        ["E perspective:p: The weights of the objectives of perspective p add up to 1, not 100 (V21). Change them"],
    ),
    (
        "WEIGHTS",
        HUNDRED
        | alone("perspectives", {"code": "p", "name": "P", "weight": 105})
        | alone("objectives", OBJECTIVE | {"weight": 100}),
        [
            "E strategy: The weights of the perspectives of the strategy add"
            " up to 105, not 100 (V21). Change them by -5 in all, or delete"
        ],
    ),
    (
        "WEIGHTS",
        alone(
            "uses",
            {"objective": "o", "kpi": "k", "weight": 0},
            {"objective": "o", "kpi": "x", "weight": 1, "monitor_only": True},
        ),
        ["E objective:o: The weights of the KPIs of objective o are all zero (V21). Give at"],
    ),
    ("WEIGHTS", {}, []),
    # Units
    (
        "UNIT-PAST",
        alone(
            "units",
            {"code": "t", "name": "T"},
            {"code": "a", "name": "A", "parent": "t", "formerly": [{"parent": "b", "until": "2026-07-01"}]},
            {"code": "b", "name": "B", "parent": "a"},
        ),
        ["E unit:a.formerly: Unit a was part of a unit that was below it at the same time. Correct the unit"],
    ),
    ("UNIT-TREE", alone("units"), ["E organisation: There is no unit. Add `units:` with one unit"]),
    (
        "UNIT-TREE",
        alone("units", {"code": "a", "name": "A", "parent": "x"}),
        ["E unit:a.parent: No unit is the top: each has a parent, and x is not a unit. Delete the `parent`"],
    ),
    (
        "UNIT-TREE",
        alone("units", {"code": "a", "name": "A", "parent": "b"}, {"code": "b", "name": "B", "parent": "a"}),
        ["E unit:a.parent: These units are parents of one another: a → b → a. Give one of them another parent; the"],
    ),
    (
        "UNIT-TREE",
        alone(
            "units",
            {"code": "t", "name": "T"},
            {"code": "x", "name": "X", "parent": "a"},
            {"code": "a", "name": "A", "parent": "a"},
        ),
        ["E unit:a.parent: These units are parents of one another: a → a. Give one of them another parent, such as t."],
    ),
    (
        "UNIT-TREE",
        alone("units", {"code": "t", "name": "T"}, {"code": "u", "name": "U"}, {"code": "v", "name": "V"}),
        [
            "E unit:u: Unit u has no parent, and neither has t; only one unit can be the top. Add `parent: t` to it,",
            "E unit:v: Unit v has no parent, and neither has t;",
        ],
    ),
    (
        "KPI-UNITS",
        alone("units", *TREE) | kpi(only_in=["n"], not_applicable_in=["n", "nn"]),
        ["E kpi:k.not_applicable_in: KPI k has n both under `only_in` and under `not_applicable_in`. Delete it from"],
    ),
    ("KPI-UNITS", alone("units", *TREE) | kpi(not_applicable_in=["n", "nn"]), []),
    ("KPI-UNITS", alone("units") | kpi(only_in=["n"]), []),
    # Settings
    (
        "SETTINGS",
        alone("strategy") | {"strategy": {"code": "s", "name": "S", "amber": 90, "green": 90}},
        ["E strategy.amber: `amber`, 90, is not below `green`, 90. A node is near target from amber on"],
    ),
    ("SETTINGS", {"strategy": {"code": "s", "name": "S", "amber": 89, "green": 90}}, []),
    *(
        ("SETTINGS", {"organisation": {"code": "o", "name": "O", "locale": tag}}, said)
        for tag, said in (
            ("de", []),
            ("zh-Hant-TW", []),
            ("es-419", []),
            ("gsw-CH", []),
            ("EN", ["is no language tag"]),
            ("en_GB", ["is no language tag"]),
            ("en-gb", ["is no language tag"]),
            ("e", ["is no language tag"]),
        )
    ),
    (
        "SETTINGS",
        alone("units", {"code": "all", "name": "A", "currency": "XXX", "time_zone": "Mars"}),
        [
            'E unit:all.currency: `currency` of unit all is "XXX", which is no currency of ISO 4217. Write a code',
            'E unit:all.time_zone: `time_zone` of unit all is "Mars", which the tz database does not know. Write',
        ],
    ),
    (
        "PERSON-EMAIL",
        alone(
            "people",
            {"code": "a", "name": "A"},
            {"code": "b", "name": "B"},
            {"code": "c", "name": "C", "email": "c@d.example"},
            {"code": "d", "name": "D", "email": "C@d.example"},
        ),
        ["E person:d.email: Person d has the same address as person c: C@d.example. Give each their own"],
    ),
    # The map
    ("LINK-CIRCLE", linked("b>a", "c>b", "a>c"), ["E link:b>a: These objectives drive one another: b → a → c → b"]),
    ("LINK-CIRCLE", linked("b>a", "a>b", "a>c", "c>b"), ["drive one another: b → a → b (V09)."]),
    ("LINK-CIRCLE", linked("b>a", "a>b", "d>c", "c>d"), ["b → a → b (V09).", "d → c → d (V09). Delete one of the"]),
    ("LINK-CIRCLE", linked("b>a", "c>a", "d>b", "d>c"), []),
    ("LINK-CIRCLE", linked("b>a", "a>b", feedback=True), []),
    ("LINK-DOWN", linked("b>c"), ["W link:b>c: The link from b to c points down the map (V08). Turn it round"]),
    ("LINK-DOWN", linked("b>c", feedback=True) | {}, []),
    ("LINK-DOWN", linked("b>b", "b>x", "x>b", "c>b"), []),
    (
        "LINK-DEAD-END",
        linked("b>a", "c>d", "d>c"),
        ["W objective:c: Objective c drives no objective of its own row or"],
    ),
    ("LINK-DEAD-END", linked(), []),
    (
        "LINK-NO-DRIVER",
        linked("b>a", "d>c"),
        ["W objective:b: Nothing on the map drives objective b (V07). Add a link"],
    ),
    ("LINK-NO-DRIVER", linked(), []),
    ("MAP-PATH", linked("d>c", "c>b", "b>a"), []),
    ("MAP-PATH", linked("d>c", "b>a"), ["W strategy: No objective of the lowest row leads over links to one of the"]),
    ("MAP-PATH", {}, []),
    (
        "LEAD-MISSING",
        linked("b>a", "c>b")
        | {"uses": [{"objective": o, "kpi": "k"} for o in "ab"] + [{"objective": "c", "kpi": "k", "role": "lead"}]},
        [],
    ),
    (
        "LEAD-MISSING",
        linked("b>a", "c>b", "d>c")
        | {"uses": [{"objective": o, "kpi": "k"} for o in "abc"] + [{"objective": "d", "kpi": "k", "role": "lead"}]},
        ["W objective:a: Objective a has no leading KPI, nor has what drives it over 2 links (V12). Write `role:"],
    ),
    ("LINK-HYPOTHESIS", linked("b>a", hypothesis="It does.", lag=[0, 1]), []),
    ("LINK-HYPOTHESIS", linked("b>a"), ["W link:b>a: The link from b to a has no `hypothesis` and no `lag` (V11)."]),
    (
        "OBJECTIVE-VAGUE",
        alone("objectives", OBJECTIVE | {"name": "Offer robust bread"}),
        ['W objective:o.name: The name of objective o has the vague word "robust" (V17). Say what people would see'],
    ),
    (
        "OBJECTIVE-TWINS",
        alone("objectives", OBJECTIVE, OBJECTIVE | {"code": "x"}, OBJECTIVE | {"code": "y", "unit": "all"}),
        ["W objective:x.name: Objectives o and x say nearly the same (V20). Join them, or say how"],
    ),
    *(
        ("INITIATIVE-LOOSE", alone("initiatives", WORK | {"end": "2026-06-01", "state": state} | more), said)
        for state, more, said in (
            ("planned", {}, ["W initiative:i: Initiative i names no objective that it should move (V19)."]),
            ("active", {}, ["names no objective"]),
            ("done", {}, []),
            ("active", {"objectives": ["o"]}, []),
        )
    ),
    ("VISION", {}, ["I strategy: The strategy has no mission (V22). Add `mission:`"]),
    (
        "VISION",
        {"strategy": {"code": "s", "name": "S", "mission": "M", "vision": "Bread"}},
        ["I strategy.vision: The vision has no horizon (V22). Add `horizon:` with the year in which it should be"],
    ),
    ("VISION", {"strategy": {"code": "s", "name": "S", "mission": "M", "vision": "Bread", "horizon": 2030}}, []),
    ("KPI-UNUSED", {}, ["I kpi:k: KPI k is used by no objective and no formula. Put it under the `kpis`"]),
    ("KPI-UNUSED", kpi(state="retired"), []),
    ("KPI-UNUSED", kpi(paired_with=["k"]), []),
    *(
        ("TARGET-MISSING", kpi(**keys) | {"uses": [{"objective": "o", "kpi": "k"} | use]}, said)
        for keys, use, said in (
            ({}, {}, ["E use:o/k: KPI k counts for objective o and has no target (V18). Add `targets:` to KPI k, or"]),
            ({"polarity": "neutral"}, {}, []),
            ({"kind": "boolean"}, {}, []),
            ({"state": "retired"}, {}, []),
            ({}, {"monitor_only": True}, []),
            ({"kind": "ordinal", "levels": {"good": 100}}, {}, []),
        )
    ),
    ("TARGET-MISSING", target(value=1, kind="stretch") | {"uses": [{"objective": "o", "kpi": "k"}]}, ["has no target"]),
    # Units of measurement
    (
        "FORMULA-UNIT",
        alone(
            "kpis",
            *AMOUNTS,
            {
                "code": "r",
                "name": "R",
                "kind": "ratio",
                "unit": "GBP per hour",
                "numerator": "money",
                "denominator": "hours",
            },
        ),
        [],
    ),
    (
        "FORMULA-UNIT",
        alone(
            "kpis",
            *AMOUNTS,
            {"code": "r", "name": "R", "kind": "ratio", "unit": "people", "numerator": "money", "denominator": "hours"},
        ),
        ['E kpi:r.numerator: `numerator` of KPI r does not give "people". The formula gives '],
    ),
]


def test_a_way_of_two_links_is_not_one_of_three() -> None:
    graph = LinkGraph.of(company(**linked("b>a", "c>b", "d>c", "b>b", "x>a")))
    assert [sorted(graph.drivers_within("a", n)) for n in range(4)] == [[], ["b"], ["b", "c"], ["b", "c", "d"]]
    assert (graph.top, graph.bottom) == (0, 3)
    assert graph.path_to_top("d") == ("d", "c", "b", "a") and LinkGraph({}, {}, {}).bottom == 0


def test_findings_come_by_file_line_and_column_the_gravest_first_and_those_without_a_file_last() -> None:
    of_file = {"strategy": Place("b.yaml", 2, 1), "kpi:k": Place("a.yaml", 9, 5), "kpi:k.lag": Place("a.yaml", 9, 3),
               "objective:o": Place("a.yaml", 1, 1), "perspective:p": Place("b.yaml", 2, 1)}  # fmt: skip
    broken = company(**kpi(lag="soon"), **{k: v for k, v in HUNDRED.items() if k != "kpis"})
    found = [(f.place.file, f.place.line, f.place.column, f.level) for f in check(broken, of_file)]
    where = [(file or "~", line or 0, column or 0, -level) for file, line, column, level in found]
    assert where == sorted(where) and {Level.INFO, Level.ERROR} <= {level for _, _, _, level in found}


@pytest.mark.parametrize(("code", "parts", "said"), CASES)
def test_a_check_says_this_and_no_more(code: str, parts: Mapping[str, Any], said: list[str]) -> None:
    found = told(code, **parts)
    assert len(found) == len(said) and all(words in each for each, words in zip(found, said, strict=True)), found
