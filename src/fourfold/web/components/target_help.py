"""What helps with a target while it is typed: what the figures propose, its way drawn, and how it scores."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Kpi, Target
from fourfold.engine.definitions.base import Definition
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.probability import likelihood, percent_shown
from fourfold.engine.score_points import score_points
from fourfold.engine.target_blocks import glide as glide_values
from fourfold.graphics.glide import glide
from fourfold.graphics.score_curve import score_curve
from fourfold.graphics.svg import Svg
from fourfold.records.queries.own_series import series_of
from fourfold.records.queries.questions import proposals_of
from fourfold.records.ready import Ready
from fourfold.scorecard.target_proposals import TargetProposals
from fourfold.web.address import Here
from fourfold.web.components.drawings import format_of
from fourfold.web.components.numbers import NBSP
from fourfold.web.forms.amendment import AmendmentForm

_MOST, _BEFORE = 60, 12  # periods that are drawn: of the way, and of figures before it


def target_help(here: Here, ready: Ready, form: AmendmentForm, now: Definition | None) -> dict[str, Any]:
    """Proposals and drawings for the target in the form; what cannot be told yet is left out."""
    kpi = ready.definitions.kpi.get(form.shown("kpi") or getattr(now, "kpi", ""))
    if kpi is None or kpi.code in here.scope.closed:
        return {}
    typed = AmendmentForm(form.noun, form.before, form.given, form.layout, form.prefix, form.start).read()
    target = typed if isinstance(typed, Target) else None
    known = kpi.code in here.scope.structure.kpi_pk
    found = proposals_of(here.scope, kpi) if known else None
    return {
        "kpi": kpi.name,
        "proposals": [] if found is None else _rows(found, kpi),
        "notes": () if found is None else found.sheets[0].notes,
        "glide": None if target is None else _glide(here, kpi, target, known=known),
        "curve": None if target is None else _curve(kpi, target),
        "chance": "" if found is None or target is None or target.value is None
        else _chance(found.working.chance(float(target.value))),
    }


def _rows(found: TargetProposals, kpi: Kpi) -> list[dict[str, str]]:
    fmt = format_of(kpi)
    return [
        {"from": p.way.value.replace("_", " "), "name": p.name, "value": fmt.short(p.value), "because": p.because,
         "chance": _chance(found.working.chance(p.value)), "raw": f"{p.value:.{kpi.decimals}f}"}
        for p in found.items
    ]  # fmt: skip


def _chance(p: float) -> str:
    """How likely a value is reached, in words and in steps of 5 %."""
    shown = percent_shown(p)
    return "" if shown is None else f"{likelihood(p)}, {shown}{NBSP}%"


def _glide(here: Here, kpi: Kpi, target: Target, *, known: bool) -> Svg | None:
    """The target of each period until it is due (a year without that), over the last figures before it."""
    calendar = here.scope.structure.calendar
    try:
        since = calendar.parse(target.since, kpi.frequency)
        due = calendar.parse(target.due, kpi.frequency) if target.due else since.shift(kpi.frequency.per_year - 1)
    except PeriodError:
        return None
    count = due.ordinal - since.ordinal + 1
    if target.value is None or not 1 <= count <= _MOST:
        return None
    periods = calendar.range(since, due)
    try:
        wanted = [float(v) for v in glide_values(target, kpi, periods, 0)]
    except (PeriodError, ValueError, IndexError):
        return None
    before, actual = _figures(here, kpi, since, due) if known else ([], [])
    blank: list[float | None] = [None] * len(before)
    first = since.shift(-len(before))
    label = f"The way from {wanted[0]:g} in {since.label} to {wanted[-1]:g} in {due.label}"
    return glide([*blank, *wanted], [*before, *actual], (first.label, due.label), fmt=format_of(kpi).short, label=label)


def _figures(here: Here, kpi: Kpi, since: Period, due: Period) -> tuple[list[float | None], list[float | None]]:
    """The figures of the year before the target, and those on its way so far."""
    at = here.scope.run.as_of or timezone.now()
    now = here.scope.structure.calendar.period(kpi.frequency, here.scope.month.last_day)
    series = series_of(here.scope, kpi, now, at)
    values = {p.ordinal: None if v != v else float(v) for p, v in zip(series.periods, series.values, strict=True)}
    before = [values.get(since.ordinal - i) for i in range(_BEFORE, 0, -1)]
    while before and before[0] is None:
        before.pop(0)
    return before, [values.get(ordinal) for ordinal in range(since.ordinal, due.ordinal + 1)]


def _curve(kpi: Kpi, target: Target) -> Svg | None:
    """The score of every figure, where target and red line are given."""
    found = score_points(target)
    if found is None or kpi.polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER):
        return None
    fmt = format_of(kpi).short
    label = "Scores: " + ", ".join(f"{score:g} at {fmt(figure)}" for figure, score in found.anchors)
    return score_curve(found.figures, found.scores, found.anchors, fmt=fmt, label=label)
