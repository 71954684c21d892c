"""What each question of health finds at its edges: 2 for yes, 1 for partly, 0 for no, and the evidence in full."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.cells import Floats
from fourfold.engine.health.assess import graded
from tests.engine.health.test_assess import FIGURES, VAGUE, judged

#: Figures whose natural standard deviation is 1, around 0.564.
OF_ONE = np.array([0.0, 1.128] * 6)
BOTH = [{"objective": o, "kpi": "waits"} for o in ("short", "other")]


def lacking(count: int, of: int) -> Floats:
    """So many figures, of which the last ones are missing."""
    values = np.resize(FIGURES, of)
    values[-count:] = np.nan
    return values


def aimed(value: str) -> list[dict[str, str]]:
    return [{"kpi": "waits", "since": "2025-01", "value": value}]


# Each: what is changed, the question, its points and its evidence.
FOUND: list[tuple[dict[str, Any], str, float | None, str]] = [
    ({}, "R1", 2, "`result_type` is outcome"),
    ({}, "R2", 2, "no vague word"),
    ({}, "R3", 2, "`result` is written at 1 of 1 objectives"),
    ({}, "R4", 2, "`purpose` names it"),
    ({}, "D1", 2, 'measured, 12 figures from "Register"'),
    ({}, "D2", 2, '"All who come"'),
    ({}, "D3", 2, "an index in people; weighted_mean over time, weighted_mean over units"),
    ({}, "D4", 2, "unchanged for 12 periods"),
    ({}, "D5", 2, "12 of the last 12 due periods"),
    ({}, "D6", 2, "95% came in time"),
    ({}, "D7", 2, "2% were corrected later"),
    ({}, "D8", 2, "no hand touches it"),
    ({}, "G1", 2, "12 figures"),
    ({}, "G2", 2, "steps are fine beside the usual change"),
    ({}, "G3", 2, "the target is 30.08 from the level, natural standard deviation 3.594"),
    ({}, "G4", 2, "redundancy 0.30 with returns"),
    ({}, "U1", 2, "4 of 4 periods off target or with a signal"),
    ({}, "U2", 2, "2 of 4 periods off target or with a signal"),
    ({}, "U3", 2, "3 roles in the last two periods"),
    ({}, "U4", 2, "they do"),
    ({}, "S1", 2, "paired with returns"),
    ({}, "S2", 2, "none is open"),
    ({}, "S3", 2, "not tied to pay"),
    ({}, "S4", 2, "last on 2026-01-15"),
    ({"kpi": {"result_type": "impact"}}, "R1", 2, "`result_type` is impact"),
    ({"kpi": {"result_type": "output"}}, "R1", 1, "`result_type` is output"),
    ({"objectives": VAGUE}, "R2", 0, "vague words in short"),
    ({"objectives": VAGUE}, "R3", 2, "`result` is written at 1 of 1 objectives"),
    ({"objectives": VAGUE, "uses": BOTH},
     "R2", 1, "vague words in short"),
    ({"objectives": VAGUE, "uses": BOTH},
     "R3", 1, "`result` is written at 1 of 2 objectives"),
    ({"uses": []}, "R2", None, "no objective uses it"),
    ({"uses": []}, "R3", None, "no objective uses it"),
    ({"decision": 0}, "R4", 0, "the owner's answer of this year"),
    ({"decision": 1}, "R4", 1, "the owner's answer of this year"),
    ({"decision": 2}, "R4", 2, "the owner's answer of this year"),
    ({"kpi": {"purpose": ""}}, "R4", None, "the owner has not been asked, and `purpose` is empty"),
    ({"kpi": {"unit": "", "kind": "flow"}},
     "D3", 1, "a flow in no unit, which it needs; sum over time, sum over units"),
    ({"unchanged": 6}, "D4", 2, "unchanged for 6 periods"),
    ({"unchanged": 5}, "D4", 1, "unchanged for 5 periods"),
    ({"unchanged": 3}, "D4", 1, "unchanged for 3 periods"),
    ({"unchanged": 2}, "D4", 0, "unchanged for 2 periods"),
    ({"unchanged": 1}, "D4", 0, "unchanged for 1 period"),
    ({"unchanged": None}, "D4", None, "nobody knows when its definition changed"),
    ({"unchanged": 0, "history_restated": True},
     "D4", 2, "its history was computed anew when the definition changed"),
    ({"values": lacking(1, 20)}, "D5", 1, "11 of the last 12 due periods"),
    ({"values": lacking(1, 9)}, "D5", 1, "8 of the last 9 due periods"),
    ({"values": lacking(2, 10)}, "D5", 1, "8 of the last 10 due periods"),
    ({"values": lacking(2, 9)}, "D5", 0, "7 of the last 9 due periods"),
    ({"values": FIGURES[:0]}, "D5", None, "no period was due yet"),
    ({"on_time": 0.9}, "D6", 2, "90% came in time"),
    ({"on_time": 0.89}, "D6", 1, "89% came in time"),
    ({"on_time": 0.7}, "D6", 1, "70% came in time"),
    ({"on_time": 0.69}, "D6", 0, "69% came in time"),
    ({"on_time": None}, "D6", None, "nobody knows when figures came"),
    ({"restated": 0.05}, "D7", 2, "5% were corrected later"),
    ({"restated": 0.06}, "D7", 1, "6% were corrected later"),
    ({"restated": 0.15}, "D7", 1, "15% were corrected later"),
    ({"restated": 0.16}, "D7", 0, "16% were corrected later"),
    ({"restated": None}, "D7", None, "corrections are not known"),
    ({"kpi": {"automated": False}}, "D8", 0, "by hand, nobody approves it"),
    ({"kpi": {"automated": False, "steward": "bob"}}, "D8", 1, "by hand, nobody approves it"),
    ({"kpi": {"automated": False, "approver": "bob"}}, "D8", 2, "approved by bob"),
    ({"kpi": {"automated": False, "approver": "alice"}}, "D8", 0, "by hand, nobody approves it"),
    ({"kpi": {"automated": False, "formula": "returns"}}, "D8", 2, "no hand touches it"),
    ({"values": FIGURES[:11]}, "G1", 1, "11 figures"),
    ({"values": FIGURES[:6]}, "G1", 1, "6 figures"),
    ({"values": FIGURES[:6]}, "G2", 2, "steps are fine beside the usual change"),
    ({"values": FIGURES[:6]}, "G3", 2, "the target is 29.98 from the level, natural standard deviation 4.167"),
    ({"values": FIGURES[:5]}, "G1", 0, "5 figures"),
    ({"values": FIGURES[:5]}, "G2", None, "fewer than 6 figures"),
    ({"values": FIGURES[:5]}, "G3", None, "no target, or too few figures for natural variation"),
    ({"values": np.array([60.0, 60, 60, 90] * 3)},
     "G2", 0, "steps are coarse beside the usual change"),
    ({"values": OF_ONE, "targets": aimed("-0.936")},
     "G3", 1, "the target is 1.5 from the level, natural standard deviation 1"),
    ({"values": OF_ONE, "targets": aimed("-0.937")},
     "G3", 2, "the target is 1.501 from the level, natural standard deviation 1"),
    ({"values": OF_ONE, "targets": aimed("-0.43")},
     "G3", 0, "the target is 0.994 from the level, natural standard deviation 1"),
    ({"values": OF_ONE, "targets": aimed("-0.44")},
     "G3", 1, "the target is 1.004 from the level, natural standard deviation 1"),
    ({"targets": []}, "G3", None, "no target, or too few figures for natural variation"),
    ({"twins": {"a": 0.75}}, "G4", 1, "redundancy 0.75 with a"),
    ({"twins": {"a": 0.74, "b": 0.1}}, "G4", 2, "redundancy 0.74 with a"),
    ({"twins": {"a": 0.2, "b": 0.9}}, "G4", 0, "redundancy 0.90 with b"),
    ({"twins": {"a": 0.89}}, "G4", 1, "redundancy 0.89 with a"),
    ({"twins": {}}, "G4", 2, "no other KPI to compare"),
    ({"twins": None}, "G4", None, "its likeness to other KPIs is not known"),
    ({"calls": 5, "commented": 4}, "U1", 2, "4 of 5 periods off target or with a signal"),
    ({"calls": 5, "commented": 3}, "U1", 1, "3 of 5 periods off target or with a signal"),
    ({"calls": 4, "commented": 2}, "U1", 1, "2 of 4 periods off target or with a signal"),
    ({"calls": 4, "commented": 1}, "U1", 0, "1 of 4 periods off target or with a signal"),
    ({"calls": 4, "acted": 2}, "U2", 2, "2 of 4 periods off target or with a signal"),
    ({"calls": 4, "acted": 1}, "U2", 1, "1 of 4 periods off target or with a signal"),
    ({"calls": 5, "acted": 1}, "U2", 0, "1 of 5 periods off target or with a signal"),
    ({"acted": None}, "U2", None, "decisions and actions are not known"),
    ({"calls": 0}, "U1", None, "no periods off target or with a signal to count"),
    ({"calls": 0}, "U2", None, "no periods off target or with a signal to count"),
    ({"calls": None}, "U1", None, "periods off target or with a signal are not known"),
    ({"calls": None}, "U2", None, "periods off target or with a signal are not known"),
    ({"roles": 2}, "U3", 2, "2 roles in the last two periods"),
    ({"roles": 1}, "U3", 1, "1 role in the last two periods"),
    ({"roles": 0}, "U3", 0, "0 roles in the last two periods"),
    ({"roles": None}, "U3", None, "nobody knows who looks at it"),
    ({"before_review": False}, "U4", 0, "they come after it"),
    ({"before_review": None}, "U4", None, "the day of the review is not known"),
    ({"kpi": {"paired_with": ["returns", "waits"]}}, "S1", 2, "paired with returns, waits"),
    ({"kpi": {"paired_with": []}}, "S1", 0, "`paired_with` is empty"),
    ({"gaming_open": True}, "S2", 0, "a question is open"),
    ({"gaming_open": None}, "S2", None, "the tests of gaming were not made"),
    ({"kpi": {"used_for_pay": True}}, "S3", 1, "tied to pay, with 1 of pair and approver"),
    ({"kpi": {"used_for_pay": True, "approver": "bob"}}, "S3", 2, "tied to pay, with 2 of pair and approver"),
    ({"kpi": {"used_for_pay": True, "approver": "alice", "paired_with": []}},
     "S3", 0, "tied to pay, with 0 of pair and approver"),
    ({"kpi": {"used_for_pay": True, "approver": "bob", "paired_with": []}},
     "S3", 1, "tied to pay, with 1 of pair and approver"),
    ({"kpi": {"side_effects_reviewed": "2025-04-11"}}, "S4", 2, "last on 2025-04-11"),
    ({"kpi": {"side_effects_reviewed": "2025-04-10"}}, "S4", 1, "last on 2025-04-10"),
    ({"kpi": {"side_effects_reviewed": "2024-04-11"}}, "S4", 1, "last on 2024-04-11"),
    ({"kpi": {"side_effects_reviewed": "2024-04-10"}}, "S4", 0, "last on 2024-04-10"),
    ({"kpi": {"side_effects_reviewed": "2025-03-12"}}, "S4", 1, "last on 2025-03-12"),
    ({"kpi": {"side_effects_reviewed": None}},
     "S4", None, "the owner has not been asked, and `side_effects_reviewed` is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "points", "evidence"), FOUND)
def test_a_question_finds_this(change: dict[str, Any], code: str, points: float | None, evidence: str) -> None:
    found = {c.code: c for part in judged(change).parts for c in part.criteria}
    assert (found[code].points, found[code].evidence, found[code].of) == (points, evidence, 2)


@pytest.mark.parametrize(("shares", "score", "cap"), [
    ({"data": 39, "use": 100}, 49.0, "data is 39, below 40"),
    ({"safety": 39, "use": 100}, 49.0, "safety is 39, below 40"),
    ({"data": 40, "use": 100}, 70.0, ""), ({"use": 10, "data": 100}, 55.0, ""),
    ({"data": 20, "use": 60}, 40.0, "data is 20, below 40"),
])  # fmt: skip
def test_broken_data_or_safety_cap_the_whole(shares: dict[str, int], score: float, cap: str) -> None:
    parts = tuple(Part(c, c, (Criterion("X", "?", points, 100, "e"),)) for c, points in shares.items())
    found = graded("kpi:k", parts)
    assert (found.score, found.cap) == (score, cap)
    assert found.grade == ("do not use for decisions" if cap else "")
