"""A role as a form sends it: given to somebody, denied with the word of that, or taken away by its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fourfold.access.roles import PURPOSES, Role
from fourfold.records.queries.members import Members

#: In the place of a role: the unit is denied.
DENIED: Final = "denied"


@dataclass
class GrantForm:
    """What was sent, and what is wrong with it by field; `role=None` with a person is a denial."""

    roles: list[tuple[str, str]]
    people: list[tuple[int, str]]
    typed: dict[str, str]
    person: int | None = None
    role: Role | None = None
    exports: bool = False
    confidential: bool = False
    statuses_only: bool = False
    revoke: int | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """True when it can be done."""
        return not self.errors

    def complain(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.errors.setdefault(name, []).append(message)


def read_grant(found: Members, posted: Mapping[str, str] | None = None) -> GrantForm:
    """Read the form of the page of members; without anything sent it is an empty one."""
    roles = [(role.value, f"{role.word}: {PURPOSES[role]}") for role in found.gives]
    typed = {name: (posted or {}).get(name, "") for name in ("person", "role")}
    form = GrantForm([*roles, (DENIED, "denied: sees and does nothing here")], list(found.candidates), typed)
    if posted is None:
        return form
    revoke = posted.get("revoke", "")
    if revoke:
        form.revoke = int(revoke) if revoke.isascii() and revoke.isdigit() and len(revoke) < 18 else -1
        return form
    people = {str(pk): pk for pk, _ in form.people}
    form.person, form.exports = people.get(typed["person"]), posted.get("exports") == "yes"
    form.confidential = posted.get("confidential") == "yes"
    form.statuses_only = posted.get("statuses_only") == "yes"
    form.role = next((role for role in found.gives if role.value == typed["role"]), None)
    if form.person is None:
        form.complain("person", "Choose a person of the organisation.")
    if form.role is None and typed["role"] != DENIED:
        form.complain("role", "Choose a role.")
    return form
