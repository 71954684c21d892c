"""Moves on the strategy map, as amendments: a box to another place, a new link, all boxes where the drawing puts them.

A map draws what has no slot near what it is linked with. Somebody who moves one box wants the others to stay, so a move
writes down the slots of all boxes of the perspectives it touches, as they are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import Definitions, Link, Objective
from fourfold.errors import NotFound


class Place(NamedTuple):
    """A slot of a perspective, counted from the left."""

    perspective: str
    slot: int


#: Where each objective is drawn, by its code.
Places = Mapping[str, Place]


def move(definitions: Definitions, drawn: Places, code: str, to: Place) -> Amendments:
    """The objective at another place; who stands there takes the place it leaves, or the nearest free one.

    Gives nothing where it stands there already. Raises `NotFound` for what is not on the map.
    """
    if code not in drawn or to.perspective not in {p.code for p in definitions.perspectives}:
        raise NotFound("There is no such place on this map.")
    places = dict(drawn)
    left = places.pop(code)
    if left == to:
        return ()
    other = next((each for each, place in places.items() if place == to), None)
    if other is not None:
        places[other] = left if left.perspective == to.perspective else _free(places, to)
    places[code] = to
    touched = {left.perspective, to.perspective}
    found = _placed(definitions, {c: p for c, p in places.items() if p.perspective in touched})
    return tuple(sorted(found, key=lambda each: each.name != code))  # what was moved comes first


def tidy(definitions: Definitions, drawn: Places) -> Amendments:
    """No box with a slot of its own: the drawing finds the best places again."""
    return tuple(
        Amendment("objectives", o, o.model_copy(update={"slot": None}))
        for o in definitions.objectives
        if o.code in drawn and o.slot is not None
    )


def connect(definitions: Definitions, source: str, target: str) -> Amendments:
    """A new link; none where there is one already."""
    known = {o.code for o in definitions.objectives}
    if not {source, target} <= known:
        raise NotFound("There is no such objective on this map.")
    if any((link.source, link.target) == (source, target) for link in definitions.links):
        return ()
    return (Amendment("links", None, Link(source=source, target=target)),)


def _free(places: Places, near: Place) -> Place:
    """The free slot of a perspective that is nearest to a place, to the right of it where two are as near."""
    taken = {place.slot for place in places.values() if place.perspective == near.perspective} | {near.slot}
    slots = (slot for slot in range(len(taken) + 1 + near.slot) if slot not in taken)
    return Place(near.perspective, min(slots, key=lambda slot: (abs(slot - near.slot), -slot)))


def _placed(definitions: Definitions, places: Places) -> Iterator[Amendment]:
    for objective in definitions.objectives:
        place = places.get(objective.code)
        if place is not None and (objective.perspective, objective.slot) != place:
            yield Amendment("objectives", objective, _at(objective, place))


def _at(objective: Objective, place: Place) -> Objective:
    return objective.model_copy(update={"perspective": place.perspective, "slot": place.slot})
