"""Changes of definitions as people read them: fields by their names, things by theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from fourfold.engine.edits import Field
from fourfold.web.address import Here
from fourfold.web.components.amendment_fields import label, names

#: Formulas name KPIs, which somebody may not see.
_FORMULAS: Final = frozenset({"formula", "numerator", "denominator"})
_LONGEST: Final = 120


def differences(here: Here, noun: str, fields: tuple[Field, ...]) -> list[tuple[str, str, str]]:
    """Name, before and after of each field; what names a thing that is not shown is told without its name."""
    shown = _names(here)
    return [
        (label(noun, f.name), _named(here, shown, noun, f.name, f.before), _named(here, shown, noun, f.name, f.after))
        for f in fields
        if here.scope.sees_all or f.name not in _FORMULAS
    ]


def _names(here: Here) -> Mapping[str, Mapping[str, str]]:
    structure = here.scope.structure
    return {
        "people": {code: person.name for code, person in structure.people.items()},
        "perspectives": {p.code: p.name for p in structure.perspectives},
        "objectives": {code: o.name for code, o in structure.objective.items()},
        "kpis": {code: k.name for code, k in structure.kpi.items()},
        "units": {u.code: u.name for u in structure.units},
    }


def _named(here: Here, shown: Mapping[str, Mapping[str, str]], noun: str, field: str, value: JsonValue) -> str:
    known = shown.get(names(noun, field))
    if known is None:
        return words_of(value)
    if isinstance(value, list):
        return ", ".join(_named(here, shown, noun, field, each) for each in value) or "nothing"
    if value in (None, ""):
        return "nothing"
    return known.get(str(value)) or (str(value) if here.scope.sees_all else "something that is not shown to you")


def words_of(value: JsonValue) -> str:
    """A value in a few words; nothing where there is none."""
    if isinstance(value, list):
        return ", ".join(words_of(each) for each in value) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {words_of(each)}" for key, each in value.items()) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "nothing" if value in (None, "") else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
