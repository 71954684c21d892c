"""Every route of the server, and its address for a thing of one's own unit, of the one beside it and of elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from fourfold.api.app import api
from fourfold.records.models import Kpi, Objective, Person, Restatement
from tests.web.conftest import ADDRESSES


class Place(NamedTuple):
    """Where a thing is, and which KPI, objective and guest link stand for one there."""

    organisation: str
    unit: str
    kpi: str
    objective: str
    link: str = "0a1b2c3d"


#: A unit of one's own, the one beside it, one of another organisation; at one's own a KPI that is confidential, and one
#: about a group that is too small to be shown.
PLACES: Final = {
    "own": Place("bakery", "north", "sales", "earn"),
    "sibling": Place("bakery", "south", "sales", "earn", "1b2c3d4e"),
    "foreign": Place("mill", "mill", "flour", "secret", "2c3d4e5f"),
    "confidential": Place("bakery", "north", "sick_leave", "well"),
    "small": Place("bakery", "north", "ill", "ill"),
}
#: What stands for a part of an address that names no thing of an organisation.
EXAMPLES: Final = {
    "code": "market_share", "noun": "kpi", "name": "x", "period": "2026-04", "uidb36": "a", "run": "1", "number": "1",
    "attachment": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4c",
    "upload": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4a", "job": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4d",
    "path": "Users", "figure": "1",
    "hook": "8c1f2a30-5b7e-4b6e-9a54-0d7f3c1e2b4b",
}  # fmt: skip
#: Where a number stands for something of one's own account, which nobody else finds.
ACCOUNT: Final = "account/"
#: A folder that is whole, and about nobody here.
DEFINED: Final = [{"name": "all.yaml", "text": "organisation: {code: nobody, name: Nobody}\n"
                   "strategy: {code: s, name: S, state: draft}\nunits: [{code: u, name: U}]"}]
#: What an operation of the API is sent, whole and right, so that nothing but a right can be missing.
BODIES: Final[dict[str, dict[str, Any]]] = {
    "record": {"unit": "<unit>", "period": "2026-05", "value": "3"},
    "bulk": {"measurements": [{"kpi": "sales", "unit": "<unit>", "period": "2026-05", "value": "3"}]},
    "set_period_state": {"state": "submitted"},
    "approve": {"unit": "<unit>", "period": "2026-04", "version": "none", "verdict": "approved"},
    "ask_restatement": {
        "unit": "<unit>", "period": "2026-02", "value": "4", "code": "error", "reason": "Counted twice.",
    },
    "decide_restatement": {"verdict": "declined", "note": "It was right."},
    "add_attachment": {"proof": "of the till"}, "remove_attachment": {},
    "make_guest_link": {"unit": "<unit>", "name": "The board"},
    "revoke_guest_link": {}, "plan_definitions": {"files": DEFINED}, "apply_definitions": {"files": DEFINED},
    "import_benchmark_set": {"name": "Peers", "source": "Peer median", "date": "2026-03-31",
                             "benchmarks": [{"kpi": "sales", "unit": "<unit>", "value": "3"}]},
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """A pattern of addresses with the methods by which it is read and written."""

    name: str
    pattern: str
    methods: tuple[tuple[str, str], ...] = (("read", "GET"), ("write", "POST"))
    operation: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """Where there are things of this kind that an address can name."""
        if self.pattern.startswith(ACCOUNT):
            return ("own",)
        parts = self.pattern.split("/")
        if "<slug:prefix>" in parts or "<prefix>" in parts:
            return ("own", "sibling", "foreign")
        if parts[0] == "kpi" or "<kpi>" in parts:
            return tuple(PLACES)
        if parts[0] == "objective":
            return ("own", "sibling", "foreign", "confidential")
        return ("own", "sibling", "foreign") if has_place(self.pattern) else ("own",)

    def body(self, place: str, way: str) -> str:
        """What is sent: to a page nothing, so that a form answers what is wrong with it."""
        if not self.operation or way == "read":
            return ""
        assert self.operation in BODIES, f"say in tests/access/routes.py what {self.operation} is sent"
        unit = PLACES[place].unit
        return json.dumps(BODIES[self.operation]).replace("<unit>", unit)


def routes() -> dict[str, str]:
    """The pattern of each route by its name; a route without a name is called as its pattern."""
    return dict(_walk(get_resolver(), "", ""))


def asked_routes(urls: str) -> dict[str, Route]:
    """All that can be asked of the server: each route of `urls`, and instead of those of the API its operations."""
    found = dict(_walk(get_resolver(urls), "", ""))
    pages = {name: Route(name, pattern) for name, pattern in found.items() if not name.startswith("api:")}
    return pages | {route.name: route for route in operations()}


def operations() -> Iterator[Route]:
    """Each operation of the API, by its id."""
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1")["paths"].items():
        pattern = path.strip("/").replace("{", "<").replace("}", ">")
        for method, said in methods.items():
            way = "read" if method == "get" else "write"
            name = said["operationId"]
            yield Route(f"api:{name}", pattern, ((way, method.upper()),), name)


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
    where = PLACES[place]
    head = pattern.split("/", 1)[0]
    parts, query = [], f"?u={where.unit}" if "pk>" in pattern else ""
    for part in pattern.split("/"):
        before, _, after = part.partition("<")
        if not after:
            parts.append(part)
            continue
        values = [_value(name.split(">")[0].split(":")[-1], head, where) for name in part.split("<")[1:]]
        ends = [piece.split(">", 1)[1] for piece in part.split("<")[1:]]
        parts.append(before + "".join(value + end for value, end in zip(values, ends, strict=True)))
    return "/" + "/".join(parts) + query


def _value(name: str, head: str, where: Place) -> str:
    if name in ("unit", "organisation", "kpi"):
        return str(getattr(where, name))
    if name == "prefix":
        return where.link
    if name == "pk":
        return "1" if head + "/" == ACCOUNT else str(_row(head, where))
    if name == "restatement":
        row = Restatement.objects.filter(unit__code=where.unit).first()
        return str(row.pk if row else 1)
    if name == "key":  # of what is built the KPI, of sources a new one
        return "new" if head == "sources" else where.kpi
    assert name in EXAMPLES, f"say in tests/access/routes.py what stands for <{name}> in an address"
    return EXAMPLES[name]


def _row(head: str, where: Place) -> int:
    """A thing of the organisation that addresses beginning with `head` are about."""
    if head == "people":
        return Person.objects.get(email=ADDRESSES["charlie" if where.organisation == "mill" else "alice"]).pk
    assert head in ("kpi", "objective"), f"say in tests/access/routes.py which thing stands for pk in /{head}/"
    rows = {"kpi": Kpi, "objective": Objective}[head].objects
    return int(rows.get(organisation__code=where.organisation, code=getattr(where, head)).pk)
