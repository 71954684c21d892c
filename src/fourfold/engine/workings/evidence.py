"""How the verdict on a link of the strategy map came about (methodology §7.2, §7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np

from fourfold.engine.evidence import Evidence, Hypothesis, Pair, evidence_of
from fourfold.engine.evidence.permutation import Strongest
from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.words import counted
from fourfold.engine.workings.working import Plain, Series, Working, array, plain, series, text


@dataclass(frozen=True)
class LinkFigures:
    """A hypothesis, and the figures of driver and outcome by unit, over periods of a frequency from `first` on."""

    hypothesis: Hypothesis
    frequency: Frequency
    first: str
    driver: tuple[Series, ...]
    outcome: tuple[Series, ...]

    @classmethod
    def of(cls, hypothesis: Hypothesis, pair: Pair) -> LinkFigures:
        """What was tested, as plain figures."""
        frequency = pair.periods[0].frequency if pair.periods else Frequency.MONTH
        first = pair.periods[0].id if pair.periods else ""
        return cls(hypothesis, frequency, first, tuple(map(series, pair.x)), tuple(map(series, pair.y)))

    def pair(self, calendar: Calendar) -> Pair:
        """The figures as arrays again."""
        count = len(self.driver[0]) if self.driver else 0
        begin = calendar.parse(self.first, self.frequency) if self.first else None
        periods = calendar.range(begin, begin.shift(count - 1)) if begin is not None and count else ()
        x, y = (np.array([array(s) for s in rows]).reshape(len(rows), count) for rows in (self.driver, self.outcome))
        return Pair(x, y, periods)


@dataclass(frozen=True)
class EvidenceWorking(Working):
    """All links tested in the same run, as each is a chance to be lucky; `link` is the one this is about."""

    kind: ClassVar[str] = "evidence"
    link: str
    links: tuple[LinkFigures, ...]
    calendar: Calendar
    as_of: date
    seed: int
    permutations: int

    def _evidence(self) -> Evidence:
        """The evidence for the link, all links tested again."""
        pairs = [(one.hypothesis, one.pair(self.calendar)) for one in self.links]
        found = evidence_of(pairs, as_of=self.as_of, seed=self.seed, permutations=self.permutations)
        return next(e for e in found if e.hypothesis.link == self.link)

    def answer(self) -> dict[str, Plain]:
        """The verdict and the numbers behind it."""
        return answer_of(self._evidence())

    def words(self) -> list[str]:
        """The hypothesis, the test, the verdict."""
        return words_of(self._evidence(), permutations=self.permutations, seed=self.seed)


def answer_of(evidence: Evidence) -> dict[str, Plain]:
    """Evidence as plain data; the numbers are None where there was no test."""
    test = evidence.test
    numbers: dict[str, Plain] = {}
    for side in ("expected", "opposite", "reverse"):
        seen: Strongest | None = None if test is None else getattr(test, side)
        numbers[side] = None if seen is None else {"lag": seen.lag, "r": plain(seen.r), "p": plain(seen.p)}
    return {
        "verdict": evidence.verdict.value,
        "text": evidence.text,
        "n": evidence.n,
        "tested": evidence.tested.isoformat(),
        "expires": evidence.expires.isoformat(),
        "q": None if test is None else plain(test.q),
        "links": None if test is None else test.links,
        **numbers,
    }


def words_of(evidence: Evidence, *, permutations: int, seed: int) -> list[str]:
    """Evidence in sentences."""
    h, test = evidence.hypothesis, evidence.test
    said = [_hypothesis(h), f"Verdict: {evidence.verdict}. {evidence.text}"]
    if test is not None:
        seen = test.expected
        said.append(
            f"At its strongest, {counted(seen.lag, 'period')} on, r is {text(round(seen.r, 3))}; figures shuffled "
            f"{permutations} times (seed {seed}) do as well with probability {seen.p:.4f}. Of "
            f"{counted(test.links, 'link')} tested, q is {test.q:.4f}."
        )
    return [*said, f"It counts until {evidence.expires.isoformat()}."]


def _hypothesis(h: Hypothesis) -> str:
    """What was written down before looking."""
    if not h.driver or not h.outcome:
        return f"The link {h.link} has no two KPIs to compare."
    way = {1: "rises", -1: "falls"}.get(h.sign, "moves")
    window = "" if h.lags is None else f" {h.lags[0]} to {h.lags[1]} periods later"
    return f"Expected: when {h.driver_name} rises, {h.outcome_name} {way}{window}."
