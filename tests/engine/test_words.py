"""Small words of messages: quoting, choices, and the word that was meant."""

from __future__ import annotations

import pytest

from fourfold.engine.words import a, as_code, call, choices, did_you_mean, nearest, plural, show, start


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


@pytest.mark.parametrize(("thing", "called"), [
    ("kpi:ed_4h", "KPI ed_4h"), ("objective:O1", "objective O1"), ("target:k#0", "target 1 of KPI k"),
    ("note:a#b#11", "note 12 of KPI a#b"), ("use:O1/k", "KPI k of objective O1"), ("link:a>b", "the link from a to b"),
    ("organisation", "the organisation"), ("strategy:", "the strategy"), ("waiver:#2", "this waiver"),
    ("unit:7", "unit 7"), ("target:k#x", "target k#x"), ("kpi:k#1", "kpi 2 of KPI k"),
])  # fmt: skip
def test_a_thing_is_called_as_people_call_it(thing: str, called: str) -> None:
    assert call(thing) == called
    assert start(thing) == called[0].upper() + called[1:]


def test_nouns_have_their_article_and_plural() -> None:
    nouns = ("kpi", "unit", "objective", "initiative", "person", "currency", "theme")
    assert [a(n) for n in nouns[:4]] == ["a KPI", "a unit", "an objective", "an initiative"]
    many = ["kpis", "units", "objectives", "initiatives", "people", "currencies", "themes"]
    assert [plural(n) for n in nouns] == many


def test_a_code_is_made_of_what_codes_may_have() -> None:
    assert as_code("Täglich besetzt %") == "T_glich_besetzt" and as_code("a.b-c_d") == "a.b-c_d"
    assert as_code("_.-a-._") == "a" and as_code("€ %") == "code_1" and as_code("x" * 99) == "x" * 80

