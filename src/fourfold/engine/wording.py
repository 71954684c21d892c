"""What a program can tell about a short English text: its verbs, vague words and activities, and how alike two are.

Source: methodology §1.3 (V15 to V17, V20) and §2.7. The lists are English; another language needs lists of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.english import (
    ACTIVITIES,
    ACTIVITY_PHRASES,
    CHANGES,
    EITHER,
    FORMS,
    NOUN_BEFORE,
    OBJECTS,
    OF_WHAT,
    ON_PLAN,
    OPENERS,
    STOP,
    VERBS,
    WEASELS,
    WEASELS_ALONE,
)

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_AMOUNT: Final = re.compile(
    r"\d|%|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|third|quarter|double|triple|twice|zero|no)\b",
    re.IGNORECASE,
)


def words(text: str) -> list[str]:
    """The words of a text in lower case, numbers left out.

    >>> words("Cut A&E waits by 4 hours")
    ['cut', 'a', 'e', 'waits', 'by', 'hours']
    """
    return [word.casefold() for word in _WORD.findall(text)]


def content(text: str) -> frozenset[str]:
    """The words that carry meaning, without a plural s."""
    return frozenset(_singular(word) for word in words(text) if word not in STOP)


def has_amount(text: str) -> bool:
    """True where a number stands in the text, in digits or as a word."""
    return bool(_AMOUNT.search(text))


def verbs(text: str) -> list[tuple[int, str]]:
    """The verbs of a text as (place among its words, verb as in a dictionary).

    >>> verbs("Grow what our customers earn"), verbs("Train punctuality"), verbs("Train all drivers")
    ([(0, 'grow'), (4, 'earn')], [], [(0, 'train')])
    """
    said = words(text)
    found = []
    for i, word in enumerate(said):
        base = _base(word)
        if base in VERBS or (word in EITHER and i + 1 < len(said) and said[i + 1] in OBJECTS):
            found.append((i, base))
    return found


def opening(text: str) -> str | None:
    """The verb an objective opens with, of those that are nouns elsewhere, or None.

    >>> opening("Return capital to owners"), opening("Ship on time"), opening("Return on capital")
    ('return', 'ship', None)
    """
    said = words(text)
    if len(said) < 2 or said[0] not in OPENERS:
        return None
    is_planned = said[1] == "on" and len(said) > 2 and said[2] in ON_PLAN
    return said[0] if is_planned or said[1] not in NOUN_BEFORE else None


def is_double(text: str) -> tuple[str, str] | None:
    """The two verbs that "and" joins into one sentence with two aims, if there are any.

    >>> is_double("Attract and keep nurses"), is_double("Nurses and doctors stay")
    (('attract', 'keep'), None)
    """
    said, found = words(text), dict(verbs(text))
    for i, word in enumerate(said):
        before = [found[j] for j in sorted(found) if j < i]
        if word == "and" and before and i + 1 in found and said[i + 1] == found[i + 1]:
            return before[-1], found[i + 1]
    return None


def weasels(text: str) -> list[str]:
    """The vague words of a text, as they stand there; some of them are fine beside an amount.

    >>> weasels("Improve the quality of care"), weasels("Improve recovery to 60 %"), weasels("A robust, timely service")
    (['improve'], [], ['robust', 'timely'])
    """
    said, amount = words(text), has_amount(text)
    found = []
    for i, word in enumerate(said):
        following = said[i + 1] if i + 1 < len(said) else ""
        alone = not amount and (word == "improve" or following not in OF_WHAT)
        if word in WEASELS or (word in WEASELS_ALONE and alone):
            found.append(word)
    return found


def activity(text: str) -> str | None:
    """The word that makes a text say what is done and not what comes of it, or None.

    >>> activity("Implement a new booking system"), activity("Number of meetings held"), activity("Fewer falls")
    ('implement', 'number of meetings', None)
    """
    if (verb := begins_with_activity(text)) is not None:
        return verb
    said = " ".join(words(text))
    return next((p for p in ACTIVITY_PHRASES if re.search(rf"\b{p}s?\b", said)), None)  # one or several of them


def begins_with_activity(text: str) -> str | None:
    """The verb of doing, in the form it has, that a text begins with, or None.

    >>> begins_with_activity("Hold meetings"), begins_with_activity("Rolling out tablets"), begins_with_activity("Held")
    ('hold', 'rolling out', None)
    """
    said = " ".join(words(text))
    for phrase in ACTIVITIES:
        if said == phrase or said.startswith(f"{phrase} "):
            rest = said.removeprefix(phrase).split()
            if phrase not in EITHER or (rest and (rest[0] in OBJECTS or rest[0].endswith("s"))):
                return phrase
    return None


def is_noun_phrase(text: str) -> bool:
    """True where the text names something: it does not begin with a verb, and no verb of change stands in it.

    >>> is_noun_phrase("Average invoice processing time"), is_noun_phrase("Reduce invoice time")
    (True, False)
    """
    said, found = words(text), verbs(text)
    return not any(i == 0 and said[0] == verb for i, verb in found) and not any(
        verb in CHANGES and said[i] == verb for i, verb in found
    )


def likeness(texts: Sequence[str]) -> Floats:
    """How alike texts are, each with each: the share of three-letter pieces of their content words they have in common.

    Dice's coefficient, 0 to 1, whatever the order of the words; `(text, text)`, 1 on the diagonal, 0 for an empty text.

    >>> likeness(["Shorter waiting times", "Waiting times: shorter", "More trees"]).round(2).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    pieces = [{f"_{word}_"[i : i + 3] for word in content(text) for i in range(len(word))} for text in texts]
    place = {piece: i for i, piece in enumerate(sorted(set().union(*pieces)))}
    has = np.zeros((len(texts), len(place)), dtype=np.float32)
    for i, own in enumerate(pieces):
        has[i, [place[piece] for piece in own]] = 1.0
    both, size = (has @ has.T).astype(np.float64), has.sum(axis=1, dtype=np.float64)
    whole = size[:, None] + size[None, :]
    return np.asarray(np.divide(2.0 * both, whole, out=np.zeros_like(both), where=whole > 0))


def _base(word: str) -> str:
    """The verb a form belongs to, or the word itself."""
    if word in FORMS:
        return FORMS[word]
    if word in VERBS or word in EITHER:
        return word
    for ending, back in (("ies", "y"), ("ied", "y"), ("es", ""), ("es", "e"), ("s", ""), ("ed", ""), ("ed", "e"),
                         ("ing", ""), ("ing", "e")):  # fmt: skip
        if word.endswith(ending):
            stem = word[: -len(ending)] + back
            if stem in VERBS:
                return stem
            if len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] in VERBS:
                return stem[:-1]
    return word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
