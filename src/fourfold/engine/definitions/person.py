"""A person who owns, enters or reads figures."""

from __future__ import annotations

from typing import Literal

from fourfold.engine.definitions.base import Code, Definition, Line, Name

#: The roles that are given to people; what each may do is in the reference of roles.
Role = Literal[
    "viewer", "commenter", "contributor", "kpi_owner", "approver", "editor", "scorecard_admin", "auditor",
    "organisation_admin",
]  # fmt: skip
#: The same, and one word that stands for several of them.
Word = Literal[
    "viewer", "commenter", "contributor", "kpi_owner", "approver", "editor", "scorecard_admin", "auditor",
    "organisation_admin", "admin",
]  # fmt: skip


class Person(Definition):
    """A person; `role` is granted on `unit` and the units below it (on the whole organisation without one).

    `role` is short: `editor` is editor and contributor; `admin` is organisation admin, scorecard admin and contributor.
    `roles` names roles one by one and takes its place.
    """

    code: Code  # names the person for ever; initials are usual
    name: Name  # what people read
    title: Line = ""  # what the person does
    email: Line = ""  # signs in with it
    role: Word = "viewer"  # what the person may do
    roles: tuple[Role, ...] = ()  # exactly these roles, in place of `role`
    clearance: Literal["open", "confidential"] = "open"  # with `confidential` the roles show confidential KPIs too
    unit: Code | None = None  # where: this unit and all below it
