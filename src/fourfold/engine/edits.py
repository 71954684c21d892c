"""What is different between two sets of definitions: what came, what went, and what a thing says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.kpi import Kpi
from fourfold.engine.definitions.scorecard import Definitions
from fourfold.errors import Conflict

#: How many of the things that would go are named in a refusal; the plan names all.
_NAMED: Final = 5
#: What names a thing for ever, noun by noun of `Definitions`; those of equal names are told apart by their order.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "organisation": ("code",),
    "units": ("code",),
    "people": ("code",),
    "strategy": ("code",),
    "perspectives": ("code",),
    "themes": ("code",),
    "objectives": ("code",),
    "links": ("source", "target"),
    "kpis": ("code",),
    "uses": ("kpi", "objective"),
    "targets": ("kpi", "unit", "kind", "since"),
    "initiatives": ("code",),
    "notes": ("kpi", "unit", "period", "kind"),
    "steps": ("kpi", "unit", "since"),
}


class Kind(StrEnum):
    """What happened to a thing."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a changed thing, as JSON writes it on both sides; a field that is not given has its default."""

    name: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class Edit:
    """A thing by its noun and name, such as `targets` and `waits north target 2026-04`; fields where it changed."""

    noun: str
    name: str
    kind: Kind
    fields: tuple[Field, ...] = ()


def edits(before: Definitions, after: Definitions) -> tuple[Edit, ...]:
    """Everything that is different, noun by noun: removed, changed, added, each in the order in which it is written.

    Two ways of writing the same (95 and 95.0, a default written out or left out) are no difference, and neither is
    another order.
    """
    return tuple(edit for noun in KEYS for edit in _edits(noun, named(noun, before), named(noun, after)))


def refuse_loss(going: Sequence[Edit], hint: str) -> None:
    """Raise `Conflict` with the names of what would go, where anything would."""
    if going:
        named = ", ".join(f"{edit.noun} {edit.name}" for edit in going[:_NAMED])
        more = f" and {len(going) - _NAMED:,} more" if len(going) > _NAMED else ""
        count = f"{len(going):,} definition{'s' if len(going) > 1 else ''}"
        raise Conflict(f"{count} ({named}{more}) would go, so nothing was changed.", hint=hint)


def key_of(noun: str, thing: Definition) -> tuple[object, ...]:
    """What names a thing among those of its noun, None for a part that it leaves out."""
    return tuple(getattr(thing, part) for part in KEYS[noun])


def name_of(key: Iterable[object]) -> str:
    """The name that people read: the parts of a key that are given."""
    return " ".join(str(part) for part in key if part is not None)


def named(noun: str, definitions: Definitions) -> dict[tuple[str, int], Definition]:
    """Things of a noun by name; those of equal names are numbered by their order."""
    written = getattr(definitions, noun)
    things: Iterable[Definition] = written if isinstance(written, tuple) else (written,)
    seen: Counter[str] = Counter()
    named = {}
    for thing in things:
        name = name_of(key_of(noun, thing))
        named[name, seen[name]] = thing
        seen[name] += 1
    return named


def _edits(
    noun: str, before: Mapping[tuple[str, int], Definition], after: Mapping[tuple[str, int], Definition]
) -> Iterator[Edit]:
    yield from (Edit(noun, key[0], Kind.REMOVED) for key in before if key not in after)
    for key, thing in after.items():
        if key in before and before[key] != thing:
            yield Edit(noun, key[0], Kind.CHANGED, tuple(_fields(before[key], thing)))
    yield from (Edit(noun, key[0], Kind.ADDED) for key in after if key not in before)


def _fields(before: Definition, after: Definition) -> Iterator[Field]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    for name in type(after).model_fields:
        if getattr(before, name) != getattr(after, name):
            yield Field(name, old[name], new[name])
    if isinstance(before, Kpi) and isinstance(after, Kpi) and (before.kind, before.unit) == (after.kind, after.unit):
        said = [None if kpi.leaves_out_factor else old["factor"] for kpi in (before, after)]
        if before.factor == after.factor and said[0] != said[1]:  # where it is left out it is 100, and 1 is 1
            yield Field("factor", *said)
