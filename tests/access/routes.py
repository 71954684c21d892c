"""Every route of the server, and its address for a thing of one's own unit, of the one beside it and of elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

from fourfold.records.models import Kpi, Objective, Person
from tests.web.conftest import ADDRESSES

#: A unit of one's own, the one beside it, and one of another organisation.
PLACES: Final = {"own": ("bakery", "north"), "sibling": ("bakery", "south"), "foreign": ("mill", "mill")}
#: What stands for a part of an address that names no thing of an organisation.
EXAMPLES: Final = {
    "kpi": "sales", "code": "market_share", "noun": "kpi", "name": "x", "period": "2026-04", "uidb36": "a", "key": "b",
    "prefix": "0a1b2c3d", "restatement": "1", "run": "1", "number": "1",
    "upload": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4a",
}  # fmt: skip
#: Where a number stands for something of one's own account, which nobody else finds.
ACCOUNT: Final = "account/"


def routes() -> dict[str, str]:
    """The pattern of each route by its name; a route without a name is called as its pattern."""
    return dict(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, before: str, namespace: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, pattern, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield (namespace + entry.name if entry.name else pattern), pattern


def has_place(pattern: str) -> bool:
    """Whether the address names a thing of an organisation."""
    names = ("unit", "pk", "organisation")
    return not pattern.startswith(ACCOUNT) and any(f"{name}>" in pattern for name in names)


def address(pattern: str, place: str) -> str:
    """The address of the route for a thing in this place."""
    organisation, unit = PLACES[place]
    head = pattern.split("/", 1)[0]
    parts, query = [], f"?u={unit}" if "pk>" in pattern else ""
    for part in pattern.split("/"):
        before, _, after = part.partition("<")
        if not after:
            parts.append(part)
            continue
        values = [_value(name.split(">")[0].split(":")[-1], head, organisation, unit) for name in part.split("<")[1:]]
        ends = [piece.split(">", 1)[1] for piece in part.split("<")[1:]]
        parts.append(before + "".join(value + end for value, end in zip(values, ends, strict=True)))
    return "/" + "/".join(parts) + query


def _value(name: str, head: str, organisation: str, unit: str) -> str:
    if name == "unit":
        return unit
    if name == "pk" and head + "/" == ACCOUNT:
        return "1"
    if name == "organisation":
        return organisation
    if name == "pk":
        return str(_row(head, organisation))
    assert name in EXAMPLES, f"say in tests/access/routes.py what stands for <{name}> in an address"
    return EXAMPLES[name]


def _row(head: str, organisation: str) -> int:
    """A thing of the organisation that addresses beginning with `head` are about."""
    if head == "people":
        return Person.objects.get(email=ADDRESSES["charlie" if organisation == "mill" else "alice"]).pk
    first = {"kpi": ("sales", "flour"), "objective": ("earn", "secret")}
    assert head in first, f"say in tests/access/routes.py which thing stands for pk in /{head}/"
    code = first[head][organisation == "mill"]
    rows = {"kpi": Kpi, "objective": Objective}[head].objects
    return int(rows.get(organisation__code=organisation, code=code).pk)
