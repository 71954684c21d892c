"""What the forms of the map editor ask for, as amendments.

A form says what it saw (`was`). Where that has changed since, nothing is done: the person is told and may insist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pydantic import ValidationError

from fourfold.engine.amendments import Amendment, Amendments, find_thing
from fourfold.engine.definitions import Definitions, Link, Objective
from fourfold.engine.map_moves import Place, Places, connect, move, tidy
from fourfold.errors import Conflict, NotFound
from fourfold.web.forms.link import months_of, months_text

Fields: TypeAlias = Mapping[str, str]
Change: TypeAlias = Callable[[Definitions, Places, Fields], Amendments]

_LONGEST: Final = 2_000


class Stale(Exception):
    """Somebody else changed what a form is about; `again` is the form that insists."""

    def __init__(self, said: str, again: dict[str, str]) -> None:
        super().__init__(said)
        self.again = again


def _move(definitions: Definitions, drawn: Places, given: Fields) -> Amendments:
    objective = _objective(definitions, given)
    to = _wanted_place(given)
    was = _place(given.get("was", ""))
    if objective.perspective != was.perspective or objective.slot not in (None, was.slot):
        now = drawn.get(objective.code, was)
        theirs, yours = (_named(definitions, place) for place in (now, to))
        said = f"Somebody has moved {objective.name} to {theirs} meanwhile. You moved it to {yours}."
        raise Stale(said, _again(given, was=f"{now.perspective}:{now.slot}", place=f"{to.perspective}:{to.slot}"))
    return move(definitions, drawn, objective.code, to)


def into_band(
    definitions: Definitions, amendments: Amendments, given: Fields, theme_of: Mapping[tuple[str, int], str]
) -> Amendments:
    """A move on a map with themes as bands: the objective that is moved serves the theme of its place first."""
    code, to = given.get("objective", ""), _wanted_place(given)
    theme = theme_of.get((to.perspective, to.slot))
    before = definitions.objective.get(code)
    if theme is None or before is None:
        return amendments
    rest = tuple(each for each in before.themes[1:] if each != theme)
    themes = (theme, *rest) if theme else rest
    if before.themes[:1] == themes[:1]:
        return amendments
    moved = next((each for each in amendments if each.before == before), Amendment("objectives", before, before))
    after = moved.thing.model_copy(update={"themes": themes})
    others = tuple(each for each in amendments if each is not moved)
    return (Amendment("objectives", before, after), *others)


def _rename(definitions: Definitions, drawn: Places, given: Fields) -> Amendments:
    objective = _objective(definitions, given)
    name = given.get("name", "").strip()[:_LONGEST]
    if not name:
        raise Conflict("An objective needs a name: a verb and a result.")
    if objective.name not in (given.get("was"), name):
        said = f"Somebody has called it “{objective.name}” meanwhile. You called it “{name}”."
        raise Stale(said, _again(given, was=objective.name))
    return (Amendment("objectives", objective, objective.model_copy(update={"name": name})),)


def _link(definitions: Definitions, drawn: Places, given: Fields) -> Amendments:
    return connect(definitions, given.get("source", ""), given.get("target", ""))


def _unlink(definitions: Definitions, drawn: Places, given: Fields) -> Amendments:
    link = _found_link(definitions, given)
    if link.hypothesis != given.get("was"):
        said = f"Somebody has written why meanwhile: “{link.hypothesis}” You wanted to remove the link."
        raise Stale(said, _again(given, was=link.hypothesis))
    return (Amendment("links", link, None),)


def _explain(definitions: Definitions, drawn: Places, given: Fields) -> Amendments:
    link, text = _found_link(definitions, given), given.get("hypothesis", "").strip()[:_LONGEST]
    if link.hypothesis not in (given.get("was"), text):
        said = f"Somebody has written “{link.hypothesis}” meanwhile. You wrote “{text}”."
        raise Stale(said, _again(given, was=link.hypothesis))
    seen, now = given.get("was_months", ""), months_text(link.lag)
    typed = given.get("months", seen)
    lag = link.lag if typed == seen else _months(link, typed)
    months = seen if typed == seen else months_text(lag)
    if months != seen and now not in (seen, months):
        said = f"Somebody has written {now or 'no'} months meanwhile. You wrote {months or 'none'}."
        raise Stale(said, _again(given, was_months=now))
    changed = {"hypothesis": text, "lag": link.lag if months == seen else lag}
    return (Amendment("links", link, link.model_copy(update=changed)),)


def _months(link: Link, text: str) -> tuple[int, int] | None:
    """The window of months that somebody typed for a link, if it is one."""
    try:
        lag = Link.model_validate(link.model_dump() | {"lag": months_of(text) or None}).lag
    except ValidationError:
        lag = (1, 0)
    if lag is not None and lag[0] > lag[1]:
        raise Conflict(f"“{text.strip()[:40]}” is no number of months.", hint="Write 3, or from and to: 1 to 6.")
    return lag


def _tidy(definitions: Definitions, drawn: Places, given: Fields) -> Amendments:
    return tidy(definitions, drawn)


#: The changes by the name that a form gives them.
CHANGES: Final[Mapping[str, Change]] = {
    "move": _move, "rename": _rename, "link": _link, "unlink": _unlink, "explain": _explain, "tidy": _tidy,
}  # fmt: skip


def _objective(definitions: Definitions, given: Fields) -> Objective:
    found = find_thing(definitions, "objectives", (given.get("objective", ""),))
    assert isinstance(found, Objective)
    return found


def _found_link(definitions: Definitions, given: Fields) -> Link:
    found = find_thing(definitions, "links", (given.get("source", ""), given.get("target", "")))
    assert isinstance(found, Link)
    return found


def _wanted_place(given: Fields) -> Place:
    """As the script names it, or as the form does: a perspective and a number from 1 on."""
    if "place" in given:
        return _place(given["place"])
    number = given.get("number", "")
    slot = int(number) - 1 if number.isascii() and number.isdecimal() else ""
    return _place(f"{given.get('perspective', '')}:{slot}")


def _place(text: str) -> Place:
    perspective, _, slot = text.rpartition(":")
    if not (slot.isascii() and slot.isdecimal() and int(slot) <= 50):
        raise NotFound("There is no such place on this map.")
    return Place(perspective, int(slot))


def _named(definitions: Definitions, place: Place) -> str:
    name = next((p.name for p in definitions.perspectives if p.code == place.perspective), place.perspective)
    return f"{name}, place {place.slot + 1}"


def _again(given: Fields, **changed: str) -> dict[str, str]:
    return {name: text for name, text in given.items() if name != "csrfmiddlewaretoken"} | changed
