"""The policy against a reference that was written from the specification, by hand and without the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.access.roles import WORDS, Action, Reach, Role, reach
from fourfold.access.rules import (
    DENIED,
    NO_GRANT,
    OWN_TARGET,
    OWN_WORK,
    WHOLE_ORGANISATION,
    Denial,
    Grant,
    Principal,
    Thing,
    can,
    refusal,
)
from fourfold.engine.definitions import Person
from tests.access.reference import ALL, OWN, may

paths = st.sampled_from(["/1/", "/1/2/", "/1/2/3/", "/1/4/", "/1/22/"])
somewhere = st.one_of(st.none(), paths)
grants = st.builds(
    Grant, organisation=st.sampled_from([1, 2]), role=st.sampled_from(Role), path=somewhere, exports=st.booleans(),
    scopes=st.frozensets(st.sampled_from(Action), max_size=3), snapshot=st.sampled_from([None, "s"]),
)  # fmt: skip
denials = st.builds(Denial, organisation=st.sampled_from([1, 2]), path=somewhere)
principals = st.builds(
    Principal, person=st.sampled_from([7, 8]), grants=st.lists(grants, max_size=4).map(tuple),
    denials=st.lists(denials, max_size=2).map(tuple),
)  # fmt: skip
people = st.sampled_from([None, 7, 8])
things = st.builds(
    Thing, organisation=st.sampled_from([1, 2]), path=somewhere, owner=people, author=people, eases=st.booleans(),
    snapshot=st.sampled_from([None, "s"]),
)  # fmt: skip


@given(principals, st.sampled_from(Action), things)
def test_what_is_allowed_is_what_the_reference_allows(who: Principal, action: Action, thing: Thing) -> None:
    assert can(who, action, thing) is may(who, action, thing)


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_specification_says(role: Role) -> None:
    assert {a.value for a in Action if reach(role, a) is Reach.ALL} == ALL.get(role.value, set())
    assert {a.value for a in Action if reach(role, a) is Reach.OWN} == OWN.get(role.value, set())


def test_nobody_reads_a_stored_secret() -> None:
    assert {reach(role, Action.READ_SECRET) for role in Role} == {Reach.NO}


def test_an_organisation_admin_is_no_reader_of_figures() -> None:
    admin = Principal(7, (Grant(1, Role.ORGANISATION_ADMIN),))
    assert not can(admin, Action.SEE, Thing(1, "/1/"))
    assert can(admin, Action.ADMINISTER, Thing(1))


@given(principals.filter(lambda p: not p.grants), st.sampled_from(Action), things)
def test_nothing_is_allowed_to_somebody_without_a_grant(who: Principal, action: Action, thing: Thing) -> None:
    assert refusal(who, action, thing) in (NO_GRANT, DENIED)


@given(principals, denials, st.sampled_from(Action), things)
def test_a_denial_never_allows_anything_new(who: Principal, denial: Denial, action: Action, thing: Thing) -> None:
    less = Principal(who.person, who.grants, (*who.denials, denial))
    assert not can(less, action, thing) or can(who, action, thing)


def test_a_similar_path_is_another_unit() -> None:
    assert not Grant(1, Role.VIEWER, "/1/2/").covers("/1/22/")


def test_a_denial_of_a_subtree_wins_over_a_grant_inside_it_and_one_above() -> None:
    who = Principal(7, (Grant(1, Role.VIEWER), Grant(1, Role.EDITOR, "/1/2/3/")), (Denial(1, "/1/2/"),))
    assert refusal(who, Action.SEE, Thing(1, "/1/2/3/")) == DENIED
    assert can(who, Action.SEE, Thing(1, "/1/4/"))


@pytest.mark.parametrize("action", sorted(WHOLE_ORGANISATION))
def test_whoever_is_denied_a_part_changes_nothing_of_the_whole(action: Action) -> None:
    roles = (Role.SCORECARD_ADMIN, Role.ORGANISATION_ADMIN)
    who = Principal(7, tuple(Grant(1, role) for role in roles))
    assert can(who, action, Thing(1, "/1/4/"))
    assert refusal(Principal(7, who.grants, (Denial(1, "/1/2/"),)), action, Thing(1, "/1/4/")) == DENIED


@pytest.mark.parametrize("action", [Action.APPROVE, Action.LOCK, Action.APPROVE_TARGET])
def test_nobody_approves_their_own_work(action: Action) -> None:
    alice = Principal(7, (Grant(1, Role.APPROVER), Grant(1, Role.CONTRIBUTOR)))
    assert refusal(alice, action, Thing(1, "/1/", author=7)) == OWN_WORK
    assert can(alice, action, Thing(1, "/1/", author=8))


@pytest.mark.parametrize("action", [Action.TARGET, Action.APPROVE_TARGET])
def test_the_owner_of_a_kpi_does_not_make_its_target_easier(action: Action) -> None:
    alice = Principal(7, (Grant(1, Role.APPROVER), Grant(1, Role.EDITOR)))
    assert refusal(alice, action, Thing(1, "/1/", owner=7, eases=True)) == OWN_TARGET
    assert can(alice, action, Thing(1, "/1/", owner=7))
    assert can(alice, action, Thing(1, "/1/", owner=8, eases=True))


def test_the_words_of_definitions_are_the_roles_of_people() -> None:
    fields = Person.model_fields
    for word in WORDS:
        assert Person(code="a", name="A", role=word).role == word  # type: ignore[arg-type]
    exact = set(WORDS) - {"admin"}
    assert Person(code="a", name="A", roles=tuple(exact)).roles  # type: ignore[arg-type]
    assert set(fields) >= {"role", "roles"}


def test_the_old_words_keep_what_they_let_people_do() -> None:
    assert set(WORDS["editor"]) == {Role.EDITOR, Role.CONTRIBUTOR}
    assert set(WORDS["admin"]) == {Role.ORGANISATION_ADMIN, Role.SCORECARD_ADMIN, Role.CONTRIBUTOR}
