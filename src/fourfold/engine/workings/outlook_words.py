"""An outlook in sentences."""

from __future__ import annotations

from fourfold.engine.definitions import Kpi
from fourfold.engine.outlook import Outlook, Way
from fourfold.engine.signals import Words
from fourfold.engine.signals.wording import plain_number, sentences

_OF: dict[Way, str] = {
    Way.LEVEL: "the figure of {}",
    Way.SUM: "the sum of the fiscal year up to {}",
    Way.MEAN: "the mean of the fiscal year up to {}",
}


def signal_words(found: Outlook, kpi: Kpi) -> list[str]:
    """The usual range, each signal, what is suggested, and what is to be known of the chart."""
    if found.reading is None:
        return ["Yes or no, levels, and KPIs without figures have no usual range."]
    labels = [p.label for p in found.periods]
    words = Words(periods=labels, number=lambda x: number(x, kpi), period=kpi.frequency.value)
    return list(sentences(found.reading, words))


def forecast_words(found: Outlook, kpi: Kpi) -> list[str]:
    """From what, by which method, how wide the interval is, and what comes next."""
    f = found.forecast
    if f.origin is None or not f.mean:
        return [str(f.lack) or "No forecast."]
    method = f.method.value.replace("_", " ")
    said = [f"From {f.count} figures up to {f.origin.label}, by the method “{method}”."]
    if f.replaced:
        said.append("The method ran away; the figures of a cycle ago, or the last one, stand in its place.")
    if f.scale is None:
        return [*said, *([str(f.lack)] if f.lack else []), f"{f.period(1).label}: {number(f.mean[0], kpi)}."]
    said.append(
        f"One {kpi.frequency.value} ahead such forecasts of it usually missed by {plain_number(f.scale)}; intervals "
        f"grow with the distance by the factors “{f.calibration.name}” (t, {f.degrees} degrees of freedom)."
    )
    for h in dict.fromkeys((1, f.horizon)):
        low, high = number(f.lower80[h - 1], kpi), number(f.upper80[h - 1], kpi)
        said.append(f"{f.period(h).label}: {number(f.mean[h - 1], kpi)}; four times in five {low} to {high}.")
    return said


def chance_words(found: Outlook, kpi: Kpi) -> list[str]:
    """What is expected, what is wanted, and how likely it is."""
    c = found.chance
    if c is None:
        return [f"There is no chance to tell: {_why_no_chance(found)}"]
    edges = {"at least": c.low, "at most": c.high}
    goal = " and ".join(f"{side} {number(x, kpi)}" for side, x in edges.items() if abs(x) != float("inf"))
    what = _OF[c.way].format(c.end.label)
    return [
        f"Wanted: {what} is {goal}.",
        f"The forecast leads to {number(c.expected, kpi)}. The chance is about {c.percent} % ({c.word}).",
        *_needed_words(found, kpi),
    ]


def _needed_words(found: Outlook, kpi: Kpi) -> list[str]:
    """What the next period must bring for a sum or mean still to be reached, beside its forecast."""
    c, made = found.chance, found.forecast
    if c is None or c.needed is None or not made.mean:
        return []
    if found.is_out_of_reach:
        return ["It is out of reach by now: no figure can be as low as the next ones would have to be."]
    most = "at most " if c.low == -float("inf") else ""
    said = f"For that {made.period(1).label} must bring {most}{number(c.needed, kpi)}, and the other periods their part"
    return [f"{said}; the forecast is {number(made.mean[0], kpi)}."]


def _why_no_chance(found: Outlook) -> str:
    f = found.forecast
    if f.lack and f.scale is None:
        return str(f.lack)
    return "there is no target for the end of the fiscal year, or it is farther away than a forecast reaches."


def number(x: float, kpi: Kpi) -> str:
    """A number with one decimal more than the KPI shows, its scale, and a % sign where it has one.

    >>> number(-1234.567, Kpi(code="k", name="K", unit="%", decimals=1))
    '−1,234.57%'
    """
    body = f"{x:,.{min(kpi.decimals + 1, 10)}f}".replace("-", "−")
    return f"{body}{'%' if kpi.unit == '%' else ''}{kpi.scale}"
