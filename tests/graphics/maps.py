"""Fifty strategies nobody drew by hand, from a small shop's to the largest a map is meant for."""

from __future__ import annotations

import random

from fourfold.engine.statuses import Status
from fourfold.graphics.map_layout import Link, Objective, Perspective

WORDS = ("Earn", "trust", "Grow", "share", "Move", "patients", "through", "without", "delay", "Keep", "nurses", "data")
Strategy = tuple[list[Perspective], list[Objective], list[Link]]


def strategy(seed: int) -> Strategy:
    """3 to 6 perspectives, some side by side; to 30 objectives, some with given slots; to 40 links, circles too."""
    draw = random.Random(seed)
    count = draw.randint(3, 6)
    ranks = sorted(draw.choice([i, max(0, i - 1)]) if draw.random() < 0.2 else i for i in range(count))
    perspectives = [
        Perspective(f"p{i}", " ".join(draw.sample(WORDS, 2)), ranks[i], draw.uniform(0, 120), draw.choice(list(Status)))
        for i in range(count)
    ]
    objectives = [
        Objective(
            id=f"o{i}",
            name=" ".join(draw.sample(WORDS, draw.randint(1, 9))),
            perspective=f"p{draw.randrange(count)}",
            score=draw.choice([None, 0.0, draw.uniform(0, 125)]),
            status=draw.choice([None, *Status]),
            kpis=draw.choices(list(Status), k=draw.randint(0, 9)),
            slot=draw.choice([None, None, None, draw.randint(0, 6)]),
        )
        for i in range(draw.randint(count, 30))
    ]
    ids = [objective.id for objective in objectives]
    links = [Link(*draw.choices(ids, k=2)) for _ in range(draw.randint(0, 40))]
    return perspectives, objectives, links


def large(seed: int, *, in_order: bool = False) -> Strategy:
    """25 objectives in four perspectives, 40 links from a lower one to a higher; `in_order` has their slots given."""
    draw = random.Random(1000 + seed)
    perspectives = [Perspective(f"p{i}", " ".join(draw.sample(WORDS, 2)), i, 80.0, Status.ON) for i in range(4)]
    where = [i % 4 for i in range(25)]
    draw.shuffle(where)
    objectives = [
        Objective(
            id=f"o{i}", name=" ".join(draw.sample(WORDS, draw.randint(2, 6))), perspective=f"p{row}", score=70.0,
            status=Status.NEAR, kpis=draw.choices(list(Status), k=3), slot=where[:i].count(row) if in_order else None,
        )
        for i, row in enumerate(where)
    ]  # fmt: skip
    pairs = [(a, b) for a in range(25) for b in range(25) if where[a] > where[b]]
    return perspectives, objectives, [Link(f"o{a}", f"o{b}") for a, b in draw.sample(pairs, 40)]
