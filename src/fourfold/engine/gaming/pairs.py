"""Every goal gets a counter-goal that limits its abuse: usual pairs, and those that fit a KPI (methodology §2.9)."""

from __future__ import annotations

from typing import Final

from fourfold.engine import wording

#: What is pushed, with words that betray it, and what to watch beside it.
PAIRS: Final[tuple[tuple[str, frozenset[str], str], ...]] = tuple(
    (pattern, frozenset(words.split()), counter)
    for pattern, words, counter in (
        ("speed", "resolution response turnaround processing waiting wait cycle speed duration",
         "reopened cases, or another sign of quality"),
        ("volume", "lead visit download registration volume", "the share that becomes worth something (conversion)"),
        ("cost", "cost expense spend spending budget", "safety and quality"),
        ("utilisation", "utilisation utilization occupancy load capacity",
         "lead time; infections where people are treated"),
        ("growth", "growth revenue sale turnover", "margin and returns"),
        ("on time", "punctuality punctual on-time delivered", "the length of what was promised"),
        ("closure", "closed closure completed", "repeat contacts"),
        ("handle time", "handle handling call talk", "solved at the first contact"),
        ("hiring", "hire hiring recruitment vacancy fill", "people who leave within a year"),
        ("stock", "inventory stock", "stock-outs"),
        ("savings", "saving procurement", "defects of suppliers"),
        ("deployment", "deployment release deploy", "changes that fail"),
        ("length of stay", "stay discharge", "readmissions"),
        ("reach", "reach audience participant attendance", "the outcome for those reached"),
        ("accidents", "accident injury incident", "reports of near misses"),
        ("training", "training course", "covered skills"),
        ("budget", "variance", "the outcome of what was paid for"),
    )
)  # fmt: skip


def counterparts(name: str) -> tuple[str, ...]:
    """What to watch beside a KPI of this name, the best match first; empty where no usual pair fits.

    >>> counterparts("Average length of stay")
    ('readmissions',)
    """
    said = wording.content(name)
    scored = [(len(said & words), i) for i, (_, words, _) in enumerate(PAIRS) if said & words]
    return tuple(PAIRS[i][2] for _, i in sorted(scored, key=lambda s: (-s[0], s[1])))
