"""Who asks: a visitor, every role at North Quay, those who are less or more than their role, and links and keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final

from django.http import HttpResponse
from django.test import Client

from fourfold.access.roles import Role
from fourfold.access.scopes import Scope
from fourfold.actions.invite_person import invite_person
from fourfold.actions.make_guest_link import make_guest_link
from fourfold.actions.make_provisioning_key import make_provisioning_key
from fourfold.actions.make_token import make_token
from fourfold.records.models import GuestLink, Kpi, Membership, Organisation, Person, Unit

ROLES: Final = tuple(role for role in Role if role not in (Role.GUEST_LINK, Role.SERVICE_KEY))
#: `cleared` is a viewer with a clearance, `everywhere` an editor of the whole organisation.
PEOPLE: Final = (*(role.value for role in ROLES), "cleared", "everywhere", "denied", "switched_off")
#: `reading` is a contributor's token that only reads; `guest` holds a link that was opened.
KEYS: Final = ("reading", "service_key", "provisioning_key", "guest")
PRINCIPALS: Final = ("visitor", *PEOPLE, *KEYS)


def people() -> dict[str, Person]:
    """The people by name; who owns KPIs owns Sales."""
    made = {role.value: member(role.value, role) for role in ROLES}
    made["cleared"] = member("cleared", Role.VIEWER)
    made["cleared"].grant_rows.update(confidential=True)
    made["everywhere"] = member("everywhere", Role.EDITOR)
    made["everywhere"].grant_rows.update(unit=None)
    made["denied"] = member("denied", Role.SCORECARD_ADMIN)
    made["switched_off"] = member("switched_off", Role.VIEWER)
    made["denied"].grant_rows.create(
        organisation=Organisation.objects.get(code="bakery"), role="", unit=Unit.objects.get(code="north")
    )
    Person.objects.filter(pk=made["switched_off"].pk).update(is_active=False)
    own_sales(made["kpi_owner"])
    return {name: Person.objects.get(pk=person.pk) for name, person in made.items()}


def member(name: str, role: Role) -> Person:
    """Somebody with this role at North Quay; an organisation admin has it everywhere."""
    unit = None if role is Role.ORGANISATION_ADMIN else "north"
    address = f"{name}@bakery.example"
    invite_person(by=None, organisation="bakery", email=address, name=name.title(), role=role, unit=unit)
    person = Person.objects.get(email=address)
    person.grant_rows.exclude(role=role).delete()  # the word “editor” stands for two roles
    return person


def own_sales(person: Person) -> None:
    """Make somebody the owner of the KPI."""
    code = Membership.objects.get(person=person).code
    sales = Kpi.objects.get(code="sales")
    sales.owner, sales.spec = person, sales.spec | {"owner": code}
    sales.save()
    bakery = Organisation.objects.get(code="bakery")
    bakery.definitions_version += person.pk  # one that no test before has seen, whose owner was somebody else
    bakery.save()


def browser(person: Person | None) -> Client:
    """A browser in which this person is signed in, or nobody."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


#: One for all, since each new one sets up the server anew.
_CLIENT: Final = Client(raise_request_exception=False)


@dataclass(frozen=True)
class Asker:
    """What somebody has to show: a browser with its cookies, a token for the API, or a key wherever they ask."""

    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    key: str = ""

    def ask(self, method: str, path: str, body: str = "") -> HttpResponse:
        """The answer; a browser that asked before has still what it had."""
        _CLIENT.cookies = SimpleCookie(self.cookies)
        shown = self.key or (self.token if path.startswith("/api/") else "")
        headers = {"HTTP_AUTHORIZATION": f"Bearer {shown}"} if shown else {}
        kind = "application/json" if body else "application/octet-stream"
        return _CLIENT.generic(method, path, body, content_type=kind, **headers)  # type: ignore[return-value]


def askers(directory: Any) -> dict[str, Asker]:
    """All of `PRINCIPALS`, with what they show; each person has a token for all that they may."""
    named = people()
    found = {"visitor": Asker()} | {name: _person(person) for name, person in named.items()}
    found["reading"] = Asker(key=_token(by=named["contributor"], name="reading", scopes={Scope.READ}))
    scopes = {Scope.READ, Scope.RECORD}
    found["service_key"] = Asker(key=_token(by=None, name="mixer", scopes=scopes, service_of="bakery", unit="north"))
    made = make_provisioning_key(by=None, directory=directory).value
    assert made is not None
    found["provisioning_key"] = Asker(key=made[1])
    found["guest"] = Asker(cookies=_guest())
    return found


def _person(person: Person) -> Asker:
    cookies = {name: morsel.value for name, morsel in browser(person).cookies.items()} if person.is_active else {}
    return Asker(cookies, token=_token(by=person, name="own", scopes=set(Scope)))


def _token(**given: Any) -> str:
    made = make_token(**given).value
    assert made is not None
    return made.text


def _guest() -> dict[str, str]:
    """A browser that opened the link to North Quay; there are links beside it, which it has not."""
    from tests.access.routes import PLACES

    texts = {}
    for name in ("own", "sibling", "foreign"):
        place = PLACES[name]
        made = make_guest_link(by=None, organisation=place.organisation, unit=place.unit, name=name).value
        assert made is not None
        GuestLink.objects.filter(pk=made.row.pk).update(prefix=place.link)
        texts[name] = made.text
    client = Client()
    client.get("/guest/", {"link": texts["own"]})
    return {name: morsel.value for name, morsel in client.cookies.items()}
