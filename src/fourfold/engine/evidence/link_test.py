"""Tests of the links of a strategy map, all in one run (methodology §7.2)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.evidence.granger import Granger, granger
from fourfold.engine.evidence.permutation import PERMUTATIONS, Strongest, kept, strongest
from fourfold.engine.evidence.stationary import Whitened, stationary, whitened
from fourfold.engine.evidence.verdict import TESTABLE, LinkTest, Verdict, judge, not_yet, too_few_units, unmoved, words
from fourfold.engine.periods import Frequency, Period
from fourfold.errors import FourfoldError

#: A wider window than this many lags is a search, not a hypothesis.
WINDOW = 4
#: So many units with the same link can be pooled; fewer say little about one another.
PANEL = 8
#: From so many periods on a Granger test is a second opinion.
FOR_GRANGER = 60


class SeriesError(FourfoldError):
    """The two series of a link do not fit together."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What was written down before looking: which KPI should follow which, which way, after how many periods.

    `sign` is +1 where the figures should rise together, −1 where one should fall when the other rises, 0 where nobody
    has said; `lags` is the window in periods, both ends included. `missing` says what keeps it from being a test.
    """

    link: str  # `source>target`
    driver: str
    outcome: str
    driver_name: str
    outcome_name: str
    sign: int
    lags: tuple[int, int] | None
    missing: str = ""

    def __post_init__(self) -> None:
        """Refuse a window that goes back in time."""
        if self.lags is not None and not 0 <= self.lags[0] <= self.lags[1]:
            raise SeriesError(f"{self.lags} is no window of lags.", hint="Give the first and the last lag, 0 or more.")

    @property
    def is_registered(self) -> bool:
        """True with a sign and a window of at most four lags."""
        return not self.missing and self.sign != 0 and self.lags is not None and self._width <= WINDOW

    @property
    def why_not(self) -> str:
        """What is missing for a test."""
        if self.missing:
            return self.missing
        if self.lags is None:
            return "Give the link a lag window; without one, any movement would seem to fit."
        if self.sign == 0:
            return "Give the link a sign; without one, any movement would seem to fit."
        return f"Its window spans {self._width} lags; narrow it to {WINDOW} at most before looking."

    @property
    def _width(self) -> int:
        return 0 if self.lags is None else self.lags[1] - self.lags[0] + 1


@dataclass(frozen=True, slots=True)
class Pair:
    """The figures of a link: driver `x` and outcome `y`, `(unit, period)`, NaN where there is none.

    `periods` are consecutive. Figures before `start` do not count: the definition of one of the KPIs changed there.
    """

    x: Floats
    y: Floats
    periods: tuple[Period, ...]
    start: int = 0

    def __post_init__(self) -> None:
        """Refuse series of different shapes."""
        if self.x.shape != self.y.shape or self.x.ndim != 2 or self.x.shape[1] != len(self.periods):
            hint = "Give two arrays (unit, period) of one shape and one period for each column."
            raise SeriesError(f"The series have the shapes {self.x.shape} and {self.y.shape}.", hint=hint)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the figures say about one link: the verdict in fixed words, and the numbers behind it.

    `test` is None where there was none. Evidence counts until `expires`, a year after it was `tested`.
    """

    hypothesis: Hypothesis
    verdict: Verdict
    text: str
    n: int
    tested: date
    expires: date
    test: LinkTest | None = None
    granger: Granger | None = None

    def is_valid(self, day: date) -> bool:
        """True until the evidence is a year old."""
        return self.tested <= day < self.expires


def evidence_of(
    links: Sequence[tuple[Hypothesis, Pair]], *, as_of: date, seed: int, permutations: int = PERMUTATIONS
) -> tuple[Evidence, ...]:
    """Evidence for all links of a map, in order; they are tested together because each is a chance to be lucky.

    The same seed gives the same p-values, whichever other links are tested. A link that is no hypothesis, or has fewer
    than 24 common periods, is not tested and does not count among the links tested.
    """
    usable = [_usable(pair) for _, pair in links]
    found = [
        _tested(hypothesis, common.pair, seed, permutations) if hypothesis.is_registered and common.is_enough else None
        for (hypothesis, _), common in zip(links, usable, strict=True)
    ]
    q, against = (
        kept(np.array([np.nan if f is None else f[side].p for f in found], dtype=np.float64)) for side in (0, 1)
    )
    count = int(np.isfinite(q).sum())
    rows = zip(links, usable, found, q, against, strict=True)
    return tuple(
        _evidence(h, common, None if f is None else _Found(f, float(q1), float(q2), count), as_of)
        for (h, _), common, f, q1, q2 in rows
    )


@dataclass(frozen=True, slots=True)
class _Common:
    """The figures that count, how many periods each unit has in common at least, and whether that is enough."""

    pair: Pair
    n: int
    is_panel: bool

    @property
    def is_enough(self) -> bool:
        return self.n >= TESTABLE and (not self.is_panel or len(self.pair.x) >= PANEL)


@dataclass(frozen=True, slots=True)
class _Found:
    """The statistics of a link with what the other links make of them."""

    seen: tuple[Strongest, Strongest, Strongest]
    q: float
    q_opposite: float
    links: int


def _usable(pair: Pair) -> _Common:
    """The figures from the definition break to the last common period; of several units those with enough of them."""
    x, y = pair.x[:, pair.start :], pair.y[:, pair.start :]
    common = np.isfinite(x) & np.isfinite(y)
    if is_panel := len(x) > 1:
        enough = common.sum(axis=1) >= TESTABLE
        x, y, common = x[enough], y[enough], common[enough]
    n = int(common.sum(axis=1).min()) if len(common) else 0
    last = np.flatnonzero(common.any(axis=0))
    end = int(last[-1]) + 1 if len(last) else 0
    return _Common(Pair(x[:, :end], y[:, :end], pair.periods[pair.start : pair.start + end]), n, is_panel)


def _tested(h: Hypothesis, pair: Pair, seed: int, permutations: int) -> tuple[Strongest, Strongest, Strongest]:
    """As expected, against it, and in the reverse direction."""
    assert h.lags is not None
    season = pair.periods[0].frequency.season
    x, y = [], []
    for driver, outcome in zip(pair.x, pair.y, strict=True):
        noise, _, removed = whitened(np.stack([driver, outcome]), season)
        x.append(Whitened(noise[:1], season, removed[:1]))
        y.append(Whitened(noise[1:], season, removed[1:]))
    lags, own = range(h.lags[0], h.lags[1] + 1), (seed, zlib.crc32(f"{h.link} {h.driver} {h.outcome}".encode()))
    seen, against = strongest(x, y, lags, (h.sign, -h.sign), seed=(*own, 0), permutations=permutations)
    (reverse,) = strongest(y, x, lags, (h.sign,), seed=(*own, 1), permutations=permutations)
    return seen, against, reverse


def _evidence(h: Hypothesis, common: _Common, found: _Found | None, as_of: date) -> Evidence:
    pair, n = common.pair, common.n
    leap_day = (as_of.month, as_of.day) == (2, 29)
    expires = as_of.replace(year=as_of.year + 1, day=28 if leap_day else as_of.day)
    frequency = pair.periods[0].frequency if pair.periods else Frequency.MONTH
    if not h.is_registered:
        return Evidence(h, Verdict.EXPLORATION, h.why_not, n, as_of, expires)
    if found is None or not np.isfinite(found.seen[0].p):
        return Evidence(h, Verdict.NOT_TESTABLE_YET, _why_not_yet(h, common, frequency), n, as_of, expires)
    assert h.lags is not None
    test = LinkTest(n, len(pair.x), found.links, h.sign, h.lags, *found.seen, found.q, found.q_opposite)
    verdict = judge(test)
    second = None
    if n >= FOR_GRANGER and len(pair.x) == 1:
        level = stationary(np.concatenate([pair.x, pair.y]), frequency.season).level
        second = granger(level[0], level[1], n // 12)
    text = words(verdict, test, h.driver_name, h.outcome_name, pair.periods[-1])
    return Evidence(h, verdict, text, n, as_of, expires, test, second)


def _why_not_yet(h: Hypothesis, common: _Common, frequency: Frequency) -> str:
    if common.is_enough:
        return unmoved(common.n, h.driver_name, h.outcome_name, frequency)
    if common.is_panel:
        return too_few_units(len(common.pair.x), PANEL, frequency)
    last = common.pair.periods[-1] if common.n else None
    return not_yet(common.n, h.driver_name, h.outcome_name, last, frequency)
