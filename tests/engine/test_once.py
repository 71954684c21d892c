"""What is remembered for definitions lives as long as they do, and is never that of others."""

from __future__ import annotations

import gc

from fourfold.engine.definitions import Definitions
from fourfold.engine.once import MOST, once, once_for

COMPANY = Definitions.model_validate(
    {"organisation": {"code": "c", "name": "C"}, "strategy": {"code": "s", "name": "S"}, "units": []}
)


def test_the_work_is_done_once_for_the_same_definitions() -> None:
    calls = []

    @once
    def name(definitions: Definitions) -> str:
        calls.append(definitions)
        return definitions.organisation.name

    assert name(COMPANY) == name(COMPANY) == "C"
    assert len(calls) == 1


def test_a_changed_copy_inherits_nothing() -> None:
    @once
    def name(definitions: Definitions) -> str:
        return definitions.organisation.name

    assert name(COMPANY) == "C"
    renamed = COMPANY.organisation.model_copy(update={"name": "D"})
    assert name(COMPANY.model_copy(update={"organisation": renamed})) == "D"


def test_definitions_that_are_gone_leave_nothing_behind() -> None:
    @once
    def itself(definitions: Definitions) -> list[str]:
        return [definitions.organisation.name]

    for i in range(4):  # a new object may get the address of one that is gone
        organisation = COMPANY.organisation.model_copy(update={"name": str(i)})
        assert itself(COMPANY.model_copy(update={"organisation": organisation})) == [str(i)]
        gc.collect()


def test_the_work_is_done_once_for_each_key() -> None:
    calls = []

    @once_for
    def name(definitions: Definitions, key: int) -> str:
        calls.append(key)
        return f"{definitions.organisation.name}{key}"

    assert [name(COMPANY, key) for key in (1, 2, 1)] == ["C1", "C2", "C1"]
    assert calls == [1, 2]


def test_with_too_many_keys_the_first_are_forgotten() -> None:
    calls = []

    @once_for
    def same(definitions: Definitions, key: int) -> int:
        calls.append(key)
        return key

    for key in [*range(MOST + 1), 0]:
        assert same(COMPANY, key) == key
    assert calls.count(0) == 2
