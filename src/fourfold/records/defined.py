"""What the tables of definitions share."""

from __future__ import annotations

from typing import Any

from django.db import models

from fourfold.engine.definitions.base import Definition
from fourfold.records.fields import SpecField
from fourfold.records.scope import InOrganisation


class Defined(models.Model):
    """A definition as a row: `spec` is the definition itself, the other columns repeat what queries need.

    Only `records.frames.definition` writes these rows, so the columns and the spec cannot drift apart.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    position = models.PositiveIntegerField(default=0, help_text="Place in the order in which it was written.")
    spec = SpecField(default=dict)
    known_since = models.DateTimeField(null=True, help_text="When it was written like this; empty: from the beginning.")

    objects = InOrganisation.as_manager()

    class Meta:
        abstract = True
        ordering = ("position",)


class Coded(Defined):
    """A definition with a code, which names it for ever inside its organisation, and a name."""

    code = models.CharField(max_length=80)
    name = models.CharField(max_length=300)

    class Meta(Defined.Meta):
        abstract = True
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="%(class)s_code_is_unique"),
        )

    def __str__(self) -> str:
        """The name people gave it."""
        return self.name


def spec_of(definition: Definition) -> dict[str, Any]:
    """The definition as JSON holds it: only what was given, decimals as text."""
    return definition.model_dump(mode="json", exclude_unset=True)


def kept_spec(definition: Definition, kept: dict[str, Any]) -> dict[str, Any]:
    """What a row should hold: what it holds already, where that only spells the same definition differently."""
    spec = spec_of(definition)
    return kept if kept != spec and type(definition).model_validate(kept) == definition else spec
