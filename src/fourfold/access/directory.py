"""Directories: where an organisation keeps its people, and what their groups mean here. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from fourfold.access.roles import WORDS, Role


class GroupRole(BaseModel):
    """What being in a group of the directory gives: a role, on a unit and all below it or everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str = Field(min_length=1, description="The group as the directory names it: a name, an id or a DN.")
    role: str = Field(description="The role that its members get, in the words of `fourfold invite --role`.")
    unit: str | None = Field(None, description="Code of the unit on which they get it; everywhere without one.")

    @field_validator("role")
    @classmethod
    def _known(cls, word: str) -> str:
        if word not in WORDS:
            raise ValueError(f"there is no role “{word}”; the roles are {', '.join(sorted(WORDS))}")
        return word


class Directory(BaseModel):
    """What every kind of directory has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(exclude=True, pattern=r"^[a-z0-9][a-z0-9-]{0,28}$")
    name: str = Field(min_length=1, max_length=80, description="The name on the button, such as “Bakery account”.")
    organisation: str = Field(min_length=1, description="Code of the organisation whose people it holds.")
    contact: str = Field("", description="Whom people ask when it does not let them in: a name, an address, a number.")
    create: bool = Field(False, description="Make an account for people who have none.")
    link_by_email: bool = Field(
        False, description="Take over an existing account of the organisation with the same, verified e-mail address."
    )
    trust_email: bool = Field(
        False, description="Take every address of this directory as verified, because people cannot choose it there."
    )
    groups: tuple[GroupRole, ...] = Field((), description="Which group gives which role.")

    def roles(self, groups: Iterable[str]) -> frozenset[tuple[Role, str | None]]:
        """The roles that these groups give, each with its unit; group names are compared without regard to capitals.

        >>> bakers = GroupRole(group="Bakers", role="contributor", unit="north")
        >>> Directory(code="k", name="K", organisation="bakery", groups=(bakers,)).roles(["bakers", "all"])
        frozenset({(<Role.CONTRIBUTOR: 'contributor'>, 'north')})
        """
        given = {group.casefold() for group in groups}
        there = [g for g in self.groups if g.group.casefold() in given]
        return frozenset((role, rule.unit) for rule in there for role in WORDS[rule.role])

    @property
    def source(self) -> str:
        """What marks the grants that this directory gave."""
        return f"directory:{self.code}"


class ScimDirectory(Directory):
    """A directory that says by itself who is there, through SCIM 2.0; its word on people and addresses is taken."""

    create: Literal[True] = Field(True, description="It makes accounts; that is what it is for.")
    trust_email: Literal[True] = Field(True, description="Whoever holds its key speaks for the organisation.")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody whom a directory vouches for: `subject` names them for ever among those of `issuer`."""

    issuer: str
    subject: str
    name: str = ""
    email: str | None = None
    email_verified: bool = False
    groups: frozenset[str] = frozenset()
