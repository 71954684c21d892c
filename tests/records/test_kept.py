"""What pages keep of the results: until the next evaluation, and no more than there is room for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random

import pytest

from fourfold.records.queries import kept as module
from fourfold.records.queries.kept import ROOM, Run, forget, kept

RUN = Run(1, datetime(2026, 5, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    forget()
    yield
    forget()


def asked(run: Run, key: object, size: int = 1) -> bool:
    """True when it had to be read."""
    was_read = []
    kept(run, key, lambda: was_read.append(key) or [key], size=lambda _: size)  # type: ignore[func-returns-value]
    return bool(was_read)


def test_the_same_question_is_read_once_per_evaluation() -> None:
    assert [asked(RUN, "a"), asked(RUN, "a"), asked(RUN, "b")] == [True, False, True]


def test_a_later_evaluation_or_another_organisation_reads_anew() -> None:
    asked(RUN, "a")
    assert asked(Run(1, datetime(2026, 5, 2, tzinfo=UTC)), "a")
    assert asked(Run(2, RUN.at), "a")


def test_what_was_asked_for_least_recently_leaves_when_room_is_short() -> None:
    third = ROOM // 3
    for key in "abc":
        asked(RUN, key, third)
    asked(RUN, "a")
    asked(RUN, "d", third)
    assert [asked(RUN, key, third) for key in "acd"] == [False, False, False]
    assert asked(RUN, "b", third)


def test_an_answer_larger_than_the_room_is_given_and_not_kept() -> None:
    assert asked(RUN, "huge", ROOM + 1)
    assert asked(RUN, "huge", ROOM + 1)
    assert not module._KEPT


@pytest.mark.parametrize("counter", ["version", "definitions", "outlooks"])
def test_a_change_of_anything_reads_anew(counter: str) -> None:
    asked(RUN, "a")
    assert asked(RUN._replace(**{counter: 1}), "a")
    assert not asked(RUN, "a")


def test_many_threads_get_each_their_own_answer_within_the_room() -> None:
    wrong: list[object] = []

    def ask(seed: int) -> None:
        chance = Random(seed)
        for _ in range(2_000):
            key = chance.randrange(40)
            if kept(RUN, key, lambda key=key: key * 1000, size=lambda _: ROOM // 10) != key * 1000:  # type: ignore[misc]
                wrong.append(key)
            if sum(size for _, size in list(module._KEPT.values())) > ROOM + ROOM // 10:  # one that is about to leave
                wrong.append("room")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert not wrong
    assert 0 < len(module._KEPT) <= 10
