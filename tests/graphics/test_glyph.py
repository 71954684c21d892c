"""The status mark: one shape per status, never colour alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import Mark, glyph, mark_of, shape, word_of
from fourfold.graphics.svg import Svg, drawing
from tests.graphics.sound import marks, names, sound


@given(status=marks, size=st.floats(4, 64), label=st.one_of(st.none(), names))
def test_a_mark_is_sound_and_says_its_words(status: Mark, size: float, label: str | None) -> None:
    root = sound(glyph(status, size=size, label=label))
    assert root.get("aria-hidden") == ("true" if label == "" else None)


@given(status=marks, radius=st.floats(0.5, 6))
def test_a_shape_weighs_no_more_than_its_circle_and_a_half(status: Mark, radius: float) -> None:
    sound(drawing("g", 20, 20, [shape(status, 10, 10, radius)]))


def test_each_status_has_a_shape_that_needs_no_colour() -> None:
    statuses = (Status.ON, Status.NEAR, Status.OFF, Status.OVERDUE, Status.NO_DATA)
    shapes = {re.sub(r'class="[^"]*"', "", glyph(status, label="")) for status in statuses}
    assert len(shapes) == len(statuses)


@pytest.mark.parametrize("status", [Status.NOT_APPLICABLE, Status.NOT_DUE, Status.ERROR, Status.UNSCORED, None, "?"])
def test_what_is_no_judgement_has_no_judgement_as_its_mark(status: Mark) -> None:
    assert mark_of(status) == "none"


def test_words_of_a_status_are_never_a_colour() -> None:
    words = " ".join(word_of(status) for status in Status).lower()
    assert not {"red", "amber", "green"} & set(words.split())


def test_a_label_from_outside_cannot_become_markup() -> None:
    assert "<script" not in glyph(Status.ON, label="<script>x()</script>")
    assert isinstance(glyph(Status.ON), Svg)
