"""The checks V01 to V22 on a small map with nothing wrong, and on the same map with one thing wrong at a time."""

from __future__ import annotations

from datetime import date

import pytest

from fourfold.engine.checks import CHECKS, GATES, check, keeps_inactive
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.findings import Finding, Level
from tests.engine.checks.test_checks import LEVELS, OF_MAPS, at

MAP = """\
organisation: {code: o, name: Bakery, currency: GBP}
units: [{code: all, name: All}, {code: north, name: North, parent: all}]
people: [{code: alice, name: Alice}, {code: bob, name: Bob}]
strategy: {code: s, name: Rise, mission: Bread for all, vision: Bread in every street, horizon: 2030}
perspectives:
  - {code: fin, name: Finance}
  - {code: cus, name: Customers}
  - {code: pro, name: Processes}
  - {code: peo, name: People}
themes: [{code: fresh, name: Fresh}]
objectives:
  - {code: earn, name: Earn our keep, perspective: fin, owner: alice, themes: [fresh], kpis: [sales]}
  - {code: spend, name: Spend less than we earn, perspective: fin, owner: alice, kpis: [{kpi: costs, role: lead}]}
  - {code: delight, name: Delight those who buy, perspective: cus, owner: bob, themes: [fresh], kpis: [on_time]}
  - {code: return, name: Keep customers for years, perspective: cus, owner: bob, kpis: [{kpi: loyal, role: lag}]}
  - {code: bake, name: Sell what was baked today, perspective: pro, owner: bob, kpis: [{kpi: fresh, role: lead}]}
  - {code: waste, name: Throw less away, perspective: pro, owner: bob, kpis: [{kpi: waste, role: lead}]}
  - {code: skills, name: Know the craft, perspective: peo, owner: alice, kpis: [{kpi: trained, role: lead}]}
  - {code: stay, name: Bakers stay, perspective: peo, owner: alice, kpis: [{kpi: leavers, role: lag}]}
links:
  - {source: delight, target: earn, lag: [1, 6], hypothesis: Who is pleased buys more.}
  - {source: return, target: earn, lag: [1, 6], hypothesis: Regulars buy every day.}
  - {source: waste, target: spend, lag: [0, 1], hypothesis: Flour that is sold is not thrown away.}
  - {source: bake, target: delight, lag: [0, 3], hypothesis: Fresh bread tastes better.}
  - {source: bake, target: return, lag: [0, 6], hypothesis: Fresh bread brings people back.}
  - {source: skills, target: bake, lag: [3, 12], hypothesis: Who knows the craft needs fewer tries.}
  - {source: skills, target: waste, lag: [3, 12], hypothesis: Who knows the craft spoils less.}
  - {source: stay, target: skills, lag: [3, 12], hypothesis: Knowledge stays with people.}
kpis:
  - {code: sales, name: Sales, unit: GBP, owner: alice, targets: [{since: 2026-04, value: 100, red_line: 80}]}
  - {code: costs, name: Costs, unit: GBP, owner: alice, targets: [{since: 2026-04, value: 100, red_line: 80}]}
  - {code: on_time, name: On time, unit: orders, owner: bob, targets: [{since: 2026-04, value: 100, red_line: 80}]}
  - {code: loyal, name: Regulars, unit: people, owner: bob, targets: [{since: 2026-04, value: 100, red_line: 80}]}
  - {code: fresh, name: Sold fresh, unit: loaves, owner: bob, targets: [{since: 2026-04, value: 100, red_line: 80}]}
  - {code: waste, name: Thrown away, unit: kg, owner: bob, targets: [{since: 2026-04, value: 100, red_line: 80}]}
  - {code: trained, name: Trained, unit: people, owner: alice, targets: [{since: 2026-04, value: 100, red_line: 80}]}
  - {code: leavers, name: Leavers, unit: people, owner: alice, targets: [{since: 2026-04, value: 100, red_line: 80}]}
initiatives:
  - {code: oven, name: New oven, objectives: [bake], start: 2026-01-01, end: 2026-12-31}
"""
TODAY = date(2026, 11, 24)


def findings(text: str, *, today: date | None = None) -> list[Finding]:
    parsed = parse({"a.yaml": text})
    assert parsed.definitions is not None, [str(f) for f in parsed.findings]
    return list(check(complete(parsed.definitions), parsed.places, today=today))


def changed(*swaps: str, text: str = MAP) -> str:
    for old, new in zip(swaps[::2], swaps[1::2], strict=True):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_a_sound_map_gives_no_finding() -> None:
    assert [str(f) for f in findings(MAP)] == []


DOWN = "  - {source: spend, target: skills, lag: [3, 12], hypothesis: Money pays for courses.}\nkpis:\n"
# Each: number of the check, old text, new text with § where the finding must point, code, level, words of the message.
MISTAKES = [
    ("V01", "  - {code: peo, name: People}\n", "  - {code: peo, name: People}\n  - §{code: x, name: X}\n",
     "MAP-SHAPE", "E", "Perspective x has no objective"),
    ("V02", "peo, owner: alice, kpis: [{kpi: leavers", "pro, owner: alice, kpis: [{kpi: leavers",
     "MAP-SIZE", "W", "perspective peo has 1 (2 to 7 are usual)"),
    ("V03", "- {code: stay, name: Bakers stay, perspective: peo, owner: alice, kpis: [{kpi: leavers, role: lag}]}",
     "- §{code: stay, name: Bakers stay, perspective: peo, owner: alice}", "MAP-SHAPE", "W", "stay has no KPI"),
    ("V03", "- {code: stay, name: Bakers stay, perspective: peo, owner: alice, kpis: [{kpi: leavers, role: lag}]}",
     "- §{code: stay, name: Bakers stay, perspective: peo, owner: alice, kpis: [leavers, sales, costs, trained]}",
     "OBJECTIVE-KPIS", "W", "stay has 4 KPIs; one to 3"),
    ("V05", "{code: earn, name: Earn our keep, perspective: fin, owner: alice,",
     "§{code: earn, name: Earn our keep, perspective: fin,", "OWNER-MISSING", "W", "Objective earn has no owner"),
    ("V05", "{code: waste, name: Thrown away, unit: kg, owner: bob,", "§{code: waste, name: Thrown away, unit: kg,",
     "OWNER-MISSING", "W", "KPI waste has no owner"),
    ("V06", "source: waste, target: spend,", "source: waste, target: skills, feedback: true,", "LINK-DEAD-END", "W",
     "Objective waste drives no objective of its own row or above"),
    ("V07", "{source: stay, target: skills", "{source: stay, target: bake", "", "", ""),  # the lowest row may wish
    ("V07", "  - {source: waste, target: spend", "  - {source: waste, target: earn", "LINK-NO-DRIVER", "W",
     "Nothing on the map drives objective spend"),
    ("V08", "kpis:\n  - {code: sales", DOWN.replace("{source", "§{source") + "  - {code: sales", "LINK-DOWN", "W",
     "from spend to skills points down"),
    ("V09", "kpis:\n  - {code: sales", DOWN + "  - {code: sales", "LINK-CIRCLE", "E", "(V09)"),
    ("V11", "target: earn, lag: [1, 6], hypothesis: Who is pleased buys more.}", "target: earn, lag: [1, 6]}",
     "LINK-HYPOTHESIS", "W", "from delight to earn has no `hypothesis`"),
    ("V11", "target: earn, lag: [1, 6], hypothesis: Regulars buy every day.}", "target: earn}",
     "LINK-HYPOTHESIS", "W", "has no `hypothesis` and no `lag`"),
    ("V12", "kpi: costs, role: lead", "kpi: costs, role: lag", "", "", ""),  # waste drives it, and leads
    ("V14", "owner: bob, themes: [fresh],", "owner: bob,", "THEME-WIDTH", "W", "fresh touches only perspective fin"),
    ("V14", "themes: [{code: fresh, name: Fresh}]", "themes: [{code: fresh, name: Fresh}, §{code: x, name: X}]",
     "THEME-WIDTH", "W", "x touches no perspective"),
    ("V15", "name: Earn our keep", "name: §Profit", "OBJECTIVE-STATEMENT", "W", 'earn, "Profit", has no verb'),
    ("V15", "name: Know the craft", "name: §Recruit and keep bakers", "OBJECTIVE-STATEMENT", "W", "recruit and keep"),
    ("V15", "name: Know the craft", "name: §Know all of the craft that there is to be known in all of our bakeries",
     "OBJECTIVE-STATEMENT", "W", "has 16 words"),
    *(("V15", "name: Know the craft", f"name: §{name}", "", "", "")
      for name in ("Ship on time", "Return capital to owners", "Return to growth")),
    ("V15", "name: Know the craft", "name: §Return on capital", "OBJECTIVE-STATEMENT", "W", "has no verb"),
    ("V16", "name: Know the craft", "name: §Launch app", "OBJECTIVE-ACTIVITY", "W", '"launch"'),
    ("V16", "name: Know the craft", "name: §Roll out courses that teach", "OBJECTIVE-ACTIVITY", "W", '"roll out"'),
    ("V17", "name: Know the craft", "name: §Know a robust and holistic craft", "OBJECTIVE-VAGUE", "W",
     'vague words "robust" and "holistic"'),
    ("V18", "name: Sales, unit: GBP, owner: alice, targets: [{since: 2026-04, value: 100, red_line: 80}]}",
     "name: Sales, unit: GBP, owner: alice}", "TARGET-MISSING", "E", "sales counts for objective earn"),
    ("V19", "- {code: oven, name: New oven, objectives: [bake],", "- §{code: oven, name: New oven,",
     "INITIATIVE-LOOSE", "W", "oven names no objective"),
    ("V20", "name: Delight those who buy", "name: §Keep the customers for years", "", "", ""),  # the other is told
    ("V20", "name: Keep customers for years", "name: §Delight those who are buying", "", "", ""),
    ("V20", "name: Keep customers for years", "name: §Delight those who buy", "OBJECTIVE-TWINS", "W",
     "delight and return say nearly the same"),
    ("V21", "name: Rise,", "name: Rise, weights_sum_to_100: true,", "WEIGHTS", "E", "add up to 4, not 100"),
    ("V22", "mission: Bread for all, ", "", "VISION", "I", "has no mission"),
    ("V22", ", horizon: 2030", "", "VISION", "I", "has no horizon"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "old", "new", "code", "level", "message"), [m for m in MISTAKES if m[3]])
def test_a_mistake_on_the_map_is_told(number: str, old: str, new: str, code: str, level: str, message: str) -> None:
    text = changed(old, new)
    found = [f for f in findings(text.replace("§", "")) if f.code == code and message in f.message]
    assert len(found) >= 1, [str(f) for f in findings(text.replace("§", ""))]
    assert f"({number})" in found[0].message
    assert found[0].level is LEVELS[level]
    if "§" in new:
        assert str(found[0].place).split(" ")[0] == at(text, "a.yaml")


@pytest.mark.parametrize(("old", "new"), [(m[1], m[2]) for m in MISTAKES if not m[3] and m[0] != "V20"])
def test_what_is_right_is_not_told(old: str, new: str) -> None:
    assert findings(changed(old, new)) == []


def test_a_plural_and_an_article_make_no_other_objective() -> None:
    (finding,) = findings(changed("name: Delight those who buy", "name: Keep the customers for years"))
    assert finding.code == "OBJECTIVE-TWINS"
    assert finding.place.thing == "objective:return"


def test_a_map_has_eight_to_twenty_five_objectives_and_at_most_thirty_kpis() -> None:
    few = changed(
        "  - {code: stay, name: Bakers stay, perspective: peo, owner: alice, kpis: [{kpi: leavers, role: lag}]}\n", ""
    )
    assert any("few objectives: the strategy has 7 (8 to 25 are usual)" in f.message for f in findings(few))
    assert not any(f.code == "MAP-SIZE" for f in findings(changed("name: Rise", "name: Rise, state: draft", text=few)))
    more = "".join(
        f"  - {{code: o{i}, name: Know thing {i}, perspective: peo, owner: bob, kpis: [k{i}]}}\n" for i in range(23)
    )
    kpis = "".join(f"  - {{code: k{i}, name: K, unit: kg, owner: bob, polarity: neutral}}\n" for i in range(23))
    messages = [
        f.message for f in findings(changed("links:\n", f"{more}links:\n", "initiatives:\n", f"{kpis}initiatives:\n"))
    ]
    many = "the strategy has 31 (8 to 25 are usual) and perspective peo has 25 (2 to 7 are usual)"
    assert f"There are too many objectives: {many} (V02)." in messages
    assert "The objectives use 31 KPIs; nobody steers by more than 30 (V04)." in messages


def test_a_map_of_islands_has_no_way_to_the_top() -> None:
    cut = changed("{source: delight, target: earn", "{source: delight, target: return",
                  "{source: return, target: earn", "{source: delight, target: return",
                  "{source: waste, target: spend", "{source: waste, target: delight")  # fmt: skip
    assert [f.message[-6:] for f in findings(cut) if f.code == "MAP-PATH"] == ["(V10)."]


def test_an_upper_objective_without_a_leading_kpi_below_it_is_told() -> None:
    lagging = changed(
        "kpi: fresh, role: lead", "kpi: fresh, role: lag", "kpi: trained, role: lead", "kpi: trained, role: lag"
    )
    told = [f.place.thing for f in findings(lagging) if f.code == "LEAD-MISSING"]
    assert told == ["objective:earn", "objective:delight", "objective:return"]


def test_nearly_all_kpis_lagging_is_half_of_the_picture() -> None:
    (share,) = (f for f in findings(MAP.replace("role: lead", "role: lag")) if f.code == "LEAD-SHARE")
    assert share.message == "8 of 8 uses of KPIs are lagging: 100% (V13)."
    assert "role: lead" in share.fix


def test_without_any_people_owners_are_missed_once() -> None:
    nobody = changed("people: [{code: alice, name: Alice}, {code: bob, name: Bob}]\n", "")
    nobody = nobody.replace("owner: alice, ", "").replace("owner: bob, ", "")
    (finding,) = (f for f in findings(nobody) if f.code == "OWNER-MISSING")
    assert "Nobody answers for earn, spend" in finding.message
    assert "and 4 more" in finding.message


def test_words_of_another_language_are_not_judged() -> None:
    german = changed("currency: GBP}", "currency: EUR, locale: de-CH}", "name: Know the craft", "name: Profit")
    assert findings(german.replace("GBP", "EUR")) == []


def test_what_begins_with_a_verb_of_doing_is_no_result_and_is_not_said_to_have_no_verb() -> None:
    told = [f.code for f in findings(changed("name: Know the craft", "name: Hold meetings"))]
    assert told == ["OBJECTIVE-ACTIVITY"]


# Waivers

WAIVED = """\
  waivers:
    - {check: LINK-DOWN, thing: link:spend>skills, reason: The board wants it, until: 2027-01-31, author: bob}
"""


def with_waiver(waiver: str, text: str) -> str:
    head, _, rest = text.partition("strategy: {")
    line, _, tail = rest.partition("}\n")
    keys = "".join(f"  {part}\n" for part in line.split(", "))
    return f"{head}strategy:\n{keys}{waiver}{tail}"


def down() -> str:
    text = changed("kpis:\n  - {code: sales", DOWN.replace("lag: [3", "feedback: false, lag: [3") + "  - {code: sales")
    return changed("{source: skills, target: waste", "{source: stay, target: waste", text=text)


def test_a_waived_finding_is_information_with_its_reason_until_the_day_is_over() -> None:
    text = with_waiver(WAIVED, down())
    for today, level in ((TODAY, Level.INFO), (date(2027, 1, 31), Level.INFO), (date(2027, 2, 1), Level.WARNING)):
        (finding,) = (f for f in findings(text, today=today) if f.code == "LINK-DOWN")
        assert finding.level is level
        assert ("Waived by bob until 2027-01-31: The board wants it." in finding.message) == (level is Level.INFO)
    assert "Its waiver ran out on 2027-01-31." in finding.message


def test_without_a_day_no_waiver_holds() -> None:
    (finding,) = (f for f in findings(with_waiver(WAIVED, down())) if f.code == "LINK-DOWN")
    assert (finding.level, "Waived" in finding.message) == (Level.WARNING, False)


def test_a_waiver_for_nothing_is_told() -> None:
    (finding,) = findings(with_waiver(WAIVED, MAP), today=TODAY)
    assert (finding.code, finding.level) == ("WAIVER", Level.INFO)
    assert '"LINK-DOWN" of link:spend>skills' in finding.message


def test_an_error_cannot_be_waived_except_one_that_only_blocks_the_strategy() -> None:
    circle = with_waiver(WAIVED.replace("LINK-DOWN, thing: link:spend>skills", "LINK-CIRCLE"), changed(
        "kpis:\n  - {code: sales", DOWN + "  - {code: sales"))  # fmt: skip
    told = {f.code: f.level for f in findings(circle, today=TODAY)}
    assert told["LINK-CIRCLE"] is Level.ERROR
    assert told["WAIVER"] is Level.INFO
    empty = changed("  - {code: peo, name: People}\n", "  - {code: peo, name: People}\n  - {code: x, name: X}\n")
    waiver = WAIVED.replace("LINK-DOWN, thing: link:spend>skills", "MAP-SHAPE, thing: perspective:x")
    assert [(f.code, f.level) for f in findings(with_waiver(waiver, empty), today=TODAY)] == [("MAP-SHAPE", Level.INFO)]


def test_a_gate_keeps_a_draft_from_becoming_active_until_it_is_waived() -> None:
    ownerless = changed(
        "perspective: fin, owner: alice, themes", "perspective: fin, themes", "name: Rise", "name: Rise, state: draft"
    )
    assert [f.code for f in keeps_inactive(findings(ownerless))] == ["OWNER-MISSING"]
    waiver = WAIVED.replace("LINK-DOWN, thing: link:spend>skills", "OWNER-MISSING, thing: objective:earn")
    assert keeps_inactive(findings(with_waiver(waiver, ownerless), today=TODAY)) == []
    assert sorted(GATES) == ["MAP-SHAPE", "OWNER-MISSING", "TARGET-MISSING"]


# Cascading

CHILD = """\
  - {{code: child, name: Sell more in the north, perspective: fin, owner: bob, unit: north,
     kpis: [{{kpi: {kpi}, role: lead}}], {keys}}}
links:
  - {{source: child, target: spend, lag: [0, 1], hypothesis: It adds up.}}
  - {{source: bake, target: child, lag: [0, 1], hypothesis: It sells.}}
"""
CASCADES = [
    ("sales", "cascaded_from: earn, cascade_type: identical", []),
    ("waste", "cascaded_from: earn, cascade_type: identical", ["is identical to earn, and shares no KPI with it"]),
    (
        "waste",
        "cascaded_from: earn, cascade_type: contributory, contribution: It pays., "
        'cascade_sign: "+", accepted_by: alice',
        [],
    ),
    (
        "waste",
        "cascaded_from: earn, cascade_type: contributory",
        ["no `contribution`", "no `cascade_sign`", "no `accepted_by`"],
    ),
    ("waste", "cascaded_from: earn", ["does not say how"]),
    ("waste", "cascade_type: contributory", ["does not say to which objective above"]),
    ("waste", "cascade_type: new", ["neither serves a theme nor is local"]),
    ("waste", "cascade_type: new, local: true", []),
    ("waste", "cascade_type: new, themes: [fresh]", []),
    ("sales", "cascaded_from: child, cascade_type: identical", ["belongs to no unit above its own"]),
]


@pytest.mark.parametrize(("kpi", "keys", "messages"), CASCADES)
def test_an_objective_says_how_it_carries_the_one_above(kpi: str, keys: str, messages: list[str]) -> None:
    told = [f for f in findings(changed("links:\n", CHILD.format(kpi=kpi, keys=keys))) if f.code == "CASCADE"]
    assert len(told) == len(messages)
    for finding, message in zip(told, messages, strict=True):
        assert message in finding.message


def test_every_check_of_a_map_has_a_number_of_the_specification() -> None:
    titles = " ".join(each.title for each in CHECKS.values()) + " V21"  # negative weights are refused when read
    assert [n for n in range(1, 23) if f"V{n:02}" not in titles] == []
    assert set(CHECKS) >= OF_MAPS


def test_the_year_that_a_vision_says_is_proposed_as_its_horizon() -> None:
    (finding,) = findings(
        changed(", vision: Bread in every street, horizon: 2030", ", vision: Bread everywhere by 2031")
    )
    assert finding.fix == "Add `horizon: 2031`."
