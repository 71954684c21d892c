"""Small words of messages: quoting, choices, and the word that was meant."""

from __future__ import annotations

import pytest

from fourfold.engine.words import choices, did_you_mean, nearest, show


def test_what_is_too_long_is_cut_to_the_limit_with_an_ellipsis() -> None:
    assert show("x" * 60) == '"' + "x" * 60 + '"'
    assert show("x" * 61) == '"' + "x" * 59 + "…" + '"'
    assert show("abcdef", limit=4) == '"abc…"'
    assert show("one\t two\x00") == '"one two\\u0000"'


@pytest.mark.parametrize(
    ("words", "said"), [([], "nothing"), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_choices_are_joined_as_people_do(words: list[str], said: str) -> None:
    assert choices(words) == said


def test_the_word_that_was_meant_is_named_or_those_there_are() -> None:
    every = [f"{letter}{letter}{letter}" for letter in "abcdefghijklm"]
    assert nearest("POLARITY", ["polarity"]) == "polarity" and nearest("zzz", every) is None
    assert did_you_mean("aab", every, "unit") == 'Did you mean "aaa"?'
    assert did_you_mean("z", [], "unit") == "No unit is defined at all."
    assert did_you_mean("z", ["aaa"], "unit") == "The only unit is aaa."
    assert did_you_mean("z", every[:12], "unit").startswith("The units are aaa, bbb,")
    assert did_you_mean("z", every, "unit") == "None of the 13 units looks like it."
