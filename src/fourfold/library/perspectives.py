"""Which perspective of the library a perspective of an organisation is, by what it is called and what it asks."""

from __future__ import annotations

from typing import Final

from fourfold.engine.definitions import Perspective
from fourfold.library.words import stems

_WORDS: Final = {
    "mission": "mission impact outcome outcomes purpose",
    "financial": "finance finances financial money funding stewardship shareholder shareholders economic value budget",
    "customer": "customer customers client clients citizen citizens patient patients student students market member "
    "members guest guests donor donors passenger passengers stakeholder stakeholders resident residents public user",
    "learning": "learning growth people staff employee employees capability capabilities capacity culture workforce "
    "team teams skill skills talent knowledge innovation organisation colleagues",
    "process": "process processes internal operation operations operational care quality delivery efficiency safety",
}


def likest(perspective: Perspective) -> str:
    """One of the library's perspectives, or nothing where the words do not say; the name counts before the question.

    >>> likest(Perspective(code="ppl", name="Our people")), likest(Perspective(code="x", name="Blue"))
    ('learning', '')
    """
    for text in (perspective.name, perspective.code, perspective.question):
        words = {*stems(text.replace("-", " ").replace("_", " "))}
        for name, known in _WORDS.items():
            if words & {*stems(known)}:
                return name
    return ""
