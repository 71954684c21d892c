"""Benchmarks on pages: what others reach, with the source and its date, and the rows of a set."""

from __future__ import annotations

from typing import Any, Final

from fourfold.engine.benchmarks import begin_of, benchmark_at, benchmarks_of
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.findings import Finding
from fourfold.engine.source_date import cited, date_words
from fourfold.records.queries.amendment import ready_of, seen_of
from fourfold.records.queries.kpi import KpiPage
from fourfold.scorecard.benchmark_set import SetRow
from fourfold.web.address import Here
from fourfold.web.components.amendment import form_of
from fourfold.web.components.drawings import format_of
from fourfold.web.components.field_words import in_form
from fourfold.web.components.numbers import NBSP, as_given

_LISTED: Final = 200


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


def benchmarks_there(here: Here) -> tuple[list[dict[str, Any]], int]:
    """Those of KPIs that the person sees, KPI by KPI and the newest first, as rows of a table; and how many."""
    ready = ready_of(here.scope)
    seen, completed = seen_of(here.scope, ready.written), ready.definitions
    name = {kpi.code: kpi.name for kpi in seen.kpis}
    found = [t for t in seen.targets if t.kind == "benchmark" and t.kpi in name]
    found.sort(key=lambda t: (name[t.kpi].casefold(), t.unit or "", -_begin(completed, t)))
    rows = [
        {
            "name": name[t.kpi], "url": form_of(here, "target", t), "unit": _unit(completed, t.unit),
            "level": _digits(completed.kpi[t.kpi], t), "since": _since(completed, t), "source": t.source,
            "date": date_words(t.source_date or ""),
        }
        for t in found[:_LISTED]
    ]  # fmt: skip
    return rows, len(found)


def set_row(here: Here, each: SetRow) -> dict[str, Any]:
    """A row of a set that is looked at: what it becomes, and why not."""
    structure, target, row = here.scope.structure, each.target, each.row
    kpi = structure.kpi.get(target.kpi) if target else None
    unit = target.unit if target else row.unit
    return {
        "line": row.line, "name": kpi.name if kpi else row.kpi, "became": each.word,
        "unit": _unit(structure.whole, unit),
        "level": _digits(kpi, target) if target else row.value, "before": _digits(kpi, each.was),
        "whence": cited(target.source, target.source_date) if target else cited(row.source, row.date),
        "since": _since(structure.whole, target) if target else "",
        "reasons": [_reason(here, finding) for finding in each.reasons],
    }  # fmt: skip


def _reason(here: Here, finding: Finding) -> str:
    """Why, and what to do; what the checks of definitions say as a form says it."""
    if finding.code.startswith("BENCHMARK-"):
        return finding.words
    return in_form(finding, {f"kpi:{code}": kpi.name for code, kpi in here.scope.structure.kpi.items()})


def _digits(kpi: Kpi | None, target: Target | None) -> str:
    """The level of a benchmark with every digit it was given, and what the KPI is counted in; empty without one."""
    given = (target.value, target.low, target.high) if target else ()
    level = " to ".join(as_given(number) for number in given if number is not None)
    counted_in = " ".join(filter(None, (kpi.unit, kpi.scale))) if kpi else ""
    gap = "" if counted_in == "%" else NBSP
    return f"{level}{gap}{counted_in}" if level and counted_in else level


def _unit(definitions: Definitions, code: str | None) -> str:
    return definitions.unit[code].name if code in definitions.unit else code or ""


def _begin(definitions: Definitions, target: Target) -> int:
    begin = begin_of(definitions, definitions.kpi[target.kpi], target)
    return begin.ordinal if begin is not None else 0


def _since(definitions: Definitions, target: Target) -> str:
    begin = begin_of(definitions, definitions.kpi[target.kpi], target)
    return begin.label if begin is not None else target.since
