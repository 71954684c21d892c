"""Reminders, and the figures that one of them asks for, as pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fourfold.engine.plausible import SHORTEST_NOTE
from fourfold.records.models import Reminder
from fourfold.web.components.numbers import plural
from fourfold.web.components.update_row import unit_words
from fourfold.web.forms.update import WORDS, UpdateForm


def reminded_field(form: UpdateForm) -> dict[str, Any]:
    """One figure to enter: its fields, and what there is to say of what was typed. No figure of another period."""
    row, names = form.row, list(form.typed)
    labels = {"value": ""} if names == ["value"] else {name: f", {name}" for name in names}
    must = form.why is not None
    explain = f"{form.why.words}: say why, and what is done, in {SHORTEST_NOTE} characters or more." if form.why else ""
    return {
        "key": row.key, "name": row.kpi.name, "period": row.period.label, "measure": unit_words(row.kpi),
        "inputs": [(name, f"{row.kpi.name}{labels[name]}", form.typed[name]) for name in names],
        "is_text": bool(row.kpi.levels) or row.kpi.kind == "boolean", "version": form.version,
        "states": [("", "–", not form.state), *((v, t, v == form.state) for v, t in WORDS.items())],
        "note": form.note, "must": must, "errors": form.errors, "asks": form.asks, "says": form.says,
        "explain": explain if form.must_explain else "", "is_sure": form.is_sure,
    }  # fmt: skip


def reminder_row(row: Reminder, now: datetime) -> dict[str, Any]:
    """One reminder: when it was sent, of how many figures, and whether its link works."""
    state = "works" if row.revoked_at is None and row.ends_at > now else "is over"
    return {
        "pk": row.pk, "day": row.day, "what": plural(len(row.figures), "figure"), "place": row.organisation.name,
        "whose": row.person.name,
        "until": row.ends_at, "works": state == "works", "revoked_at": row.revoked_at,
    }  # fmt: skip
