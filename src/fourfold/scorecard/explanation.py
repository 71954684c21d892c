"""Why a number is what it is, in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourfold.engine.change_trace import ChangeTrace
from fourfold.engine.explain import Trace

if TYPE_CHECKING:
    from fourfold.engine.workings import Working
    from fourfold.engine.workings.working import Plain


@dataclass(frozen=True)
class Explanation:
    """A trace that prints itself in words."""

    trace: Trace

    def __str__(self) -> str:
        """The words, one sentence a line."""
        return "\n".join(self.trace.words())

    def to_json(self) -> dict[str, object]:
        """The trace as plain data."""
        return self.trace.to_json()


@dataclass(frozen=True)
class ChangeExplanation:
    """A change that prints itself in words."""

    trace: ChangeTrace

    def __str__(self) -> str:
        """The words, one sentence a line."""
        return "\n".join(self.trace.words())

    def to_json(self) -> dict[str, object]:
        """The parts as plain data."""
        return self.trace.to_json()


@dataclass(frozen=True)
class WorkingExplanation:
    """A working that prints itself in words: signals, forecasts, chances, evidence and the like."""

    working: Working

    def __str__(self) -> str:
        """The words, one sentence a line."""
        return "\n".join(self.working.words())

    def to_json(self) -> dict[str, object]:
        """Inputs, answer and words as plain data; `fourfold.replay` makes the answer again from them."""
        return self.working.to_json()


def replay(body: Mapping[str, object]) -> dict[str, Plain]:
    """The answer of a working made again from the inputs in its JSON (`WorkingExplanation.to_json`), and nothing else.

    Equal to the `answer` beside them unless one of the two was changed, or the method was. Raises `NoWorking`.
    """
    from fourfold.engine.workings import replay as made_again

    return made_again(body)
