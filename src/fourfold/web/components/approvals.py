"""Figures that wait for approval and restatements, as pages show them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from fourfold.engine.cells import State
from fourfold.records.models import Measurement, Restatement
from fourfold.records.models.restatement import CODES
from fourfold.records.queries.approvals import AskedRestatement, WaitingFigure
from fourfold.web.address import Here
from fourfold.web.components.dates import moment_text
from fourfold.web.components.numbers import DASH, as_given


def figure_of(row: Measurement | Restatement | None) -> str:
    """A figure with every digit it was given; a dash where there is none."""
    if row is None:
        return DASH
    if row.state != State.NUMBER:
        return State(row.state).word
    parts: tuple[Decimal | None, ...] = (row.value,) if row.value is not None else (row.numerator, row.denominator)
    return " ÷ ".join(as_given(part) for part in parts if part is not None)


def waiting_row(here: Here, found: WaitingFigure) -> dict[str, Any]:
    """One figure to approve."""
    row = found.row
    return {
        "pk": row.pk, "kpi": found.kpi.name, "url": here.kpi(found.kpi, found.unit), "unit": found.unit.name,
        "period": found.period.label, "figure": figure_of(row), "before": figure_of(found.before),
        "measure": found.kpi.unit if row.value is not None else "",
        "by": row.recorded_by.name if row.recorded_by else row.source or "Import",
        "at": moment_text(row.recorded_at), "why": row.reason, "mine": found.mine, "for_whom": found.for_whom,
        "returned": f"{found.returned.by.name if found.returned.by else ''}: {found.returned.note}"
        if found.returned else "",
    }  # fmt: skip


def restatement_row(here: Here, asked: AskedRestatement) -> dict[str, Any]:
    """One restatement with its story: old and new, who, why and when, and what it changes."""
    row, names = asked.row, {u.code: u.name for u in here.scope.structure.units}
    return {
        "pk": row.pk, "kpi": asked.kpi.name, "url": here.kpi(asked.kpi, asked.unit), "unit": asked.unit.name,
        "period": asked.period.label, "old": figure_of(row.known), "new": figure_of(row), "code": CODES[row.code],
        "reason": row.reason, "asked": _said(row.asked_by, row.asked_at), "verdict": row.verdict,
        "decided": _said(row.decided_by, row.decided_at), "note": row.note.rstrip("."), "mine": asked.mine,
        "is_material": row.is_material,
        "effect": [_effect(here, each, names) for each in asked.effect],
    }  # fmt: skip


def _said(person: Any, at: Any) -> str:
    return "" if at is None else f"{person.name if person else 'the administrator of the machine'}, {moment_text(at)}"


def _effect(here: Here, effect: dict[str, Any], units: dict[str, str]) -> str:
    """“Sales, North Quay: 75.0 to 40.0, Near target to Off target”."""
    noun, _, code = effect["node"].partition(":")
    structure = here.scope.structure
    if noun == "kpi":
        name = structure.kpi[code].name
    elif noun == "objective":
        name = structure.objective[code].name
    else:
        name = re.sub("[_-]", " ", code).capitalize() or "Scorecard"
    before, after = effect["before"], effect["after"]
    scores = f"{_points(before['score'])} to {_points(after['score'])}"
    statuses = "" if before["status"] == after["status"] else f", {before['status']} to {after['status']}"
    return f"{name}, {units.get(effect['unit'], effect['unit'])}: {scores}{statuses}"


def _points(score: float | None) -> str:
    return DASH if score is None else f"{score:.1f}"
