"""The form that names a deputy: a colleague, the first and the last day, and KPIs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass
class DeputyForm:
    """What was chosen and typed, by field, and the complaints, by field."""

    typed: dict[str, str]
    kpis: list[str]
    days: dict[str, date | None] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def complain(self, name: str, said: str) -> None:
        """Put a complaint beside a field."""
        self.errors.setdefault(name if name in ("deputy", "since", "until", "kpis") else "deputy", []).append(said)


def read_deputy(posted: Mapping[str, str], kpis: Sequence[str]) -> DeputyForm:
    """The form as it was sent, with its days read."""
    form = DeputyForm({name: posted.get(name, "").strip() for name in ("deputy", "since", "until")}, list(kpis))
    for name in ("since", "until"):
        try:
            form.days[name] = date.fromisoformat(form.typed[name])
        except ValueError:
            form.days[name] = None
            if posted:
                form.complain(name, "Enter a day, such as 2026-12-24.")
    return form
