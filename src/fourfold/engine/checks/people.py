"""People can sign in and be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import show

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@rule("PERSON-EMAIL", "An email address is wrong, or two people have the same")
def people(d: Definitions) -> Iterator[Said]:
    """People sign in with their address, so it has the form name@domain, and nobody shares it; capitals do not count.

    A person without an address is only named, and cannot sign in.
    """
    first: dict[str, str] = {}
    for person in d.people:
        if not person.email:
            continue
        place = f"person:{person.code}.email"
        if not _EMAIL.fullmatch(person.email):
            message = f"`email` of person {person.code} is {show(person.email)}, which is no address."
            yield Said(place, message, "Write it like alice@example.org, or leave it out.")
        elif (other := first.setdefault(person.email.casefold(), person.code)) != person.code:
            message = f"Person {person.code} has the same address as person {other}: {person.email}."
            yield Said(place, message, "Give each their own, or delete one of the two people.")
