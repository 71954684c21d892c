from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.access.roles import Action, Role, actions_of
from fourfold.access.rules import Grant, allowed, may

#: What each role may do, written down by hand.
TABLE = {
    Role.VIEWER: {Action.SEE},
    Role.CONTRIBUTOR: {Action.SEE, Action.RECORD, Action.COMMENT},
    Role.EDITOR: {Action.SEE, Action.RECORD, Action.COMMENT, Action.DEFINE, Action.EVALUATE},
    Role.ADMIN: set(Action),
}
EVERYWHERE = {Action.DEFINE, Action.EVALUATE, Action.MANAGE}
paths = st.sampled_from(["/1/", "/1/2/", "/1/2/3/", "/1/4/", "/1/22/"])
grants = st.builds(
    Grant, organisation=st.sampled_from([1, 2]), role=st.sampled_from(Role), path=st.one_of(st.none(), paths)
)


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says(role: Role) -> None:
    assert actions_of(role) == TABLE[role]
    assert {a for a in Action if may(role, a)} == TABLE[role]


def ancestors(path: str) -> set[tuple[str, ...]]:
    parts = tuple(path.strip("/").split("/"))
    return {parts[: i + 1] for i in range(len(parts))}


@given(st.lists(grants, max_size=4), st.sampled_from(Action), st.sampled_from([1, 2]), paths)
def test_a_unit_is_open_to_whoever_was_granted_it_or_a_unit_above(
    held: list[Grant], action: Action, organisation: int, path: str
) -> None:
    expected = any(
        action in TABLE[g.role]
        and g.organisation == organisation
        and (g.path is None or (action not in EVERYWHERE and tuple(g.path.strip("/").split("/")) in ancestors(path)))
        for g in held
    )
    assert allowed(held, action, organisation=organisation, path=path) is expected


@given(st.lists(grants, max_size=4), st.sampled_from(Action))
def test_the_organisation_is_seen_by_any_member_and_changed_by_those_of_the_whole(
    held: list[Grant], action: Action
) -> None:
    expected = any(
        g.organisation == 1 and action in TABLE[g.role] and (g.path is None or action is Action.SEE) for g in held
    )
    assert allowed(held, action, organisation=1) is expected


def test_a_similar_path_is_another_unit() -> None:
    assert not Grant(1, Role.ADMIN, "/1/2/").covers("/1/22/")


def test_nothing_is_allowed_to_somebody_without_a_grant() -> None:
    assert not any(allowed([], action, organisation=1, path=path) for action in Action for path in (None, "/1/"))
