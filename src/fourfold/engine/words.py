"""Small words for messages: quoting what was written, lists of choices, and "did you mean"."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence


def show(value: object, limit: int = 60) -> str:
    """What somebody wrote, in quotes, on one line, not too long and without control characters.

    >>> show("two\\nlines")
    '"two lines"'
    """
    text = " ".join(str(value).split())
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return f'"{text if len(text) <= limit else text[: limit - 1] + "…"}"'


def choices(words: Iterable[str], last: str = "or") -> str:
    """Join words as people do.

    >>> choices(["a", "b", "c"])
    'a, b or c'
    """
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else "nothing"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like `word`, if one does at all; case does not count.

    >>> nearest("polarty", ["priority", "polarity"])
    'polarity'
    """
    folded = {_fold(k): k for k in known}
    if (same := folded.get(_fold(word))) is not None:
        return same
    found = difflib.get_close_matches(_fold(word), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Sequence[str], noun: str) -> str:
    """The fix for an unknown word: the nearest known one, or the list of them when it is short enough to read.

    >>> did_you_mean("F", ["A", "B"], "unit")
    'The units are A and B.'
    """
    if (near := nearest(word, known)) is not None:
        return f"Did you mean {show(near)}?"
    if not known:
        return f"No {noun} is defined at all."
    if len(known) == 1:
        return f"The only {noun} is {known[0]}."
    if len(known) <= 12:
        return f"The {plural(noun)} are {choices(known, 'and')}."
    return f"None of the {len(known)} {plural(noun)} looks like it."


def call(thing: str) -> str:
    """What people call a thing, in the middle of a sentence.

    >>> call("kpi:ed_4h"), call("target:ed_4h#0"), call("use:O1/ed_4h")
    ('KPI ed_4h', 'target 1 of KPI ed_4h', 'KPI ed_4h of objective O1')
    """
    noun, _, name = thing.partition(":")
    if noun == "use":
        objective, _, kpi = name.partition("/")
        return f"KPI {kpi} of objective {objective}"
    if noun == "link":
        return f"the link from {name.replace('>', ' to ')}"
    owner, _, number = name.rpartition("#")
    numbered = number.isdecimal() and number != name
    if numbered and owner:
        return f"{noun} {int(number) + 1} of KPI {owner}"
    if not name:
        return f"the {noun}"
    noun = "KPI" if noun == "kpi" else noun
    return f"this {noun}" if numbered else f"{noun} {name}"


def start(thing: str) -> str:
    """What people call a thing, at the start of a sentence."""
    called = call(thing)
    return called[0].upper() + called[1:]


def a(noun: str) -> str:
    """A noun with its article.

    >>> a("objective"), a("unit"), a("kpi")
    ('an objective', 'a unit', 'a KPI')
    """
    noun = "KPI" if noun == "kpi" else noun
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def plural(noun: str) -> str:
    """The plural of one of our nouns."""
    return "people" if noun == "person" else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "period"), counted(0, "link"), counted(2, "KPI")
    ('1 period', '0 links', '2 KPIs')
    """
    return f"{number} {noun if number == 1 else plural(noun)}"


def as_code(text: str) -> str:
    """The nearest text that is a legal code.

    >>> as_code("Täglich besetzt %")
    'T_glich_besetzt'
    """
    return re.sub(r"[^A-Za-z0-9_.\-]+", "_", text).strip("_.-")[:80] or "code_1"


def _fold(word: str) -> str:
    return re.sub(r"[\s_\-]", "", word.casefold())
