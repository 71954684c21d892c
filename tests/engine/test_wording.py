"""What a program can tell about a sentence: verbs, vague words, activities, likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine import wording
from fourfold.engine.wording import _base, _singular

RESULTS = [
    "Shorten the wait for treatment", "Bakers stay", "Live within our means", "We are the first call for families",
    "Customers come back within a month", "Waste is halved by 2028", "Free up money for care", "Grown revenue abroad",
    "Train every driver in the first week", "Data people can trust", "Winning back lost customers",
]  # fmt: skip
PHRASES = [
    "Timely access to care", "Profit", "A better patient experience", "Customer satisfaction", "Operational costs",
    "Train punctuality", "Market share", "Staff", "Care closer to home", "Design office", "Budget discipline",
]  # fmt: skip


@pytest.mark.parametrize("text", RESULTS)
def test_a_sentence_has_a_verb(text: str) -> None:
    assert wording.verbs(text)


@pytest.mark.parametrize("text", PHRASES)
def test_a_phrase_has_none(text: str) -> None:
    assert wording.verbs(text) == []


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("Attract and keep nurses", ("attract", "keep")),
        ("Reduce waste and increase yield", ("reduce", "increase")),
        ("Nurses and doctors stay", None),
        ("Shorten waits for children and adults", None),
        ("Healthy and engaged staff", None),
    ],
)
def test_two_verbs_joined_by_and_are_two_aims(text: str, both: tuple[str, str] | None) -> None:
    assert wording.is_double(text) == both


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A robust and holistic service", ["robust", "holistic"]),
        ("Improve recovery", ["improve"]),
        ("Improve recovery to 60 %", []),
        ("Improve recovery by a third", []),
        ("Quality", ["quality"]),
        ("Quality of water", []),
        ("Timely discharge", ["timely"]),
        ("Timely discharge, within 2 days", []),
        ("World-class care", ["world-class"]),
        ("Shorter waits", []),
    ],
)
def test_a_vague_word_is_found_where_no_amount_helps_it(text: str, found: list[str]) -> None:
    assert wording.weasels(text) == found


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Implement a new booking system", "implement"),
        ("Roll out tablets", "roll out"),
        ("Train all drivers", "train"),
        ("Train punctuality", None),
        ("Number of meetings held", "number of meetings"),
        ("Number of training days", "number of training"),
        ("Number of visits", "number of visits"),
        ("Milestones met", "milestone"),
        ("Completion of project Falcon", "completion of project"),
        ("Complete the project", "complete the project"),
        ("Rolling out tablets", "rolling out"),
        ("Implementing the new system", "implementing"),
        ("Training of staff", "training of"),
        ("Training hours per person", None),
        ("Fewer falls", None),
    ],
)
def test_an_activity_is_told_from_a_result(text: str, word: str | None) -> None:
    assert wording.activity(text) == word


def dice(one: str, other: str) -> float:
    """Two sets of three-letter pieces, compared the slow way."""
    sets = []
    for text in (one, other):
        pieces = set()
        for word in wording.content(text):
            padded = f"_{word}_"
            pieces |= {padded[i : i + 3] for i in range(len(padded) - 2)}
        sets.append(pieces)
    size = len(sets[0]) + len(sets[1])
    return 2 * len(sets[0] & sets[1]) / size if size else 0.0


@given(st.lists(st.text("abc de", max_size=20), max_size=5))
def test_likeness_is_dices_coefficient_of_each_pair(texts: list[str]) -> None:
    alike = wording.likeness(texts)
    assert alike.shape == (len(texts), len(texts))
    for i, one in enumerate(texts):
        for j, other in enumerate(texts):
            assert alike[i, j] == pytest.approx(dice(one, other))


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(wording.weasels(text), list)
    assert wording.is_noun_phrase(text) in (True, False)
    assert wording.activity(text) is None or wording.words(text)
    assert wording.is_double(text) is None or " and " in f" {text.casefold()} " or "and" in wording.words(text)


@pytest.mark.parametrize(("word", "base"), [
    ("carries", "carry"), ("carried", "carry"), ("reaches", "reach"), ("reduces", "reduce"), ("grows", "grow"),
    ("reached", "reach"), ("reduced", "reduce"), ("growing", "grow"), ("reducing", "reduce"), ("cutting", "cut"),
    ("stopped", "stop"), ("keeps", "keep"), ("bread", "bread"), ("red", "red"),
])  # fmt: skip
def test_a_form_belongs_to_its_verb(word: str, base: str) -> None:
    assert _base(word) == base


@pytest.mark.parametrize(("word", "one"), [
    ("studies", "study"), ("ties", "tie"), ("orders", "order"), ("glass", "glass"), ("status", "status"),
    ("crisis", "crisis"), ("gas", "gas"), ("cars", "car"),
])  # fmt: skip
def test_a_plural_loses_its_s(word: str, one: str) -> None:
    assert _singular(word) == one


@pytest.mark.parametrize(("text", "names"), [
    ("Reduce invoice time", False), ("Staff that train staff", False), ("Improve", False),  # it begins with a verb
    ("Waste we reduce", False), ("How to reduce waste", False), ("Train punctuality to improve", False),  # a change
    ("Cut of costs to cut", False), ("Need to reduce need", False),
    ("Reducing invoice time", True), ("Customers who stay", True), ("Time to treat patients", True),
    ("The office will design products", True), ("Treated patients we treat", True), ("Are we safe", True),
    ("Aim to aim more", True), ("Balance to balance more", True),
])  # fmt: skip
def test_a_phrase_names_something_unless_it_begins_with_a_verb_or_says_a_change(text: str, names: bool) -> None:
    assert wording.is_noun_phrase(text) is names
