"""The form that invites a person: address, name, role and where it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fourfold.access.roles import WORDS

FIELDS = ("email", "name", "role", "unit")


@dataclass
class PersonForm:
    """What was typed and chosen, by field, and the complaints, by field."""

    units: Sequence[tuple[str, str]]  # code and name
    typed: dict[str, str]
    is_everywhere: bool  # whether the whole organisation is one of the choices
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def roles(self) -> list[tuple[str, str]]:
        """The roles to choose from, as definitions write them and as people read them."""
        return [(word, word.replace("_", " ").replace("kpi", "KPI")) for word in WORDS]

    def complain(self, name: str, said: str) -> None:
        """Put a complaint beside a field."""
        self.errors.setdefault(name if name in FIELDS else "email", []).append(said)


def read_person(
    units: Sequence[tuple[str, str]], posted: Mapping[str, str], *, is_everywhere: bool
) -> PersonForm:
    """The form as it was sent."""
    form = PersonForm(units, {name: posted.get(name, "").strip() for name in FIELDS}, is_everywhere)
    form.typed["role"] = form.typed["role"] or "viewer"
    if form.typed["role"] not in WORDS:
        form.complain("role", "Choose one of the roles in the list.")
    if posted and form.typed["unit"] not in {code for code, _ in units} | ({""} if is_everywhere else set()):
        form.complain("unit", "Choose one of the units in the list.")
    return form
