"""Benchmarks on pages: what others reach, with the source and its date."""

from __future__ import annotations

from fourfold.engine.benchmarks import begin_of, benchmark_at, benchmarks_of
from fourfold.engine.definitions import Kpi, Target
from fourfold.engine.source_date import cited
from fourfold.records.queries.kpi import KpiPage
from fourfold.web.components.drawings import format_of


def benchmark_words(page: KpiPage) -> str:
    """The benchmark in force in the period shown, and the newest where that begins later; empty where there is none."""
    if page.scope.statuses_only:
        return ""
    whole, kpi, unit = page.scope.structure.whole, page.kpi, page.scope.unit.code
    now = whole.calendar.period(kpi.frequency, page.scope.period.last_day)
    held, newest = benchmark_at(whole, kpi, unit, now), benchmarks_of(whole, kpi, unit)[-1:]
    words = []
    for target in ([] if held is None else [held, *(t for t in newest if t is not held)]):
        begin = begin_of(whole, kpi, target)
        later = f"from {begin.label}: " if begin is not None and begin.ordinal > now.ordinal else ""
        whence = cited(target.source, target.source_date)
        words.append(f"{later}{_level(kpi, target)}{f' ({whence})' if whence else ''}")
    return "; ".join(words)


def _level(kpi: Kpi, target: Target) -> str:
    """The level of a benchmark as figures of the KPI are written, or both edges of its band."""
    fmt = format_of(kpi)
    if target.value is not None:
        return fmt.full(float(target.value))
    return " to ".join(fmt.full(float(edge)) for edge in (target.low, target.high) if edge is not None)
