"""Whatever people and directories do with accounts, tokens, deputies and guest links, nobody comes to more by it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fourfold.access.directory import ScimDirectory, Visitor
from fourfold.access.roles import Action, Role
from fourfold.access.rules import Principal, Thing, can
from fourfold.access.scopes import Scope
from fourfold.actions._invitations import is_safe_link
from fourfold.actions.accept_invitation import accept_invitation
from fourfold.actions.admit_person import admit_person
from fourfold.actions.change_email import change_email
from fourfold.actions.deactivate_person import deactivate_person
from fourfold.actions.end_deputy import end_deputy
from fourfold.actions.end_sessions import end_sessions
from fourfold.actions.invite_person import invite_person
from fourfold.actions.make_guest_link import make_guest_link
from fourfold.actions.make_provisioning_key import make_provisioning_key
from fourfold.actions.make_token import make_token
from fourfold.actions.name_deputy import name_deputy
from fourfold.actions.provision_group import ToldGroup, provision_group
from fourfold.actions.provision_person import ToldPerson, provision_person
from fourfold.actions.reactivate_person import reactivate_person
from fourfold.actions.remove_second_factors import remove_second_factors
from fourfold.actions.rename_person import rename_person
from fourfold.actions.renew_invitation import renew_invitation
from fourfold.actions.revoke_guest_link import revoke_guest_link
from fourfold.actions.revoke_invitation import revoke_invitation
from fourfold.actions.revoke_token import revoke_token
from fourfold.actions.set_password import set_password
from fourfold.actions.withdraw_entry import withdraw_entry
from fourfold.errors import FourfoldError
from fourfold.records.guests import find_link, guest_of
from fourfold.records.models import (
    Deputy,
    Entry,
    Event,
    GuestLink,
    Invitation,
    Organisation,
    Person,
    ProvisioningKey,
    Session,
    Token,
    Unit,
)
from fourfold.records.queries.deputies import absent_person
from fourfold.records.queries.invitation import hash_of, link_of
from fourfold.records.scope import principal_of
from fourfold.records.tokens import person_of
from fourfold.testing.bakery import bakery
from tests.access.test_world import SMALL, TREE
from tests.web.conftest import MILL, load

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
PEOPLE = [
    {"code": "ada", "name": "Ada", "email": "ada@b.example", "role": "organisation_admin"},
    {"code": "ben", "name": "Ben", "email": "ben@b.example", "role": "scorecard_admin", "unit": "north"},
    {"code": "cem", "name": "Cem", "email": "cem@b.example", "role": "contributor", "unit": "north"},
    {"code": "dee", "name": "Dee", "email": "dee@b.example", "role": "viewer"},
    {"code": "eve", "name": "Eve", "email": "eve@b.example", "role": "kpi_owner"},
]
#: Mia administers the mill; Cem works at both.
MILLERS = [
    {"code": "mia", "name": "Mia", "email": "mia@m.example", "role": "admin"},
    {"code": "cem", "name": "Cem", "email": "cem@b.example", "role": "viewer"},
]
STAFF = ScimDirectory.model_validate({
    "code": "staff", "name": "Staff", "organisation": "bakery", "link_by_email": True,
    "groups": [{"group": "bakers", "role": "contributor", "unit": "north"}, {"group": "office", "role": "viewer"}],
})  # fmt: skip
EMAILS = [str(p["email"]) for p in (*PEOPLE, MILLERS[0])]
people = st.sampled_from(EMAILS)
Right = tuple[int, str, str, bool]
#: What a sign-in rests on: password, whether the account is on, second factors, sessions.
Keys = dict[int, tuple[Any, ...]]


class Accounts(RuleBasedStateMachine):
    """Six people of two organisations and a directory, each of whom tries whatever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.seen = -1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @contextmanager
    def tries(self, who: str | None) -> Any:
        """Somebody tries something; refused or not, nobody may do more, and keys change hands as they may."""
        before, keys = all_rights(), all_keys()
        by = Person.objects.get(email=who) if who else None
        ruled = {p.pk for p in Person.objects.all() if by and rules(by, p)}
        try:
            with transaction.atomic():
                yield by
        except FourfoldError:
            assert all_keys() == keys
        after = all_rights()
        for pk in before:
            assert after[pk] <= before[pk] | (self.given(pk) if who is None or pk in ruled else set())
        if by is not None:
            assert after[by.pk] <= before[by.pk]
            changed = {pk for pk, key in all_keys().items() if pk in keys and key != keys[pk]}
            assert changed <= ruled | {by.pk}
            self.links_are_no_gain(by)

    def links_are_no_gain(self, by: Person) -> None:
        """Who was shown a link that works could sign in as its person; that gives nothing they could not take."""
        for link in Invitation.objects.filter(by=by, accepted_at=None, revoked_at=None).select_related("person"):
            if is_safe_link(link):
                places = link.person.grant_rows.values_list("organisation", flat=True)
                assert all(can(principal_of(by), Action.MANAGE, Thing(pk, NORTH[0])) for pk in places)

    def given(self, pk: int) -> set[Right]:
        """What an account regains when it is switched on, and what the directory may give."""
        person = Person.objects.get(pk=pk)
        return rights(person.principal) if person.is_active else set()

    @rule(who=people, to=people, word=st.sampled_from(["flour water salt", "yeast and patience"]))
    def password(self, who: str, to: str, word: str) -> None:
        with self.tries(who) as by:
            set_password(by=by, email=to, password=word)

    @rule(
        who=people, to=people,
        what=st.sampled_from([deactivate_person, reactivate_person, end_sessions, remove_second_factors]),
    )  # fmt: skip
    def account(self, who: str, to: str, what: Callable[..., object]) -> None:
        with self.tries(who) as by:
            what(by=by, email=to)

    @rule(who=people, to=st.none() | people, name=st.sampled_from(["Ada", "Dee", "Somebody Else"]))
    def rename(self, who: str, to: str | None, name: str) -> None:
        number = Person.objects.get(email=to).pk if to else None
        with self.tries(who) as by:
            rename_person(by=by, number=number, name=name)

    @rule(who=people, to=people)
    def address(self, who: str, to: str) -> None:
        """Another address, and back, so that the next rules find the person."""
        elsewhere, ruled = "elsewhere@b.example", rules(*(Person.objects.get(email=each) for each in (who, to)))
        with self.tries(who) as by:
            change_email(by=by, email=to, new=elsewhere, at=NOW)
        if Person.objects.filter(email=elsewhere).exists():
            assert ruled
            change_email(by=None, email=elsewhere, new=to, at=NOW)

    @rule(who=people, unit=st.sampled_from(["bakery", "north", "stall"]), live=st.booleans(), closed=st.booleans())
    def share(self, who: str, unit: str, live: bool, closed: bool) -> None:
        with self.tries(who) as by:
            shown = {"is_live": live, "statuses_only": closed}
            make_guest_link(by=by, organisation="bakery", unit=unit, name="The board", **shown)

    @rule(who=people, pick=st.integers(0, 9))
    def no_link(self, who: str, pick: int) -> None:
        found = list(GuestLink.objects.all())
        if found:
            with self.tries(who) as by:
                revoke_guest_link(by=by, prefix=found[pick % len(found)].prefix)

    @rule(
        who=people, to=people, again=st.sampled_from([renew_invitation, revoke_invitation]),
        place=st.sampled_from(["bakery", "mill"]),
    )  # fmt: skip
    def invitation(self, who: str, to: str, again: Callable[..., object], place: str) -> None:
        with self.tries(who) as by:
            again(by=by, email=to, organisation=place)

    @rule(pick=st.integers(0, 9))
    def accept(self, pick: int) -> None:
        found = list(Invitation.objects.filter(accepted_at=None, revoked_at=None))
        if found:
            link = found[pick % len(found)]
            with self.tries(None):
                accept_invitation(link_hash=hash_of(link_of(link)), name="Me", password="flour water salt", at=NOW)

    @rule(who=people, to=people, kpis=st.sampled_from([(), ("staff",)]), days=st.integers(0, 3))
    def deputy(self, who: str, to: str, kpis: tuple[str, ...], days: int) -> None:
        until = NOW.date() + timedelta(days=days)
        with self.tries(who) as by:
            name_deputy(by=by, deputy=to, since=NOW.date(), until=until, kpis=kpis, organisation="bakery", at=NOW)

    @rule(who=people, pick=st.integers(0, 9))
    def no_deputy(self, who: str, pick: int) -> None:
        with self.tries(who) as by:
            end_deputy(by=by, deputy=(list(Deputy.objects.values_list("pk", flat=True)) or [0])[pick % 1])

    @rule(
        who=people, scopes=st.sets(st.sampled_from(Scope), min_size=1),
        service=st.sampled_from([None, "bakery", "mill"]), unit=st.sampled_from([None, "north", "stall"]),
    )  # fmt: skip
    def token(self, who: str, scopes: set[Scope], service: str | None, unit: str | None) -> None:
        with self.tries(who) as by:
            made = make_token(by=by, name="T", scopes=scopes, service_of=service, unit=unit, at=NOW).value
            assert made is not None
            if service:  # a key may what its maker may
                assert rights(person_of(made.row).principal) <= rights(principal_of(by))

    @rule(who=people, pick=st.integers(0, 9))
    def no_token(self, who: str, pick: int) -> None:
        found = list(Token.objects.all())
        if found:
            with self.tries(who) as by:
                revoke_token(by=by, prefix=found[pick % len(found)].prefix)

    @rule(who=people)
    def key(self, who: str) -> None:
        count = ProvisioningKey.objects.count()
        with self.tries(who) as by:
            make_provisioning_key(by=by, directory=STAFF, at=NOW)
        place = Thing(Organisation.objects.get(code="bakery").pk)
        may = can(principal_of(Person.objects.get(email=who)), Action.ADMINISTER, place)
        assert (ProvisioningKey.objects.count() > count) is may

    @rule(to=people, active=st.booleans(), pick=st.integers(0, 9))
    def directory(self, to: str, active: bool, pick: int) -> None:
        """The directory writes somebody, or changes an entry it wrote; what others own stays theirs."""
        told = ToldPerson(to, to.split("@")[0], to, active, "", {})
        found = [*Entry.objects.filter(kind=Entry.PERSON), None]
        with self.directory_tries():
            provision_person(
                by=None, organisation=bakery_row(), directory=STAFF, told=told, entry=found[pick % len(found)], at=NOW
            )

    @rule(name=st.sampled_from(["bakers", "office", "others"]))
    def group(self, name: str) -> None:
        members = frozenset(str(e.pk) for e in Entry.objects.filter(kind=Entry.PERSON))
        with self.directory_tries():
            told = ToldGroup(name, members, "", {})
            known = Entry.objects.filter(kind=Entry.GROUP, key=name).first()
            provision_group(by=None, organisation=bakery_row(), directory=STAFF, told=told, entry=known, at=NOW)

    @rule(pick=st.integers(0, 9))
    def withdraw(self, pick: int) -> None:
        found = list(Entry.objects.all())
        if found:
            with self.directory_tries():
                withdraw_entry(
                    by=None, organisation=bakery_row(), directory=STAFF, entry=found[pick % len(found)], at=NOW
                )

    @rule(to=people, verified=st.booleans(), groups=st.sets(st.sampled_from(["bakers", "office", "root"])))
    def sign_in(self, to: str, verified: bool, groups: set[str]) -> None:
        visitor = Visitor("issuer", to, "V", to, email_verified=verified, groups=frozenset(groups))
        with self.directory_tries():
            admit_person(by=None, directory=STAFF, visitor=visitor, at=NOW)

    @contextmanager
    def directory_tries(self) -> Any:
        """It gives the roles of its groups in its organisation and no more, and leaves what is the mill's alone."""
        mill = Organisation.objects.get(code="mill").pk
        before, keys = all_rights(), all_keys()
        millers = set(Person.objects.filter(memberships__organisation=mill).values_list("pk", flat=True))
        with self.tries(None):
            yield
        for pk, now in all_rights().items():
            new = now - before.get(pk, set()) - self.given_back(pk, before)
            assert {(action, unit) for _, action, unit, _ in new} <= GIVEN
            assert {r for r in now if r[0] == mill} == {r for r in before.get(pk, set()) if r[0] == mill}
        assert all(all_keys()[pk] == keys[pk] for pk in millers)

    def given_back(self, pk: int, before: dict[int, set[Right]]) -> set[Right]:
        """An account that is on again has what it had."""
        return set() if before.get(pk) else self.given(pk)

    @invariant()
    def a_guest_sees_one_unit_that_the_maker_of_the_link_sees_and_manages(self) -> None:
        for row in GuestLink.objects.all():
            link = find_link(row.digest, row.made_at)
            if link is None:
                continue
            assert link.made_by is not None and link.made_by.is_active
            maker, guest = principal_of(link.made_by), guest_of(link).principal
            there = Thing(link.organisation_id, link.unit.path)
            assert can(maker, Action.SEE, there) and can(maker, Action.MANAGE, there)
            for pk, path in Unit.objects.values_list("organisation", "path"):
                for action in Action:
                    may = can(guest, action, Thing(pk, path, snapshot=link.prefix))
                    assert may is (action is Action.SEE and path == link.unit.path)

    @invariant()
    def tokens_and_deputies_hold_no_more_than_their_people(self) -> None:
        newest = Event.objects.count()
        if newest == self.seen:
            return
        self.seen = newest
        for token in Token.objects.filter(organisation=None).select_related("person"):  # a service has its key's
            whole = rights(Person.objects.get(pk=token.person_id).principal)
            assert rights(person_of(token).principal) <= whole
        place = bakery_row()
        for person in Person.objects.all():
            for code, path in UNITS:
                for owner in Person.objects.values_list("pk", flat=True):
                    thing = Thing(place.pk, path, owner=owner)
                    absent = absent_person(person, "staff", thing, on=date(2026, 5, 20))
                    if absent is not None:
                        assert can(principal_of(absent), Action.RECORD, thing), code
                        assert can(principal_of(person), Action.SEE, thing), code


UNITS: list[tuple[str, str]] = []
NORTH: list[str] = []
#: What the groups of the directory give: enter in North Quay and below, see everywhere.
GIVEN: set[tuple[str, str]] = set()


def bakery_row() -> Organisation:
    return Organisation.objects.get(code="bakery")


def rules(by: Person, person: Person) -> bool:
    """The slow and obvious answer: `by` administers every organisation that the other belongs to."""
    places = list(person.memberships.values_list("organisation", flat=True))
    return by != person and bool(places) and all(can(principal_of(by), Action.ADMINISTER, Thing(pk)) for pk in places)


def rights(who: Principal) -> set[Right]:
    """What somebody may do where."""
    rows = Unit.objects.values_list("organisation", "code", "path")
    return {
        (pk, action.value, code, own)
        for pk, code, path in rows
        for own in (False, True)
        for action in Action
        if can(who, action, Thing(pk, path, owner=who.person if own else None))
    }


def all_rights() -> dict[int, set[Right]]:
    return {person.pk: rights(principal_of(person)) for person in Person.objects.all()}


def all_keys() -> Keys:
    return {
        p.pk: (
            p.password, p.is_active, Authenticator.objects.filter(user=p).count(),
            Session.objects.filter(person=p).count(),
        )
        for p in Person.objects.all()
    }  # fmt: skip


@pytest.fixture
def two_organisations(db: None, settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    kpis = SMALL | {"kpis": [{"code": "staff", "name": "Staff", "kind": "stock", "owner": "eve"}]}
    none = "kpi,unit,period,value\n"
    load(tmp_path / "bakery", bakery(units=TREE, people=PEOPLE, **kpis), none)
    load(tmp_path / "mill", bakery(**MILL | {"people": MILLERS}), none)
    invite_person(by=None, email="dee@b.example", name="Dee", organisation="bakery", at=NOW)
    Authenticator.objects.create(user=Person.objects.get(email="ada@b.example"), type="totp", data={"secret": "x"})
    UNITS[:] = Unit.objects.filter(organisation__code="bakery").values_list("code", "path")
    NORTH[:] = [dict(UNITS)["north"]]
    below = [code for code, path in UNITS if path.startswith(dict(UNITS)["north"])]
    roles = {Role.CONTRIBUTOR: below, Role.VIEWER: [code for code, _ in UNITS]}
    GIVEN.clear()
    for role, units in roles.items():
        GIVEN.update((action.value, unit) for action in ALLOWED[role] for unit in units)


ALLOWED = {
    Role.CONTRIBUTOR: {Action.SEE, Action.COMMENT, Action.RECORD, Action.SUBMIT, Action.AUDIT},
    Role.VIEWER: {Action.SEE},
}


@pytest.mark.parametrize("examples", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_no_sequence_of_calls_about_accounts_raises_anybodys_rights(two_organisations: None, examples: int) -> None:
    run_state_machine_as_test(
        Accounts,
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
            phases=(Phase.reuse, Phase.generate),  # to make an example smaller takes minutes here
        ),
    )


def test_there_is_something_to_share_in_this_world(two_organisations: None) -> None:
    """Who administers and sees may make a link here, so that the machine above tries something that can be done."""
    ben = Person.objects.get(email="ben@b.example")
    made = make_guest_link(by=ben, organisation="bakery", unit="north", name="The board").value
    assert made is not None and find_link(made.row.digest, made.row.made_at) is not None
