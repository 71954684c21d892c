"""Suggestions of KPIs against what experts chose, beside what the release asks for, and the time of one."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from fourfold import library
from tests.library.ranking import Scores, measure, sentences

WANTED = Scores(0.65, 0.80, 0.62, 0.75)


def main() -> None:
    gold = sentences("gold")
    sets = {
        "gold, odd (while developing)": gold[0::2],
        "gold, even (for the test)": gold[1::2],
        "gold, all 30": gold,
        "ours, while developing": sentences("objectives"),
        "ours, written last": sentences("unseen"),
    }
    print(f"{'wanted':32}{WANTED}\n")
    for name, found in sets.items():
        print(f"{name:32}{measure(found)}")
        print(f"{'  without perspective, industry':32}{measure(found, placed=False)}")
    print(f"\none suggestion, median: {1000 * median(map(timed, (s.text for s in gold))):.1f} ms")
    reached = measure(gold)
    if any(got < wanted for got, wanted in zip(reached, WANTED, strict=True)):
        sys.exit(f"missed: {reached}")


def timed(text: str) -> float:
    begin = perf_counter()
    library.suggest(text)
    return perf_counter() - begin


if __name__ == "__main__":
    main()
