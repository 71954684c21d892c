"""What signals, forecasts, evidence, proposals and questions say about awkward series is what they said before.

Short ones, flat ones, whole numbers with ties, gaps, steps, seasons, memories: where methods have their thresholds.
As in `test_answers.py` the answers have no oracle here; they tell whoever changes something what else it changed, and
`FOURFOLD_SNAPSHOTS=write` writes them anew.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import Path

import numpy as np
import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Floats
from fourfold.engine.evidence import Hypothesis, Pair, evidence_of, granger, step
from fourfold.engine.forecasts import forecast, hindcast
from fourfold.engine.gaming import bunching, digit_preference, exact_hits, one_sided, too_smooth
from fourfold.engine.periods import Calendar, Frequency, Period
from fourfold.engine.signals import RULE_SETS, Cause, Chart, Nature, Season, Segment, read_signals, refusals
from fourfold.engine.target_proposals import best_half_life, from_forecast, from_history

HERE = Path(__file__).parent / "awkward_series"
WRITE = os.environ.get("FOURFOLD_SNAPSHOTS") == "write"
NAN, LATER = float("nan"), date(2090, 1, 1)
POLARITIES = (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER, Polarity.IN_RANGE)


def series() -> dict[str, Floats]:
    """Each with its name; two decimals at most, so that equal figures occur."""
    rng = np.random.default_rng(20261128)
    noise, wave = rng.standard_normal(60), 4 * np.sin(np.arange(60) * np.pi / 6)
    memory = np.zeros(60)
    for t in range(1, 60):
        memory[t] = 0.7 * memory[t - 1] + noise[t]
    made = {
        "calm": 50 + noise[:40], "wide": 500 * noise[:30], "rising": 20 + 0.6 * np.arange(36) + noise[:36],
        "falling": 90 - 0.4 * np.arange(30) + noise[20:50], "step": 50 + noise[:36] + 4 * (np.arange(36) >= 24),
        "back": 50 + noise[:36] + 5 * ((np.arange(36) >= 16) & (np.arange(36) < 26)),
        "outlier": 50 + noise[:24] + 9 * (np.arange(24) == 19),
        "season": 50 + wave[:48] + noise[:48], "growing season": (100 + np.arange(60)) * (1 + wave / 20) + noise,
        "memory": 50 + 3 * memory, "counts": rng.poisson(4.0, 30), "rare": rng.poisson(0.6, 30),
        "very rare": rng.poisson(0.15, 30),
        "many": rng.poisson(40.0, 26), "skewed": np.exp(1 + noise[:30]), "waits": rng.exponential(8.0, 26),
        "shares": np.clip(60 + 25 * noise[:30], 0, 100),
        "ties": rng.integers(0, 4, 26), "tens": 10 * rng.integers(3, 9, 30), "flat": np.full(20, 7.0),
        "almost flat": np.where(np.arange(20) == 11, 8.0, 7.0), "two": np.resize([1.0, 2.0], 18),
        "smooth": 50 + 0.1 * noise[:36] + 3 * noise[:36] * (np.arange(36) < 18), "zeros": np.zeros(12),
        "negative": -40 + noise[:20], "decay": 100 * 0.9 ** np.arange(24) + 5,
    }  # fmt: skip
    gaps = 50 + 2 * noise[:40]
    gaps[[0, 5, 6, 17, 30, 39]] = NAN
    made |= {"gaps": gaps, "mostly gaps": np.where(np.arange(30) % 4 == 0, 50 + noise[:30], NAN)}
    made |= {f"first {n}": 50 + 2 * noise[:n] for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 19, 20, 24, 25)}
    return {name: np.round(np.asarray(values, np.float64), 2) for name, values in made.items()}


SERIES = series()


def months(count: int, frequency: Frequency = Frequency.MONTH) -> tuple[Period, ...]:
    first = Calendar().period(frequency, date(2020, 1, 1))
    return tuple(first.shift(i) for i in range(count))


def said(thing: object) -> str:
    """Any answer in one line, numbers with seven digits; of a long row its sum and the newest two."""
    if isinstance(thing, Enum):
        return thing.name
    if isinstance(thing, np.ndarray):
        newest = said(thing.tolist() if thing.ndim != 1 or len(thing) < 6 else thing[-2:].tolist())
        return newest if thing.ndim != 1 or len(thing) < 6 else f"{said(float(np.nansum(thing)))} … {newest}"
    if isinstance(thing, float):
        return "0" if abs(thing) < 1e-9 else f"{thing:.7g}"
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        names = [field.name for field in dataclasses.fields(thing) if field.name not in ("question", "offers", "valid")]
        return said({name: getattr(thing, name) for name in names})
    if isinstance(thing, Mapping):
        return "{" + ", ".join(f"{key}: {said(value)}" for key, value in thing.items()) + "}"
    return "(" + ", ".join(map(said, thing)) + ")" if isinstance(thing, list | tuple) else str(thing)


def signals() -> Iterator[str]:
    """By set of rules, nature, season and polarity: half of all there are."""
    charts = {f"rules {name}": Chart(rules=rules) for name, rules in RULE_SETS.items()}
    charts |= {f"as {nature.value}": Chart(nature=nature) for nature in Nature}
    charts["declared season"] = Chart(season=Season(mode="declared"))
    charts["season that divides"] = Chart(season=Season(mode="declared", divides=True))
    charts["season of 4"] = Chart(season=Season(period=4))
    charts["valid"] = Chart(valid=(48.0, 53.0), resolution=0.5)
    for offset, (name, values) in enumerate(SERIES.items()):
        for number, (kind, chart) in enumerate(charts.items()):
            if (offset + number) % 2:
                continue
            target = float(np.nanmean(values)) + number % 3 - 1
            polarity = POLARITIES[number % 3]
            goal = (target, target + 5) if polarity is Polarity.IN_RANGE else target
            found = read_signals(values, chart, polarity=polarity, target=goal)
            yield f"{name}, {kind}: {said(found)}"
        cut = (Segment(), Segment(len(values) // 2, Cause.PROCESS, lasts=True)) if len(values) > 6 else ()
        yield f"{name}, cut: {said(read_signals(values, segments=cut, target=50.0, target_ahead=55.0))}"


def rates() -> Iterator[str]:
    """Shares and events by exposure, with even and uneven denominators."""
    rng = np.random.default_rng(4)
    for name, bottom in {"even": rng.integers(90, 120, 26), "uneven": rng.integers(20, 300, 26)}.items():
        for rate in (0.02, 0.5, 0.97, 3.0):
            top = np.minimum(rng.poisson(rate * bottom), bottom) if rate < 1 else rng.poisson(rate * bottom)
            values = np.round(100.0 * top / bottom, 2)
            found = read_signals(values, Chart(nature=Nature.RATE), numerator=top * 1.0, denominator=bottom * 1.0)
            yield f"{name}, {rate}: {said(found)}"


def segments() -> Iterator[str]:
    """Why limits may not be set anew there."""
    for name, values in SERIES.items():
        for start in (0, 6, 12, 20):
            for after in (0, 8):
                if after <= start < len(values):
                    given = Segment(start, Cause.PROCESS, lasts=True, approved=after == 0, sloped=start == 12)
                    for polarity in POLARITIES[:2]:
                        found = refusals(values, given, after=after, polarity=polarity)
                        yield f"{name}, {start} after {after}, {polarity}: {said(found)}"


def forecasts() -> Iterator[str]:
    """By month, quarter, week and year; with bounds; and what they would have said before."""
    frequencies = (Frequency.MONTH, Frequency.QUARTER, Frequency.WEEK, Frequency.YEAR)
    for name, values in SERIES.items():
        for number, frequency in enumerate(frequencies):
            periods = months(len(values), frequency)
            (found,) = forecast(
                values[None], periods, as_of=LATER, horizon=5, valid_min=np.array([0.0]),
                valid_max=np.array([55.0]), discrete=np.array([name == "two"]), since=np.array([8 * (number == 1)]),
            )  # fmt: skip
            parts = (found.method, found.lack, found.count, found.mean, found.upper80, found.lower95, found.replaced)
            yield f"{name}, {frequency}: {said(parts)}"
            yield f"    {said((found.scale, found.degrees, found.naive, found.naive_error))}"
            yield f"    {said(found.half_widths(0.5))} {said(found.interval(0.8))}"
            yield f"    {said(hindcast(values, periods, as_of=LATER))}"


def evidence() -> Iterator[str]:
    """Each pair of neighbours, with an effect put in or not."""
    long = {name: values for name, values in SERIES.items() if len(values) >= 24}
    names = list(long)
    for number, (one, other) in enumerate(itertools.pairwise(names)):
        n = min(len(long[one]), len(long[other]))
        x = long[one][:n]
        y = long[other][:n].copy()
        y[2:] += (number % 3) * np.nan_to_num(x[:-2])
        claim = Hypothesis("a>b", "a", "b", "A", "B", (1, -1)[number % 2], (1, 3))
        (found,) = evidence_of([(claim, Pair(x[None], y[None], months(n)))], as_of=date(2026, 11, 3), seed=1)
        yield f"{one}, {other}: {found.verdict} {found.text} {said(found.test)}"
        yield f"    {said(granger(x, y, 1 + number % 3))}"
        yield f"    {said(step(y, n // 2))}"


def proposals() -> Iterator[str]:
    """From history, from a forecast, and half-lives."""
    for name, values in SERIES.items():
        for polarity in POLARITIES:
            yield f"{name}, {polarity}: {said(from_history(values, polarity))}"
            level = float(np.nanmean(values))
            found = from_forecast(level, level - 2, level + 3, polarity, level=0.8, degrees=len(values))
            yield f"    {said(found)}"
        yield f"    {said(best_half_life(values, 0.0))} {said(best_half_life(values, 5.0))}"


def questions() -> Iterator[str]:
    """What the figures alone make one ask."""
    for name, values in SERIES.items():
        level, sigma = float(np.nanmedian(values)), float(np.nanstd(values))
        for polarity in POLARITIES:
            yield f"{name}, {polarity}: {said(bunching(values, level, sigma, polarity))}"
            yield f"    {said(one_sided(values[:-1], values[1:], polarity))}"
        yield f"    {said(exact_hits(values, level))} {said(exact_hits(values, level, 0.5))}"
        yield f"    {said(too_smooth(values))} {said(digit_preference(values))} {said(digit_preference(values, 0.1))}"


ANSWERS: dict[str, Callable[[], Iterator[str]]] = {
    ask.__name__: ask for ask in (signals, rates, segments, forecasts, evidence, proposals, questions)
}


@pytest.mark.parametrize("question", ANSWERS)
def test_the_answer_about_awkward_series_is_what_it_was(question: str) -> None:
    found = "\n".join(ANSWERS[question]()) + "\n"
    kept = HERE / f"{question}.txt"
    if WRITE:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(found, "utf-8")
    expected = kept.read_text("utf-8")
    for number, (is_, was) in enumerate(zip(found.splitlines(), expected.splitlines(), strict=False), 1):
        assert is_ == was, f"{kept.name} differs from line {number} on"
    assert len(found) == len(expected)
