"""Whatever ends an action half way, at any statement: all of it is there or nothing, and doing it again does it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from fourfold.actions.verify_chains import verify_chains
from fourfold.records.models import Person
from tests.actions.crash_cases import ALICE, BOB, CASES, ELSEWHERE
from tests.actions.crashing import Act, Crashing, Ending, clean_run, shape, state, undone
from tests.web.conftest import loaded as loaded

ROOT = Path(__file__).parents[2]
#: Files of actions that say themselves that they are none.
TYPES = {"origin", "outcome"}


@pytest.fixture(autouse=True)
def _quick(loaded: None, db: None, settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SENDS_EMAIL = True
    settings.MASTER_KEY_FILE = tmp_path / "master_key"
    settings.DIRECTORIES = ()


def crash(act: Act, at: int, ending: Ending, end: dict[str, int] | None = None) -> bool:
    """End the action there and look at what is left; False where it went through before that.

    With `end`, the shape of what it leaves when it goes through, it is then done again.
    """
    with undone():
        there = [state()]
        run = Crashing(at, ending, committed=lambda: there.append(state()))
        with connection.execute_wrapper(run), contextlib.suppress(DatabaseError):
            act()
        transaction.set_rollback(False)  # what is written outside of a transaction was one by itself
        after, where = state(), f"statement {at}, {ending.value}"
        assert after == there[-1], f"{where}: half of {[t for t in after if after[t] != there[-1][t]]} is there"
        assert verified(), f"{where}: a chain of events is broken"
        if run.crashed and end is not None:
            act()
            assert shape(state()) == end, f"{where}: doing it again does something else"
    return run.crashed


def verified() -> bool:
    found = verify_chains(by=None).value
    return found is not None and not any(v.wrong for v in found.verdicts)


def test_every_action_has_a_case_or_a_test_elsewhere() -> None:
    files = {p.stem for p in (ROOT / "src/fourfold/actions").glob("*.py") if not p.stem.startswith("_")}
    assert files - TYPES == CASES.keys() | ELSEWHERE.keys(), "tests/actions/crash_cases.py: add a case for the action"
    assert not CASES.keys() & ELSEWHERE.keys()
    for name, test in ELSEWHERE.items():
        file, _, function = test.partition("::")
        assert f"def {function}(" in (ROOT / "tests" / file).read_text(), name


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_action_takes_as_many_transactions_as_it_says_and_ends_half_way_as_nothing(
    name: str, tmp_path: Path
) -> None:
    case = CASES[name]
    act = case.ready(tmp_path)
    run, ends = clean_run(act)
    assert len(ends) == case.commits, f"{len(ends)} transactions, {case.commits} expected: {case.why}"
    first, middle, last = run.writes[0], run.writes[len(run.writes) // 2], run.writes[-1]
    for at in sorted({first, middle, last}):
        assert crash(act, at, Ending.KILLED, ends[-1] if case.again else None)


@pytest.mark.slow
@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("name", sorted(CASES))
def test_an_action_that_ends_at_any_statement_did_nothing(name: str, ending: Ending, tmp_path: Path) -> None:
    case = CASES[name]
    act = case.ready(tmp_path)
    _, ends = clean_run(act)
    at = 1
    while crash(act, at, ending, ends[-1] if case.again else None):
        at += 1
    assert at > 1


def test_half_of_something_would_be_noticed() -> None:
    def act() -> None:
        Person.objects.filter(email=ALICE).update(name="one")
        Person.objects.filter(email=BOB).update(name="two")

    assert len(clean_run(act)[1]) == 2  # and is said to be one

    def rest() -> None:
        connection.ensure_connection()
        assert connection.connection is not None
        connection.connection.execute("UPDATE records_person SET name = 'unseen'")
        Person.objects.get(email=ALICE)

    with pytest.raises(AssertionError, match="half of"):
        crash(rest, 1, Ending.KILLED)
