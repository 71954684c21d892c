"""A person who owns, enters or reads figures."""

from __future__ import annotations

from typing import Literal

from fourfold.engine.definitions.base import Code, Definition, Line, Name

Role = Literal["viewer", "contributor", "editor", "admin"]


class Person(Definition):
    """A person; `role` is granted on `unit` and the units below it (on the whole organisation without one)."""

    code: Code  # names the person for ever; initials are usual
    name: Name  # what people read
    title: Line = ""  # what the person does
    email: Line = ""  # signs in with it
    role: Role = "viewer"  # what the person may do
    unit: Code | None = None  # where: this unit and all below it
