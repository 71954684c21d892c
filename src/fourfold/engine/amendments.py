"""Amendments: one thing of the definitions as it was and as it shall be, in a form or in text the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.text.folder import SINGLES
from fourfold.engine.edits import KEYS, key_of, name_of
from fourfold.errors import NotFound, Outdated

#: Which fields of which nouns name things of another noun: (noun, field, the noun they name).
_REFERENCES: Final = (
    ("uses", "objective", "objectives"), ("links", "source", "objectives"), ("links", "target", "objectives"),
    ("uses", "kpi", "kpis"), ("targets", "kpi", "kpis"), ("notes", "kpi", "kpis"), ("steps", "kpi", "kpis"),
)  # fmt: skip
#: Which lists name things that may go: they are left without them.
_LISTS: Final = (
    ("objectives", "themes", "themes"), ("initiatives", "objectives", "objectives"), ("initiatives", "kpis", "kpis"),
    ("kpis", "paired_with", "kpis"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amendment:
    """A thing `before` (None where it is new) and `after` (None where it goes); its key stays the same."""

    noun: str
    before: Definition | None
    after: Definition | None

    @property
    def thing(self) -> Definition:
        """What there is of it: as it shall be, else as it was."""
        thing = self.after if self.after is not None else self.before
        assert thing is not None
        return thing

    @property
    def name(self) -> str:
        """Its name, as edits and events tell it."""
        return name_of(key_of(self.noun, self.thing))

    @property
    def undone(self) -> Amendment:
        """The amendment that takes this one back."""
        return replace(self, before=self.after, after=self.before)


Amendments: TypeAlias = tuple[Amendment, ...]


def amend(definitions: Definitions, amendments: Iterable[Amendment]) -> Definitions:
    """The definitions with these amendments, one after another; new things come last.

    Raises `Outdated` where a thing is no longer as an amendment has it before: somebody else was faster.
    """
    for each in amendments:
        definitions = definitions.model_copy(update={each.noun: _amended(definitions, each)})
    return definitions


def _amended(definitions: Definitions, each: Amendment) -> Definition | tuple[Definition, ...] | None:
    if each.noun in SINGLES:
        if getattr(definitions, each.noun) != each.before or each.after is None:
            raise _outdated(each)
        return each.after
    things = things_of(definitions, each.noun)
    if each.before is None:
        return (*things, each.thing)
    key, first = key_of(each.noun, each.before), KEYS[each.noun][0]
    near = ((i, t) for i, t in enumerate(things) if getattr(t, first) == getattr(each.before, first))
    places = (i for i, thing in near if key_of(each.noun, thing) == key and thing == each.before)
    if (place := max(places, default=None)) is None:  # the last of equal ones, as in `find_thing`
        raise _outdated(each)
    after = () if each.after is None else (each.after,)
    return (*things[:place], *after, *things[place + 1 :])


def _outdated(each: Amendment) -> Outdated:
    message = f"Somebody has changed {each.name} since you opened it."
    return Outdated(message, hint="Look at what is there now, then change it again.")


def things_of(definitions: Definitions, noun: str) -> tuple[Definition, ...]:
    """All things of a noun; the organisation and the strategy are one each."""
    written: Definition | tuple[Definition, ...] = getattr(definitions, noun)
    return written if isinstance(written, tuple) else (written,)


def find_thing(definitions: Definitions, noun: str, key: Iterable[object]) -> Definition:
    """The thing with this key, the last one where there are several. Raises `NotFound`."""
    wanted = tuple(key)
    for thing in reversed(things_of(definitions, noun)):
        if key_of(noun, thing) == wanted:
            return thing
    raise NotFound(f"There is no {name_of(wanted)} among the {noun} here.")


def removal(definitions: Definitions, noun: str, thing: Definition) -> Amendments:
    """Taking a thing away, with what cannot be without it; lists that name it are left without it.

    What goes first is named first. Objectives of a perspective and formulas that name a KPI are not touched: the checks
    say that they are in the way.
    """
    code = getattr(thing, "code", None) if noun in ("objectives", "kpis", "themes") else None
    gone = tuple(Amendment(noun_, each, None) for noun_, each in _with(definitions, noun, code))
    left = tuple(_without(definitions, noun, code, {id(each.before) for each in gone}))
    unwatched = tuple(_unwatched(definitions, code)) if noun == "kpis" else ()
    return (*left, *unwatched, *gone, Amendment(noun, thing, None))


def _with(definitions: Definitions, noun: str, code: str | None) -> Iterator[tuple[str, Definition]]:
    seen: set[int] = set()
    for other, field, named in _REFERENCES:
        for each in things_of(definitions, other) if named == noun and code is not None else ():
            if getattr(each, field) == code and id(each) not in seen:
                seen.add(id(each))
                yield other, each


def _without(definitions: Definitions, noun: str, code: str | None, gone: set[int]) -> Iterator[Amendment]:
    named = [(other, field) for other, field, of in _LISTS if of == noun and code is not None]
    for other in dict.fromkeys(other for other, _ in named):
        fields = [field for each, field in named if each == other]
        for thing in things_of(definitions, other):
            changed = {f: tuple(c for c in getattr(thing, f) if c != code) for f in fields if code in getattr(thing, f)}
            if changed and id(thing) not in gone and getattr(thing, "code", None) != code:
                yield Amendment(other, thing, thing.model_copy(update=changed))


def _unwatched(definitions: Definitions, code: str | None) -> Iterator[Amendment]:
    """The strategy, where a success factor names the KPI: the factor stays, without it."""
    strategy = definitions.strategy
    if any(code in factor.kpis for factor in strategy.success_factors):
        left = tuple(
            factor.model_copy(update={"kpis": tuple(c for c in factor.kpis if c != code)})
            for factor in strategy.success_factors
        )
        yield Amendment("strategy", strategy, strategy.model_copy(update={"success_factors": left}))
