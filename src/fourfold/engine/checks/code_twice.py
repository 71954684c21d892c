"""One code names one thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.text.folder import NOUNS
from fourfold.engine.words import start


@rule("CODE-TWICE", "A code names two things")
def code_twice(d: Definitions) -> Iterator[Said]:
    """Codes are how things refer to each other, so within one noun each may be used once.

    A KPI is placed on an objective once, too, and one objective drives another by one link.
    """
    names = [f"{noun}:{item.code}" for key, noun in NOUNS.items() for item in getattr(d, key) if hasattr(item, "code")]
    names += [f"use:{u.objective}/{u.kpi}" for u in d.uses]
    names += [f"link:{k.source}>{k.target}" for k in d.links]
    for name, count in Counter(names).items():
        for number in range(2, count + 1):
            own = "Give it a code of its own, or delete it." if "/" not in name and ">" not in name else "Delete one."
            yield Said(f"{name}@{number}", f"{start(name)} is defined {count} times.", own)
