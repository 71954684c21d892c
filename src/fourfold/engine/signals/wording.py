"""Signals in words. A signal is a signal, not a failing: whether it is good or bad news, and why, people say.

Source: methodology §5.4, §5.6, §5.7, §5.8, §7.3. `BANNED` lists words that no generated text may have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fourfold.engine.signals.charts import Phase
from fourfold.engine.signals.limits import LOCKED, TRIAL
from fourfold.engine.signals.patterns import HIGH, LOW, Signal
from fourfold.engine.signals.readings import Between, Reading, Remark
from fourfold.engine.signals.rules import Rule
from fourfold.engine.signals.scales import Scale
from fourfold.engine.words import counted

#: A chart can say that something changed, never why: these words say more, or blame.
BANNED: Final = ("problem", "problems", "proves", "proof", "causes", "caused", "drives", "driven", "failure", "blame")


def plain_number(x: float) -> str:
    """A number with four digits that count, and a true minus.

    >>> plain_number(-38.976), plain_number(1234567.0)
    ('−38.98', '1,234,567')
    """
    text = f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}"
    return text.replace("-", "−")


def day_number(x: float) -> str:
    """So many days, in halves below ten.

    >>> day_number(3.5), day_number(41.2)
    ('3.5', '41')
    """
    return f"{round(2 * x) / 2:g}" if x < 10 else f"{x:,.0f}"


@dataclass(frozen=True, slots=True)
class Words:
    """How things are written: the names of the periods (`period 1` and so on without), numbers, one period."""

    periods: Sequence[str] = ()
    number: Callable[[float], str] = plain_number
    period: str = "period"

    def at(self, place: int) -> str:
        """The name of a period."""
        return self.periods[place] if self.periods else f"{self.period} {place + 1}"


def sentences(reading: Reading, words: Words) -> tuple[str, ...]:
    """A reading in sentences: the limits, each signal, what is suggested, the target, what is to be known."""
    between = reading.between
    said = [_limits(reading, words)] if between is None else _between(reading, between)
    said += [signal_sentence(signal, words, _judged(reading)) for signal in reading.signals]
    said += _suggestions(reading, words)
    if reading.assurance:
        said.append(f"{reading.headline}.")
    said += [r.value.format(period=words.period) for r in reading.remarks if r is not Remark.BETWEEN]
    return tuple(said)


def _limits(reading: Reading, words: Words) -> str:
    """How far the series is, and its usual range."""
    n = reading.count
    if reading.scale is Scale.NONE:
        return "There is no usual range for counts as small as these."
    if reading.phase is Phase.NOTHING and n >= TRIAL:
        return "Too few figures follow one another without a gap for a usual range."
    if reading.phase is Phase.NOTHING:
        few = f"{counted(n, 'figure')}: too few points for a usual range"
        return f"{few}; it takes {TRIAL} for trial limits, {LOCKED} for signals."
    known = np.flatnonzero(np.isfinite(reading.lower))
    low, high = (words.number(float(a[known[-1]])) for a in (reading.lower, reading.upper)) if known.size else ("", "")
    if reading.phase is Phase.TRIAL:
        return f"Trial limits from {n} figures: {low} to {high}. They move with each figure and give no signals yet."
    usual = f"The usual range is {low} to {high}."
    return usual if reading.signals or not _is_judged(reading) else f"{usual} No signal."


def _between(reading: Reading, between: Between) -> list[str]:
    """How long it usually takes from one event to the next, and how long it is since the last one."""
    n, usual, locked = reading.count, between.usual, reading.phase is Phase.LOCKED
    limits = "" if usual is None else f"{day_number(usual[0])} to {day_number(usual[2])} days"
    some = f"{n} interval{'' if n == 1 else 's'} between events"
    if usual is None:
        said = [f"{some}: it takes {TRIAL} for trial limits, {LOCKED} for signals."]
    elif not locked:
        said = [f"Trial limits from {some}: {limits}. They move with each event and give no signals yet."]
    else:
        quiet = " No signal." if not reading.signals and _is_judged(reading) else ""
        said = [f"From one event to the next it usually takes {limits}.{quiet}"]
    said.insert(0, Remark.BETWEEN.value)
    if between.since is not None:
        long = locked and usual is not None and between.since > usual[2]
        said.append(f"The last event was {day_number(between.since)} days ago{', longer than usual' if long else ''}.")
    return said


def _judged(reading: Reading) -> str:
    """What the points of the chart are called."""
    return "figures" if reading.between is None else "intervals"


def _is_judged(reading: Reading) -> bool:
    return bool(reading.variation)


_RULES: Final = {
    Rule.TREND_7: "{n} {them} in a row {way}",
    Rule.TREND_6: "{n} {them} in a row {way}",
    Rule.TWO_OF_THREE: "two of three {them} far {side} the centre",
    Rule.TWO_OF_THREE_NHS: "two of three {them} close to the {limit} limit",
    Rule.FOUR_OF_FIVE: "four of five {them} well {side} the centre",
    Rule.RUN_7: "{n} {them} in a row {side} the centre",
    Rule.RUN_8: "{n} {them} in a row {side} the centre",
    Rule.RUN_9: "{n} {them} in a row {side} the centre",
    Rule.ALTERNATING_14: "{n} {them} going up and down in turn",
    Rule.WITHIN_15: "{n} {them} in a row unusually close to the centre",
    Rule.BEYOND_8: "{n} {them} in a row away from the centre, on both sides",
}


def signal_sentence(signal: Signal, words: Words, them: str = "figures") -> str:
    """One signal in words; `them` is what is judged.

    >>> signal_sentence(Signal(Rule.RUN_8, 19, tuple(range(12, 20)), HIGH), Words())
    'Signal at period 20: 8 figures in a row above the centre, since period 13.'
    """
    side, n = {HIGH: "above", LOW: "below"}.get(signal.side, ""), len(signal.points)
    limit, way = ("upper", "rising") if signal.side == HIGH else ("lower", "falling")
    place = f"Signal at {words.at(signal.at)}: "
    if signal.rule is Rule.OUTSIDE:
        what = f"{side} the {limit} limit"
        return f"{place}{what}." if n == 1 else f"{place}{n} {them} in a row {what}."
    what = _RULES[signal.rule].format(n=n, them=them, side=side, limit=limit, way=way)
    return f"{place}{what}, since {words.at(signal.points[0])}."


def _suggestions(reading: Reading, words: Words) -> list[str]:
    """What somebody might do about the limits."""
    said = []
    if (new := reading.suggestion) is not None:
        number = words.number if reading.between is None else lambda days: f"{day_number(days)} days"
        where = f"Since {words.at(new.start)} the {_judged(reading)} lie around {number(new.centre)}"
        off = f"{plain_number(round(abs(new.shift), 1))} sigma {'above' if new.shift > 0 else 'below'} the centre"
        limits = f"{number(new.lower)} to {number(new.upper)}"
        said.append(f"{where}, {off}. If you know what changed and it will last, begin new limits there: {limits}.")
    if reading.relock:
        again = f"on {reading.relock} {_judged(reading)}"
        said.append(f"No signal since the limits were locked: they can be locked again, {again}.")
    return said
