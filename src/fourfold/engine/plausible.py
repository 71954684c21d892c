"""Is this figure like those before it? What a person is told beside a figure they enter (methodology §2.6, §9.4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Period
from fourfold.engine.scoring import Polarity, boolean, kpi_status, linear_anchor, on_cut, ordinal
from fourfold.engine.statuses import Status

#: So many natural sigmas from what is usual, a figure is asked about before it is recorded.
SUDDEN: Final = 6.0
#: The shortest explanation of a figure that needs one (methodology §9.4).
SHORTEST_NOTE: Final = 20


def number_of(
    kpi: Kpi, value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None
) -> float | None:
    """What a recorded figure comes to: a ratio is its factor times numerator by denominator; None where it is none."""
    if numerator is not None and denominator:
        return float(kpi.factor * numerator / denominator)
    return None if value is None else float(value)


class UsualRange(NamedTuple):
    """The natural limits of a KPI in a period, what is usual between them, and its natural sigma."""

    low: float
    centre: float
    high: float
    sigma: float

    def holds(self, value: float) -> bool:
        """True where the figure is no signal by itself; on the line to 1e-9 is inside."""
        slack = 1e-9 * max(abs(self.low), abs(self.high), 1e-300)
        return self.low - slack <= value <= self.high + slack

    def is_sudden(self, value: float) -> bool:
        """True where it is so far from what is usual that a slip is likelier than a change."""
        return self.sigma > 0 and abs(value - self.centre) > SUDDEN * self.sigma


class Wanted(NamedTuple):
    """What a figure is judged against: target and red line, or the edges of a band."""

    target: float | None = None
    red_line: float | None = None
    low: float | None = None
    high: float | None = None


#: Lines of a chart where they change: the place of a period, and lower limit, centre, upper limit, sigma from there on.
Lines = Sequence[Sequence[float | None]]


def usual_range(lines: Lines, first: Period, count: int, period: Period) -> UsualRange | None:
    """The limits that a chart of `count` periods from the first one has for a period; None where it has none.

    What comes after its last period has those of the last one, or, where limits follow the season, those of the same
    period a year before.

    >>> from fourfold.engine.periods import Calendar
    >>> january = Calendar().parse("2026-01")
    >>> usual_range([[0, None, None, None, None], [4, 20.0, 25.0, 30.0, 1.7]], january, 8, january.shift(9)).low
    20.0
    """
    at, year = period.ordinal - first.ordinal, period.frequency.season
    if at < 0:
        return None
    last = count - 1
    if at > last:
        is_seasonal = any(place > last - year + 1 for place, *_ in lines)  # type: ignore[operator]
        at = last - year + 1 + (at - last - 1) % year if is_seasonal and last >= year else last
    found = [numbers for place, *numbers in lines if place <= at]  # type: ignore[operator]
    if not found or None in found[-1]:
        return None
    return UsualRange(*(float(number) for number in found[-1] if number is not None))


def status_of(kpi: Kpi, value: float, wanted: Wanted) -> Status:
    """The status that a figure has by itself; UNSCORED where nothing judges it, as evaluating it will say too.

    >>> kpi = Kpi(code="wait", name="Wait", polarity=Polarity.LOWER_BETTER)
    >>> [status_of(kpi, x, Wanted(30.0, 40.0)).name for x in (28.0, 35.0, 41.0)]
    ['ON', 'NEAR', 'OFF']
    """
    if kpi.polarity is Polarity.NEUTRAL:
        return Status.UNSCORED
    if kpi.kind is MeasureKind.BOOLEAN:
        return Status(int(kpi_status(boolean(value, polarity=kpi.polarity))))
    if kpi.kind is MeasureKind.ORDINAL:
        table = {float(i): score for i, score in enumerate(kpi.levels.values(), start=1)}
        return Status(int(kpi_status(ordinal(value, table))))
    tolerance = float(kpi.tolerance)
    if wanted.low is not None and wanted.high is not None:
        inside = wanted.low - tolerance <= value <= wanted.high + tolerance
        return Status.ON if inside else Status.UNSCORED
    if wanted.target is None or wanted.red_line is None:
        return Status.UNSCORED
    score = linear_anchor(value, wanted.red_line, wanted.target, polarity=kpi.polarity, tolerance=tolerance)
    return Status(int(kpi_status(score, on_cut(wanted.target, wanted.red_line, tolerance))))


class Why(StrEnum):
    """Why a figure needs an explanation."""

    OFF_TARGET = "off_target"
    UNUSUAL = "unusual"

    @property
    def words(self) -> str:
        """What is said of such a figure."""
        return "It is off target" if self is Why.OFF_TARGET else "It is unusual"


def why_explain(rule: str, status: Status | None, value: float, usual: UsualRange | None) -> Why | None:
    """Why a figure needs an explanation by a rule of the organisation or the KPI (methodology §9.4); None where not.

    No comment is asked on noise: a figure inside its usual range that is not off target needs none, nor does one that
    nothing judges.

    >>> why_explain("off_target_or_unusual", Status.OFF, 3.0, None).words
    'It is off target'
    >>> why_explain("off_target", Status.ON, 99.0, UsualRange(1.0, 2.0, 3.0, 0.3)) is None
    True
    """
    if rule in ("off_target", "off_target_or_unusual") and status is Status.OFF:
        return Why.OFF_TARGET
    is_signal = usual is not None and not usual.holds(value)
    return Why.UNUSUAL if rule in ("unusual", "off_target_or_unusual") and is_signal else None


def needs_words(note: str) -> bool:
    """True where an explanation is too short to be one."""
    return len(note.strip()) < SHORTEST_NOTE


def extreme(value: float, before: Sequence[float | None]) -> tuple[str, int]:
    """`highest` or `lowest` and in how many figures; nothing where some figure before it went as far.

    >>> extreme(9.0, [4.0, None, 7.0, 5.0])
    ('highest', 4)
    """
    known = [x for x in before if x is not None]
    if known and value > max(known):
        return "highest", len(known) + 1
    if known and value < min(known):
        return "lowest", len(known) + 1
    return "", 0
