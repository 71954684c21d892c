"""What a result was worked out from, so that anybody can work it out again (methodology §3.10).

A working holds every input and the function that makes the answer of them. Its JSON has inputs, answer, words and a
seal; `replay` makes the answer again from the inputs in that JSON and from nothing else.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError

from fourfold.engine.cells import Floats
from fourfold.engine.seal import sealed
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import FourfoldError

#: What JSON can hold.
Plain: TypeAlias = "bool | int | float | str | Sequence[Plain] | Mapping[str, Plain] | None"
#: Figures of consecutive periods; None where there is none.
Series: TypeAlias = tuple[float | None, ...]


class NoWorking(FourfoldError):
    """This is not the working of a result."""


class Working(ABC):
    """The inputs of one result. A subclass is a frozen dataclass of plain values and names its `kind`."""

    kind: ClassVar[str]
    __pydantic_config__ = ConfigDict(ser_json_inf_nan="strings", extra="forbid")

    @abstractmethod
    def answer(self) -> dict[str, Plain]:
        """The result, made of the inputs."""

    @abstractmethod
    def words(self) -> list[str]:
        """How it came about, in sentences."""

    def to_json(self) -> dict[str, object]:
        """Plain data: `kind`, `inputs`, `answer`, `words`, and the SHA-256 of the canonical text of the rest."""
        inputs = json.loads(TypeAdapter(type(self)).dump_json(self))
        return sealed({"kind": self.kind, "inputs": inputs, "answer": _as_read(self.answer()), "words": self.words()})


def replay(body: Mapping[str, object]) -> dict[str, Plain]:
    """The answer made again from the `inputs` of a working's JSON; raises `NoWorking` for anything else.

    Equal to the `answer` beside them unless one of the two was changed, or the method was.
    """
    kinds = {found.kind: found for found in Working.__subclasses__()}
    kind = str(body.get("kind"))
    if kind not in kinds or "inputs" not in body:
        raise NoWorking(f"There is no working of the kind {show(kind)}.", hint=did_you_mean(kind, list(kinds), "kind"))
    try:
        working: Working = TypeAdapter(kinds[kind]).validate_python(body["inputs"])
    except ValidationError as error:
        wrong = error.errors()[0]
        place = ".".join(map(str, wrong["loc"]))
        raise NoWorking(f"The input {place} of this working cannot be read: {wrong['msg']}.") from None
    return _as_read(working.answer())


def _as_read(answer: dict[str, Plain]) -> dict[str, Plain]:
    """An answer as it is read back from JSON, where a row of figures is a list: so it equals one that was kept."""
    read: dict[str, Plain] = json.loads(json.dumps(answer))
    return read


def series(values: Floats) -> Series:
    """One row of an array as plain figures; None for NaN and what is not finite.

    >>> series(np.array([1.0, np.nan]))
    (1.0, None)
    """
    return tuple(plain(v) for v in values.tolist())


def array(figures: Sequence[float | None]) -> Floats:
    """Plain figures as an array again.

    >>> array((1.0, None)).tolist()
    [1.0, nan]
    """
    return np.array([np.nan if v is None else v for v in figures], dtype=np.float64)


def plain(value: float) -> float | None:
    """A number, or None where there is none."""
    return float(value) if math.isfinite(value) else None


def text(value: float | None) -> str:
    """A number for sentences: all digits that matter, a true minus, an en dash for none.

    >>> text(-0.25), text(None), text(1234567.0)
    ('−0.25', '–', '1234567')
    """
    return "–" if value is None else f"{value:.10g}".replace("-", "−")
