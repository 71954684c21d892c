"""The sections of a KPI's page as finished texts and drawings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils.timezone import localdate

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import State
from fourfold.engine.conversion import periods_shown, rates_used
from fourfold.engine.custom_fields import filled
from fourfold.engine.definitions import Initiative
from fourfold.engine.periods import Frequency
from fourfold.engine.statuses import Status
from fourfold.engine.target_revisions import history_until
from fourfold.graphics.bullet import Bound, bullet
from fourfold.graphics.gantt import gaxis, gbar
from fourfold.graphics.svg import Svg
from fourfold.records.queries.feeds import uses_sources
from fourfold.records.queries.kpi import KpiPage, Recorded, unit_given
from fourfold.records.queries.window import LENGTH, change, values
from fourfold.web.address import Here, path
from fourfold.web.components.approvals import restatement_row
from fourfold.web.components.benchmark import benchmark_words
from fourfold.web.components.dates import day_text, moment_text
from fourfold.web.components.drawings import band_of, format_of, gap_of, target_text, value_text, word_of
from fourfold.web.components.explanation import explanation_of
from fourfold.web.components.formula import formula_words
from fourfold.web.components.freshness import confidence_words, freshness_words, source_words
from fourfold.web.components.initiative import bar_of, bar_words, column_of, initiative_row
from fourfold.web.components.kpi_below import units_below
from fourfold.web.components.kpi_between import between_of
from fourfold.web.components.kpi_outlook import chance_words, fan_of, limits_of, signals_of, special_of
from fourfold.web.components.kpi_related import related_rows
from fourfold.web.components.kpi_trend import length_of, numbered, trends_of
from fourfold.web.components.lede import run_length
from fourfold.web.components.numbers import (
    DASH,
    NumberFormat,
    as_given,
    count_word,
    plain,
    plural,
    score_text,
    share_text,
)
from fourfold.web.components.period import full_name, initial, is_of_weeks, periods_noun

_GOOD: Final = {
    Polarity.HIGHER_BETTER: "higher",
    Polarity.LOWER_BETTER: "lower",
    Polarity.IN_RANGE: "inside its band",
    Polarity.NEUTRAL: "neither: it is shown and not judged",
}
_SIDE: Final = 292  # width of the column at the side


def sections_of(here: Here, page: KpiPage, length: int) -> dict[str, Any]:
    """What `kpi.html` shows, with a trend of at most the last `length` periods."""
    length = length_of(page, length)
    wide, narrow = trends_of(page, length)
    shown = {number for _, number in numbered(page, length)}
    return {
        "kpi": page.kpi,
        "period_name": full_name(page.scope.period),
        "head": _head(page),
        "has_values": any(c and c.value is not None for c in page.cells),
        "trend": wide,
        "trend_narrow": narrow,
        "has_target": any(c and c.target is not None for c in page.cells),
        "has_red_line": any(c and c.red_line is not None for c in page.cells),
        "trend_words": " ".join(filter(None, (_trend_words(page), chance_words(page)))),
        "has_fan": bool(fan_of(page)[1]),
        "has_range": bool(limits_of(page, length)),
        "has_special": bool(special_of(page, length)),
        "signals": signals_of(here, page),
        "between": between_of(page),
        "annotations": [
            (number, f"{period.label}, {note.title or note.text}", note.text if note.title else "")
            for number, (period, note) in enumerate(page.annotations, start=1)
            if str(number) in shown
        ],
        "comment": _comment(here, page),
        **units_below(here, page),
        "history": _history(page),
        "recorded": _recorded(here, page),
        "restated": [restatement_row(here, asked) for asked in page.restated],
        "explanation": explanation_of(page.kpi, page.now, _rates(page), source_words(page.scope, page.now)),
        "facts": _facts(here, page),
        "related": related_rows(here, page),
        "uses": [(o.name, here.objective(o), use) for o, use in page.uses],
        **_initiatives(here, page),
    }


def _rates(page: KpiPage) -> tuple[str, ...]:
    """The rates at which the unit's own figure was converted; what is rolled up was converted at the units below."""
    scope, structure = page.scope, page.scope.structure
    if page.below.count or scope.run.as_of is None:
        return ()
    periods = periods_shown(page.kpi, scope.period, to_date=scope.view == "ytd")
    currency = structure.settings[scope.unit.code].currency
    value = page.now.value if page.now else None
    return rates_used(page.kpi, currency, structure.organisation, periods, scope.run.as_of, value)


def _given_format(page: KpiPage) -> NumberFormat:
    """How figures are written that people gave: in the currency of the unit."""
    return NumberFormat(unit_given(page.scope, page.kpi), page.kpi.scale, page.kpi.decimals)


def _head(page: KpiPage) -> dict[str, Any]:
    kpi, now, fmt = page.kpi, page.now, format_of(page.kpi)
    status = now.status if now else Status.NO_DATA
    step = change(now.value if now else None, page.before.value if page.before else None)
    previous = page.scope.period.shift(-1).short_label
    trio = [
        ("Target", target_text(kpi, now)),
        ("Gap", fmt.change(gap_of(now))),
        (f"Since {previous}", fmt.change(step)),
    ]
    if page.scope.view == "month":
        trio.append(("Year to date", value_text(kpi, page.year_to_date)))
    value = now.value if now else None
    word = "" if value is None else word_of(kpi, value)
    return {
        "value": word or fmt.short(value).removesuffix(fmt.tail),
        "unit": "" if word or value is None else fmt.tail.strip() or fmt.noun,
        "status": status,
        "score": score_text(now.score) if now and now.score is not None else "",
        "bullet": _bullet(page),
        "trio": trio,
    }


def _bullet(page: KpiPage) -> Svg | str:
    kpi, now = page.kpi, page.now
    if now is None:
        return ""
    goal: Bound = band_of(now) or now.target
    if goal is None and now.value is None:
        return ""
    label = f"{value_text(kpi, now)} against a target of {target_text(kpi, now)}"
    return bullet(
        now.value, goal, now.red_line, status=now.status, previous=page.before.value if page.before else None,
        tolerance=float(kpi.tolerance), fmt=plain, label=label,
    )  # fmt: skip


def _trend_words(page: KpiPage) -> str:
    series = values(page.cells)
    run = run_length(series)
    if run < 3:
        return ""
    now, before = series[-1], series[-2]
    assert now is not None and before is not None
    return f"{'Rising' if now > before else 'Falling'} {count_word(run)} {periods_noun(page.scope)} in a row."


def _comment(here: Here, page: KpiPage) -> dict[str, Any] | None:
    note = page.comment
    if note is None:
        return None
    author = here.scope.structure.people.get(note.author or "")
    parts = (("Why", note.why), ("Action", note.action), ("Outlook", note.outlook), ("Note", note.text))
    by = ", ".join(part for part in (author.name if author else "", day_text(note.date or "")) if part)
    return {"by": by, "parts": [(name, text) for name, text in parts if text]}


def _history(page: KpiPage) -> dict[str, Any]:
    """The last 13 periods: figure, target, and of a ratio its two parts; a period with a correction is marked."""
    kpi, fmt, cells = page.kpi, format_of(page.kpi), page.cells[-LENGTH:]
    periods = [page.scope.period.shift(i - LENGTH + 1) for i in range(LENGTH)]
    corrected = {r.period for r in page.recorded if r.superseded_at is not None}
    unit = fmt.unit or ""
    actual = [fmt.bare(c.value) if c and c.value is not None else value_text(kpi, c) for c in cells]
    rows = [(f"Actual {unit}".strip(), actual, "")]
    rows.append((f"Target {unit}".strip(), [target_text(kpi, c).rstrip("%") for c in cells], "soft"))
    for name in ("numerator", "denominator"):
        parts = [getattr(c, name) if c else None for c in cells]
        if any(part is not None for part in parts):
            rows.append((name.capitalize(), [DASH if part is None else _whole(part) for part in parts], "soft"))
    rows.append(("Score", [score_text(c.score if c else None) for c in cells], "soft"))
    return {
        "heads": [(p.short_label, p.label, p.id in corrected) for p in periods],
        "rows": rows,
        "statuses": [c.status if c else Status.NO_DATA for c in cells],
    }


def _whole(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else plain(value)


def _recorded(here: Here, page: KpiPage) -> list[dict[str, Any]]:
    calendar = here.scope.structure.calendar
    rows: list[dict[str, Any]] = []
    organisation = here.scope.structure.organisation
    may_look = uses_sources(here.scope.person, here.scope.structure.pk)
    twice = {r.period for r in page.recorded if r.superseded_at is not None}
    for r in page.recorded:
        if r.period in twice or len(rows) < 6:
            by = r.by or r.source or (r.lineage.name if r.lineage else "Import")
            rows.append(
                {
                    "period": calendar.parse(r.period).label,
                    "figure": figure_text(page, r),
                    "is_current": r.superseded_at is None,
                    "at": moment_text(r.recorded_at),
                    "by": by,
                    "place": r.lineage.words(but=by) if r.lineage else "",
                    "run_url": path("feed_run", organisation.code, r.run) if r.run and may_look else "",
                    "rows_url": path("source_rows", organisation.code, r.pk) if r.run and may_look else "",
                    "why": r.reason,
                }
            )
    return rows


def figure_text(page: KpiPage, r: Recorded) -> str:
    """A recorded figure with every digit and in the currency it was given, in the KPI's format where that shows all."""
    if r.state is not State.NUMBER:
        return r.state.word
    if r.value is not None:
        return _given_format(page).short(float(r.value)) if page.kpi.decimals >= _places(r) else as_given(r.value)
    return " ÷ ".join(as_given(part) for part in (r.numerator, r.denominator) if part is not None)


def _places(r: Recorded) -> int:
    exponent = r.value.as_tuple().exponent if r.value is not None else 0
    return -exponent if isinstance(exponent, int) else 0


def _initiatives(here: Here, page: KpiPage) -> dict[str, Any]:
    """What is under way, each with its bar on the months of the fiscal year and the objective it is for, where that is
    what it serves and not this KPI."""
    months = page.scope.month.within(Frequency.YEAR).parts(Frequency.MONTH)
    today = column_of(localdate(), months)
    today = today if today is not None and 0 <= today <= len(months) else None
    rows = [
        initiative_row(here, initiative)
        | {"serves": _served(page, initiative)}
        | {"bar": gbar(bar_of(initiative, months), today=today, width=_SIDE, height=22, label=bar_words(initiative))}
        for initiative in page.initiatives
    ]
    axis = gaxis([initial(month) for month in months], width=_SIDE) if rows else ""
    return {"initiatives": rows, "initiative_axis": axis}


def _served(page: KpiPage, initiative: Initiative) -> str:
    """The objective of an initiative that does not name the KPI."""
    if page.kpi.code in initiative.kpis:
        return ""
    return next((o.name for o, _ in page.uses if o.code in initiative.objectives), "")


def _revised(here: Here, page: KpiPage) -> str:
    """What the target was at first, how often it was revised up to now, and what easings gave up of the way (§4.5)."""
    found = history_until(here.scope.structure.whole, page.kpi, here.scope.unit.code, page.scope.period.last_day)
    if found is None or not found.revisions:
        return ""
    fmt, first = format_of(page.kpi), found.original
    if page.kpi.polarity is Polarity.IN_RANGE:
        was = f"{fmt.bare(_number(first.low))} to {fmt.full(_number(first.high))}"
    else:
        was = fmt.full(_number(first.value))
    since = here.scope.structure.calendar.parse(first.since, page.kpi.frequency).label
    times = plural(len(found.revisions), "time")
    given_up = "" if not found.drift > 0 else f", {share_text(found.drift)} of the way given up"
    return f"{times}; at first {was}, from {since}{given_up}"


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _facts(here: Here, page: KpiPage) -> list[tuple[str, str]]:
    """The definition as facts; what nobody defined is left out."""
    kpi, now, people = page.kpi, page.now, here.scope.structure.people
    fmt = format_of(kpi)
    owner, steward = people.get(kpi.owner or ""), people.get(kpi.steward or "")
    facts = [("Owner", owner.name if owner else ""), ("Kept by", steward.name if steward else "")]
    facts.append(("Source", kpi.source))
    facts.append(("Formula", formula_words(kpi)))
    facts.append(("Good is", _GOOD[kpi.polarity]))
    band = band_of(now)
    if band is not None:
        facts.append(("On target", f"{fmt.bare(band[0])} to {fmt.full(band[1])}"))
    elif now is not None and now.target is not None:
        tolerance = float(kpi.tolerance)
        met = now.target + (tolerance if kpi.polarity is Polarity.LOWER_BETTER else -tolerance)
        way = "or less" if kpi.polarity is Polarity.LOWER_BETTER else "or more"
        slack = f" ({fmt.change(tolerance).lstrip('+')} tolerance)" if tolerance else ""
        facts.append(("On target", f"{fmt.full(met)} {way}{slack}"))
        if now.red_line is not None:
            beyond = "over" if kpi.polarity is Polarity.LOWER_BETTER else "under"
            facts.append(("Off target", f"{beyond} {fmt.full(now.red_line)}"))
    facts.append(("Revised", _revised(here, page)))
    facts.append(("Benchmark", benchmark_words(page)))
    weight = here.scope.structure.weight.get(kpi.code)
    facts.append(("Weight", f"{weight * 100:.1f}% of the scorecard" if weight else ""))
    weeks = kpi.frequency is Frequency.MONTH and is_of_weeks(page.scope.month)
    facts.append(("Measured", f"every {'period' if weeks else kpi.frequency.value}"))
    facts.append(("Freshness", freshness_words(page.scope, kpi, page.cells)))
    if now is not None and now.coverage is not None and now.coverage < 0.9995:
        facts.append(("Coverage", share_text(now.coverage)))
    facts.append(("Confidence", confidence_words(now).capitalize()))
    facts += [(field.name, text) for field, text in filled(here.scope.structure.definitions, kpi)]
    return [(name, text) for name, text in facts if text]
