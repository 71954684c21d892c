"""A cause-and-effect hypothesis between two objectives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Flag, Text


class Link(Definition):
    """`source` drives `target`; `lag` is the window of months after which the effect should show."""

    source: Code  # the objective that drives
    target: Code  # the objective that is driven
    sign: Literal["+", "-"] = "+"  # - where more of the one means less of the other
    strength: Literal["weak", "medium", "strong"] = "medium"  # how strongly people believe in it
    lag: tuple[Annotated[int, Field(ge=0, le=120)], Annotated[int, Field(ge=0, le=120)]] | None = None  # [from, to]
    hypothesis: Text = ""  # why the one should drive the other
    feedback: Flag = False  # part of a circle that is meant
