"""Every check at its edges: the last case that is fine, the first that is told, and the whole of what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from fourfold.engine.checks import CHECKS
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete

Thing = Mapping[str, Any]
KPI: Thing = {"code": "k", "name": "K", "polarity": "higher_better"}
OBJECTIVE: Thing = {"code": "o", "name": "Win", "perspective": "p"}


def company(**parts: Any) -> Definitions:
    """One unit, perspective, objective and KPI, with some of these lists replaced."""
    whole = {
        "organisation": {"code": "org", "name": "Org", "currency": "GBP"}, "strategy": {"code": "s", "name": "S"},
        "units": [{"code": "all", "name": "All"}], "perspectives": [{"code": "p", "name": "P"}],
        "objectives": [OBJECTIVE], "kpis": [KPI],
    }  # fmt: skip
    return complete(Definitions.model_validate(whole | parts))


def told(code: str, **parts: Any) -> list[str]:
    """What one check says: level, thing, message and fix."""
    found = CHECKS[code].findings(company(**parts), {})
    return [f"{f.level.name[0]} {f.place}: {f.message} {f.fix}" for f in found]


def many(noun: str, count: int, **keys: Any) -> list[dict[str, Any]]:
    """So many things that differ in their code."""
    return [{"code": f"{noun}{i}", "name": f"Do {noun}{i}", **keys} for i in range(count)]


def uses(*objectives: str, **keys: Any) -> list[dict[str, Any]]:
    """A KPI of its own for each of these objectives."""
    return [{"objective": o, "kpi": f"k{i}", **keys} for i, o in enumerate(objectives)]


# Counts: what is usual, and one more or less


def roles(lag: int, lead: int) -> list[dict[str, Any]]:
    return [{"objective": "o", "kpi": f"k{i}", "role": "lag" if i < lag else "lead"} for i in range(lag + lead)]


@pytest.mark.parametrize(("lag", "lead", "more"), [
    (4, 0, ""), (5, 0, "lead"), (0, 4, ""), (0, 5, "lag"), (1, 4, ""), (4, 1, ""), (1, 5, "lag"), (5, 1, "lead"),
])  # fmt: skip
def test_from_five_uses_on_a_fifth_at_least_leads_and_a_fifth_lags(lag: int, lead: int, more: str) -> None:
    said = told("LEAD-SHARE", uses=roles(lag, lead))
    share = f"{lag} of {lag + lead} uses of KPIs are lagging: {lag / (lag + lead):.0%} (V13)."
    fix = f"Look which KPIs really {more}, and write `role: {more}` there."
    assert said == ([f"W strategy: {share} {fix}"] if more else [])


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no perspectives"), (1, "1 perspective"), (2, ""), (8, ""), (9, "9 perspectives")]
)
def test_two_to_eight_perspectives_are_usual(count: int, words: str) -> None:
    names = many("p", count)
    objectives = [OBJECTIVE | {"code": p["code"], "perspective": p["code"]} for p in names]
    said = told("MAP-SHAPE", perspectives=names, objectives=objectives, uses=uses(*(p["code"] for p in names)))
    fix = "Financial, customer, internal process, and learning and growth are the classic four."
    assert said == ([f"W strategy: The strategy has {words}; 2 to 8 are usual. {fix}"] if words else [])


@pytest.mark.parametrize(("sizes", "few", "large"), [
    ((7, 1), ["perspective q has 1 (2 to 7 are usual)"], []),
    ((2, 5), ["the strategy has 7 (8 to 25 are usual)"], []),
    ((2, 6), [], []),
    ((7, 7, 7, 4), [], []),
    ((8, 7, 7, 3), [], ["perspective p has 8 (2 to 7 are usual)"]),
    ((7, 7, 6, 6), [], ["the strategy has 26 (8 to 25 are usual)"]),
    ((8, 0), [], ["perspective p has 8 (2 to 7 are usual)"]),
])  # fmt: skip
@pytest.mark.parametrize("state", ["active", "draft"])
def test_objectives_are_few_or_many_from_one_more_on(
    sizes: Sequence[int], few: list[str], large: list[str], state: str
) -> None:
    rows = [OBJECTIVE | {"code": f"o{p}{i}", "perspective": p} for p, n in zip("pqrt", sizes) for i in range(n)]  # noqa: B905
    said = told("MAP-SIZE", strategy={"code": "s", "name": "S", "state": state}, objectives=rows,
                perspectives=[{"code": p, "name": p} for p in "pqrt"])  # fmt: skip
    fixes = {
        "few": "Say what else must be true for the strategy to work.",
        "many": "Join what belongs together, and keep what would change a decision.",
    }
    thing = {"the": "strategy", "perspective": "perspective:{}"}
    expected = [
        f"W {thing[parts[0].split()[0]].format(parts[0].split()[1])}: "
        f"There are too {word} objectives: {', '.join(parts)} (V02). {fixes[word]}"
        for word, parts in (("few", few if state == "active" else []), ("many", large))
        if parts
    ]
    assert said == expected


def test_thirty_kpis_are_enough_and_one_that_two_objectives_use_counts_once() -> None:
    fix = "The objectives use 31 KPIs; nobody steers by more than 30 (V04). Keep the few that would change a decision."
    eight = many("o", 8, perspective="p")[:7]
    sized = {"objectives": [*eight, OBJECTIVE | {"perspective": "q"}, OBJECTIVE | {"code": "x", "perspective": "q"}],
             "perspectives": [{"code": "p", "name": "P"}, {"code": "q", "name": "Q"}]}  # fmt: skip
    thirty = uses(*["o"] * 30)
    assert told("MAP-SIZE", uses=[*thirty, {"objective": "o1", "kpi": "k0"}], **sized) == []
    assert told("MAP-SIZE", uses=uses(*["o"] * 31), **sized) == [f"W strategy: {fix}"]


@pytest.mark.parametrize(("count", "said"), [(3, False), (4, True)])
def test_three_kpis_tell_whether_an_objective_is_reached(count: int, said: bool) -> None:
    found = told("OBJECTIVE-KPIS", uses=uses(*["o"] * count, monitor_only=True))
    fix = "Keep those that show the result; the others belong to a report or to an objective of their own."
    assert found == ([f"W objective:o: Objective o has 4 KPIs; one to 3 are enough (V03). {fix}"] if said else [])


@pytest.mark.parametrize(("count", "locale", "said"), [
    (12, "en-GB", []), (13, "en-GB", ["13 words"]), (12, "de", []), (13, "de", ["13 words"]),
])  # fmt: skip
def test_twelve_words_can_be_remembered_in_any_language(count: int, locale: str, said: list[str]) -> None:
    named = [OBJECTIVE | {"name": " ".join(["Win", *["bread"] * (count - 1)])}]
    organisation = {"code": "o", "name": "O", "locale": locale}
    found = told("OBJECTIVE-STATEMENT", objectives=named, organisation=organisation)
    assert [words in each for each, words in zip(found, said, strict=True)] == [True] * len(said)


def test_a_theme_touches_two_perspectives() -> None:
    both = [OBJECTIVE | {"themes": ["t"]}, OBJECTIVE | {"code": "x", "perspective": "q", "themes": ["t"]}]
    assert told("THEME-WIDTH", themes=[{"code": "t", "name": "T"}], objectives=both) == []
    (one,) = told("THEME-WIDTH", themes=[{"code": "t", "name": "T"}], objectives=both[:1])
    assert one.startswith("W theme:t: Theme t touches only perspective p (V14). Add `themes: [t]`")


@pytest.mark.parametrize(("count", "last"), [(2, "o0 and o1"), (12, "o10 and o11"), (13, "o11 and 1 more")])
def test_twelve_are_named_that_nobody_answers_for(count: int, last: str) -> None:
    (said,) = told("OWNER-MISSING", objectives=many("o", count, perspective="p"))
    assert said.startswith("W organisation: Nobody answers for o0") and f"{last} (V05). Add `people:`" in said


def test_a_retired_kpi_and_one_that_no_objective_uses_need_no_owner() -> None:
    alice = [{"code": "alice", "name": "Alice"}]
    owned = [OBJECTIVE | {"owner": "alice"}]
    used = [{"objective": "o", "kpi": "k"}]
    assert told("OWNER-MISSING", people=alice, objectives=owned) == []
    assert told("OWNER-MISSING", people=alice, objectives=owned, uses=used, kpis=[KPI | {"state": "retired"}]) == []
    said = "W kpi:k: KPI k has no owner, so nobody answers for it (V05). Add `owner:` with the code of one person."
    assert told("OWNER-MISSING", people=alice, objectives=owned, uses=used) == [said]


# Amounts that touch: equal is not less


def target(kpi: Thing | None = None, **keys: Any) -> dict[str, Any]:
    """The parts of a company with one target; Decimal as text."""
    words = {k: str(v) if isinstance(v, (int, float)) and k != "half_life" else v for k, v in keys.items()}
    return {"kpis": [KPI | (kpi or {})], "targets": [{"kpi": "k", "since": "2026-04", **words}]}


LOWER, RANGE = {"polarity": "lower_better"}, {"polarity": "in_range"}


@pytest.mark.parametrize(("code", "parts", "said"), [
    ("TARGET-ORDER", target(value=9, red_line=9), []),
    ("TARGET-ORDER", target(LOWER, value=9, red_line=9), []),
    ("TARGET-ORDER", target(value=9, floor=9),
     ["E target:k#0.floor: Target 1 of KPI k: higher is better for KPI k, so the target, 9, must lie above"
     " the floor, 9. Swap them, or correct the polarity of KPI k (higher_better)."]),
    ("TARGET-ORDER", target(LOWER, value=9, stretch=9),
     ["E target:k#0.value: Target 1 of KPI k: lower is better for KPI k, so the stretch, 9, must"
     " lie below the target, 9. Swap them, or correct the polarity of KPI k (lower_better)."]),
    ("TARGET-ORDER", target(value=9, red_line=8, floor=7, stretch=10), []),
    ("TARGET-ORDER", target(LOWER, value=9, red_line=10, floor=11, stretch=8), []),
    ("TARGET-ORDER", target(value=9, baseline=9), []),
    ("TARGET-ORDER", target(value=9, baseline=10),
     ["I target:k#0.baseline: The baseline of target 1 of KPI k, 10, is better than the target, 9. Set"]),
    ("TARGET-ORDER", target(LOWER, value=9, baseline=8),
     ["I target:k#0.baseline: The baseline of target 1 of KPI k, 8, is"]),
    ("TARGET-ORDER", target(LOWER, value=9, baseline=10), []),
    ("TARGET-ORDER", target(RANGE, value=9, floor=9), []),
    ("TARGET-BAND", target(RANGE, low=1, high=1),
     ["E target:k#0.low: Target 1 of KPI k: `low`, 1, must be less than `high`, 1."
     " The order is red_low < low < high < red_high."]),
    ("TARGET-BAND", target(RANGE, low=1, high=2, red_low=0, red_high=3), []),
    ("TARGET-BAND", target(RANGE, low=1), ["no `high`. Give the band both its edges, `low` and `high`."]),
    ("TARGET-BAND", target(RANGE, low=1, high=2, stretch=3),
     ["E target:k#0.stretch: Target 1 of KPI k has a `stretch`, and KPI k is in_range. A KPI that is in_range takes"
      ]),
    ("TARGET-BAND", target(value=1, red_high=2), ["is higher_better takes value and red_line."]),
    ("TARGET-BAND", target(), ["E target:k#0: Target 1 of KPI k has no `value`. Add `value: …`, in the KPI"]),
    ("TARGET-BAND", target({"kind": "boolean"}), []),
    ("TARGET-BAND", target({"kind": "ordinal", "levels": {"good": 100}}), []),
    ("TARGET-BAND", target(steps={"2026-05": "3"}, path="step"), []),
    ("TARGET-BAND", target({"polarity": "neutral"}, low=1), []),
    ("TARGET-RED-LINE", target(value=0),
     ["W target:k#0: Target 1 of KPI k has no `red_line`, so it is not scored before there are 12 figures. Add"
     " `red_line: …`, the value from which it is off target."]),
    ("TARGET-RED-LINE", target(value=1), []),
    ("TARGET-RED-LINE", target({"ratio_scale": False}, value=1), ["has no `red_line`"]),
    ("TARGET-RED-LINE", target({"ratio_scale": False}, value=1, baseline=0), []),
    ("TARGET-RED-LINE", target({"ratio_scale": False}, value=1, baseline=1), ["has no `red_line`"]),
    ("TARGET-RED-LINE", target(LOWER | {"ratio_scale": False}, value=1, baseline=2), []),
    ("TARGET-RED-LINE", target(LOWER | {"ratio_scale": False}, value=1, baseline=0), ["has no `red_line`"]),
    ("TARGET-RED-LINE", target(RANGE, low=-2, high=0), ["has no `red_high`"]),
    ("TARGET-RED-LINE", target(RANGE, low=0, high=0), ["has no `red_low`", "has no `red_high`"]),
    ("TARGET-RED-LINE", target({"kind": "boolean"}, value=0), []),
    ("TARGET-RED-LINE", target({"kind": "ordinal", "levels": {"good": 100}}, value=0), []),
    ("TARGET-TOLERANCE", target({"tolerance": "2"}, value=9, red_line=7),
     ["E kpi:k.tolerance: `tolerance` of KPI k is 2,"
     " and from `value` to `red_line` of target 1 of KPI k it is only 2. Make the tolerance less than 2, or move the"]),
    ("TARGET-TOLERANCE", target({"tolerance": "1.9"}, value=9, red_line=7), []),
    ("TARGET-TOLERANCE", target({"tolerance": "2"}, value=9, red_line=7, unit="all"), ["W kpi:k.tolerance: "]),
    ("TARGET-TOLERANCE", target({"tolerance": "2"}, value=9, red_line=7, kind="stretch"), []),
    ("TARGET-TOLERANCE", target({"tolerance": "2"}, value=9, red_line=9), []),
    ("TARGET-TOLERANCE", target(RANGE | {"tolerance": "1"}, low=1, red_low=0, high=2, red_high=3),
     ["from `low` to `red_low`", "from `high` to `red_high`"]),
    ("KPI-RANGE", target({"valid_min": "1", "valid_max": "2"}, value=1), []),
    ("KPI-RANGE", target({"valid_min": "1", "valid_max": "2"}, value=2), []),
    ("KPI-RANGE", target({"valid_min": "1", "valid_max": "2"}, value="0.9"),
     ["W target:k#0.value: `value` of target 1 of KPI k,"
     " 0.9, lies beyond `valid_min` of the KPI, 1. No figure can reach it; correct one of them."]),
    ("KPI-RANGE", target({"valid_min": "1", "valid_max": "2"}, value="2.1"),
     ["lies beyond `valid_max` of the KPI, 2."]),
    ("KPI-RANGE", target(RANGE | {"valid_min": "1"}, low=0, high=1), ["W target:k#0.low: "]),
    ("KPI-RANGE", target(RANGE | {"valid_max": "1"}, low=0, high=2), ["W target:k#0.high: "]),
    ("KPI-RANGE", target({"valid_min": "2", "valid_max": "2"}),
     ["E kpi:k.valid_min: `valid_min` of KPI k, 2, is not less"
     " than `valid_max`, 2. Swap them, or delete one."]),
    ("TARGET-PATH", target(value=1, due="2026-05"), []),
    ("TARGET-PATH", target(value=1, due="2026-04"),
     ["E target:k#0.due: `due` of target 1 of KPI k, 2026-04, is not after `since`,"
     " 2026-04. A target is due after it begins."]),
    ("TARGET-PATH", target(path="linear", value=1, baseline=0, due="2027-01"), []),
    ("TARGET-PATH", target(path="s_curve", value=1), ["there is no `baseline`", "there is no `due`"]),
    ("TARGET-PATH", target(path="exponential", value=1, baseline=2, due="2027-01"), []),
    ("TARGET-PATH", target(path="exponential", value=0, baseline=2, due="2027-01"), ["goes from 2 to 0. Both must be"]),
    ("TARGET-PATH", target(path="step", value=1),
     ["E target:k#0.path: `path` of target 1 of KPI k is step, and there is no"
     " `steps`. Add `steps: …`, or delete `path`."]),
    ("TARGET-PATH", target(path="seasonal", value=1), ["there is no `shares`"]),
    ("TARGET-PATH", target(path="seasonal", value=1, shares=
     ["0"] * 12), ["E target:k#0.shares: `shares` of target 1 of KPI k are all zero. Only their"]),
    ("TARGET-PATH", target({"frequency": "quarter"}, path="seasonal", value=1, shares=["1"] * 4), []),
    ("TARGET-PATH", target({"frequency": "quarter"}, path="seasonal", value=1, shares=["1"] * 5),
     ["has 5 entries. KPI k has 4 periods in a year; give one share for each."]),
    ("TARGET-PATH", target({"kind": "ratio"}, path="seasonal", value=1, shares=["0", *"1" * 11],
                           denominators=
     ["5", *"0" * 11]), ["E target:k#0.denominators: `denominators` of target 1 of KPI k are zero wherever there is"]),
    ("TARGET-PATH", target({"kind": "ratio"}, path="seasonal", value=1, shares=["0", *"1" * 11],
                           denominators=["5", "1", *"0" * 10]), []),
    ("TARGET-PATH", target({"kind": "flow"}, path="seasonal", value=1, shares=["0", *"1" * 11],
                           growth=["5", "1", *"0" * 10]), []),
    ("TARGET-PATH", target({"kind": "flow"}, path="seasonal", value=1, shares=["0", *"1" * 11],
                           growth=["5", *"0" * 11]), ["growth: `growth` of target 1 of KPI k is zero wherever there"]),
    ("TARGET-PATH", target({"kind": "ratio"}, path="seasonal", value=1, shares=["1"] * 12,
                           growth=["0", *"1" * 11], denominators=["1", *"0" * 11]), ["are zero wherever there is a"]),
])  # fmt: skip
def test_a_target_that_touches_an_edge(code: str, parts: Mapping[str, Any], said: list[str]) -> None:
    found = told(code, **parts)
    assert len(found) == len(said), found
    assert len(found) == len(said) and all(words in each for each, words in zip(found, said, strict=True)), found
