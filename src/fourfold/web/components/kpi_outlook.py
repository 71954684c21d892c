"""What a KPI's page says about where it is going: usual range, unusual points, fan, chance, signals, track record."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from fourfold.access.roles import Action
from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Kpi
from fourfold.engine.outlook import Chance, Outlook, Way
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.signals import Phase, Variation, Words
from fourfold.engine.signals.wording import sentences
from fourfold.graphics.trend import Fan, Limits
from fourfold.records.queries.kpi import KpiPage
from fourfold.records.queries.outlook import KpiOutlook, is_own_view
from fourfold.records.queries.structure import slug
from fourfold.web.address import Here, path
from fourfold.web.components.dates import day_text
from fourfold.web.components.drawings import format_of
from fourfold.web.components.period import month_name

#: So many signals are told, the newest ones.
TOLD: Final = 6
#: At least so many periods of a forecast are drawn, however near the end of the fiscal year is.
SHORTEST: Final = 3
LEVELS: Final = (0.50, 0.80, 0.95)
#: What changed, in words, by the cause of a step.
CAUSES: Final = {
    "process": "the work is done differently",
    "definition": "the KPI counts something else",
    "data": "the figures are collected differently",
    "external": "the world around has changed",
}
_NOUNS: Final = {
    Frequency.DAY: "day", Frequency.WEEK: "week", Frequency.MONTH: "month", Frequency.QUARTER: "quarter",
    Frequency.HALF: "half-year", Frequency.YEAR: "year",
}  # fmt: skip


def drawn(page: KpiPage) -> Outlook | None:
    """The outlook, where the page shows the KPI's own periods; sums and means of them have no usual range."""
    return page.ahead.outlook if page.ahead and is_own_view(page.scope, page.kpi) else None


def limits_of(page: KpiPage, length: int) -> list[Limits]:
    """The usual range in the last `length` periods, one for each stretch of it; none from fewer than 12 figures."""
    outlook = drawn(page)
    if outlook is None or page.ahead is None or (reading := outlook.reading) is None:
        return []
    until = page.scope.period.ordinal
    if reading.phase is not Phase.LOCKED:  # trial limits move with each figure and are said in words
        last = _last_step(page.ahead, page.kpi)
        if last is None:
            return []
        until = last.ordinal - 1
    begin = outlook.periods[0].ordinal
    first = page.scope.period.ordinal - length + 1
    rows = zip(reading.centre.tolist(), reading.lower.tolist(), reading.upper.tolist(), strict=True)
    found: list[Limits] = []
    for place, (centre, lower, upper) in enumerate(rows):
        index = begin + place - first
        if begin + place > until or not all(map(math.isfinite, (centre, lower, upper))):
            continue
        if found and _is_same(found[-1], centre, lower, upper) and index > 0:
            found[-1] = found[-1]._replace(end=index)
        elif index <= 0:
            found = [Limits(centre, lower, upper, 0, 0)]
        else:
            found.append(Limits(centre, lower, upper, index, index))
    return list(_joined(found, until - first))


def _is_same(limit: Limits, *lines: float) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) for a, b in zip(limit[:3], lines, strict=True))


def _joined(found: list[Limits], last: int) -> Iterator[Limits]:
    """Stretches that meet the next one, and a last one that goes on to the end of what is judged by it."""
    for i, limit in enumerate(found):
        if i + 1 < len(found) and found[i + 1].start == (limit.end or 0) + 1:
            yield limit._replace(end=None)
        else:
            yield limit._replace(end=last) if i + 1 == len(found) else limit


def _last_step(ahead: KpiOutlook, kpi: Kpi) -> Period | None:
    if not ahead.steps:
        return None
    return ahead.outlook.periods[0].calendar.parse(ahead.steps[-1].since, kpi.frequency)


def special_of(page: KpiPage, length: int) -> list[int]:
    """The unusual points among the last `length` periods, by index."""
    outlook = drawn(page)
    if outlook is None or outlook.reading is None:
        return []
    first = page.scope.period.ordinal - length + 1
    begin = outlook.periods[0].ordinal
    marked = (begin + place for place, label in enumerate(outlook.reading.label.tolist()) if label)
    return [ordinal - first for ordinal in marked if first <= ordinal <= page.scope.period.ordinal]


def fan_of(page: KpiPage) -> tuple[list[Period], list[Fan]]:
    """The forecast of the periods after the one shown, to the end of the fiscal year; empty without an interval."""
    outlook = drawn(page)
    if outlook is None or outlook.origin is None or outlook.forecast.scale is None:
        return [], []
    made, shown = outlook.forecast, page.scope.period.ordinal - outlook.origin.ordinal
    end = outlook.prospect.period.ordinal - outlook.origin.ordinal if outlook.prospect else made.horizon
    steps = range(shown + 1, min(max(end, shown + SHORTEST), made.horizon) + 1)
    halves = [made.half_widths(level) for level in LEVELS]
    fans = [Fan(made.mean[h - 1], *(half[h - 1] for half in halves)) for h in steps]
    return [made.period(h) for h in steps], fans


def wanted_ahead(page: KpiPage, count: int) -> tuple[list[float | None], list[float | None]]:
    """Target and, of a band, lower edge of the forecast periods drawn."""
    outlook = drawn(page)
    if outlook is None or outlook.origin is None:
        return [], []
    shown = page.scope.period.ordinal - outlook.origin.ordinal
    pairs = outlook.wanted[shown : shown + count]
    if page.kpi.polarity is Polarity.IN_RANGE:
        return [_finite(high) for _, high in pairs], [_finite(low) for low, _ in pairs]
    side = 1 if page.kpi.polarity is Polarity.LOWER_BETTER else 0
    return [_finite(pair[side]) for pair in pairs], []


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def chance_words(page: KpiPage) -> str:
    """The chance to end the fiscal year where it is wanted: "Unlikely: 10% chance of reaching 78.0% by March"."""
    chance = page.ahead.outlook.chance if page.ahead else None
    if chance is None or chance.percent is None:
        return ""
    likely = chance.word.capitalize()
    return f"{likely}: {chance.percent}% chance of {_reached(page.kpi, chance)}.{_needed_words(page, chance)}"


def _needed_words(page: KpiPage, chance: Chance) -> str:
    """What the next period must bring for that, beside its forecast: " For that Nov 2026 must bring £3.1m (…)."."""
    made = page.ahead.outlook.forecast if page.ahead else None
    if page.ahead is None or made is None or chance.needed is None or not made.mean:
        return ""
    if page.ahead.outlook.is_out_of_reach:
        return " It is out of reach by now."
    fmt, most = format_of(page.kpi), "at most " if math.isinf(chance.low) else ""
    need = f"{most}{fmt.short(chance.needed)}"
    return f" For that {made.period(1).label} must bring {need} (forecast {fmt.short(made.mean[0])})."


def _reached(kpi: Kpi, chance: Chance) -> str:
    fmt, year = format_of(kpi), chance.end.within(Frequency.YEAR).label
    what = "a mean of " if chance.way is Way.MEAN else ""
    when = f"in {month_name(chance.end)}" if chance.way is Way.LEVEL else f"in {year}"
    if math.isinf(chance.high):
        if chance.way is Way.LEVEL:
            return f"reaching {fmt.short(chance.low)} by {month_name(chance.end)}"
        return f"{what or 'reaching '}{fmt.short(chance.low)}{' or more' if what else ''} {when}"
    if math.isinf(chance.low):
        return f"{what}{fmt.short(chance.high)} or less {when}"
    return f"{what or 'being '}between {fmt.short(chance.low)} and {fmt.short(chance.high)} {when}"


def signals_of(here: Here, page: KpiPage) -> dict[str, Any] | None:
    """The section about signals: what they are, confirmed steps, track record, and the way to a new step."""
    if page.ahead is None:
        return None
    outlook, fmt = page.ahead.outlook, format_of(page.kpi)
    reading, noun = outlook.reading, _NOUNS[page.kpi.frequency]
    said: list[str] = []
    if reading is not None:
        words = Words([p.label for p in outlook.periods], fmt.short, noun)
        newest = replace(reading, signals=reading.signals[-TOLD:])
        said = [sentence for sentence in sentences(newest, words) if sentence != f"{reading.headline}."]
    said += [_step_words(here, page.kpi, page.ahead, i) for i in range(len(page.ahead.steps))]
    if outlook.forecast.lack:
        said.append(outlook.forecast.lack.value)
    if page.ahead.track is not None:
        said.append(_track_words(page.ahead, noun))
    is_told = reading is not None and reading.variation not in (Variation.NONE, Variation.TRIAL)
    may_confirm = page.scope.may(Action.RECORD, kpi=page.kpi)
    return {
        "headline": reading.headline if reading is not None and is_told else "",
        "said": said,
        "step_url": _step_url(here, page) if reading is not None and may_confirm else "",
        "is_suggested": reading is not None and reading.suggestion is not None,
    }


def _step_words(here: Here, kpi: Kpi, ahead: KpiOutlook, i: int) -> str:
    """A confirmed step: since when, why, what happened, who says so."""
    step = ahead.steps[i]
    since = ahead.outlook.periods[0].calendar.parse(step.since, kpi.frequency)
    person = here.scope.structure.people.get(step.by or "")
    by = ", ".join(part for part in (person.name if person else "", day_text(step.date or "")) if part)
    note = f" {step.note.rstrip('.')}." if step.note else ""
    return f"Confirmed: since {since.label} {CAUSES[step.cause]}.{note}{f' ({by})' if by else ''}"


def _track_words(ahead: KpiOutlook, noun: str) -> str:
    """What forecasts were worth: those that were kept, or those that would have been made."""
    track = ahead.track
    assert track is not None
    if track.kept:
        return f"Of the last {track.outcomes} forecasts one {noun} ahead, {track.inside} came within the 80% range."
    past = f"{track.inside} of the last {track.outcomes} figures came within the 80% range"
    return f"Tried on the past: {past} of a forecast made one {noun} before."


def _step_url(here: Here, page: KpiPage) -> str:
    return here.at(path("steps", page.pk, slug(page.kpi.name)), here.place())
