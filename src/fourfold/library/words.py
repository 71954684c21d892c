"""Text → the stems of its words, so that "keeps customers" and "customer kept waiting" meet in `customer`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9&]+")
_STOP: Final = frozenset(
    """a about above all also among an and any are as at be because been before being below between both but by can
    could did do does each either even every for from had has have her here him his how i if in into is it its just let
    like
    me my no nor not of off on one or other our ours out over own s same she should so some such t than that the their
    them then there these they this those through to too under until up us very was we were what when where which while
    who whom whose why will with without would you your make made get gets got thing things""".split()  # noqa: SIM905
)
#: Forms that no rule brings together.
_IRREGULAR: Final = {
    "bought": "buy", "broke": "break", "broken": "break", "built": "build", "children": "child", "kept": "keep",
    "knew": "know", "known": "know", "left": "leave", "lent": "lend", "lost": "lose", "men": "man", "paid": "pay",
    "people": "people", "ran": "run", "said": "say", "sold": "sell", "spent": "spend", "taught": "teach",
    "thought": "think", "told": "tell", "went": "go", "women": "woman", "won": "win", "analyses": "analysis",
    "business": "business", "process": "process", "processes": "process", "access": "access", "news": "news",
}  # fmt: skip
_ENDINGS: Final = (
    ("isation", "is"), ("ization", "is"), ("ational", "at"), ("iveness", "iv"), ("ability", "abl"), ("ibility", "ibl"),
    ("ations", "at"), ("ation", "at"), ("ments", ""), ("ment", ""), ("ness", ""), ("ising", "is"), ("izing", "is"),
    ("ities", "it"), ("ity", "it"), ("ies", "y"), ("ied", "y"), ("ing", ""), ("edly", ""), ("ed", ""), ("ply", "pl"),
    ("ly", ""), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", ""),
)  # fmt: skip


@lru_cache(maxsize=4096)
def stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, in order.

    >>> stems("Customers are kept waiting for deliveries")
    ('customer', 'keep', 'wait', 'delivery')
    """
    plain = text.lower().replace("’", "'").replace("'s", "")
    found = (stem(word) for word in _WORD.findall(plain) if word not in _STOP)
    return tuple(word for word in found if len(word) > 1)


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A word without its ending: no word of a dictionary, but the same for all forms of one.

    >>> stem("shipping"), stem("shipped"), stem("ships"), stem("satisfied"), stem("satisfy")
    ('ship', 'ship', 'ship', 'satisfy', 'satisfy')
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith(("ss", "us", "is")):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= 3:
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeilosz":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def trigrams(text: str) -> frozenset[str]:
    """Runs of three letters, the ends of words included: what is left alike of a misspelt word."""
    return frozenset(f" {word} "[i : i + 3] for word in _WORD.findall(text.lower()) for i in range(len(word)))
