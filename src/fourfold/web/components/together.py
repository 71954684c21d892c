"""All KPIs of a unit looked at together, as finished texts: what a portfolio and its ambition say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fourfold.engine.ambition import Mix
from fourfold.engine.ambition import Portfolio as Ambition
from fourfold.engine.hindsight import Hindsight
from fourfold.engine.portfolio import Balance, Collection, Coverage, Health, Redundancy, Robustness
from fourfold.scorecard.chances import MIXES, hindsight_words
from fourfold.scorecard.forecast_record import ForecastRecord
from fourfold.scorecard.portfolio import LACKS, Portfolio
from fourfold.web.address import Here
from fourfold.web.components.assessed import share_bar, whole
from fourfold.web.components.numbers import plural
from fourfold.web.components.sheet import sheet_of
from fourfold.web.components.surroundings import Link

#: The parts of the health index, with what each asks.
PARTS: Final = {
    "completeness": ("Complete", "of the figures that were due are there"),
    "freshness": ("Fresh", "how new the newest figures are"),
    "coverage": ("Covered", "of what objectives should have is there"),
    "balance": ("Balanced", "how even the perspectives are"),
    "signal_readiness": ("Ready for signals", "of the KPIs have 12 figures or more"),
    "use": ("In use", "of the KPIs were looked at within 90 days"),
}


def together_context(
    here: Here, found: Portfolio, aims: Ambition, told: ForecastRecord | None, past: Hindsight | None
) -> dict[str, Any]:
    """What the template shows."""
    moves = found.sheets[1:]
    shown = found.drivers.drivers
    kpis = here.scope.structure.kpi
    return {
        "health": _health(here, found.health),
        "moves": sheet_of(
            moves[0],
            [here.kpi(kpis[x.kpi]) for x in shown[: len(moves[0].rows)]],
            [here.unit("portfolio", why=x.kpi) + "#why" for x in shown[: len(moves[0].rows)]],
        )
        if moves else None,
        "robust": _robust(found.robustness),
        "balance": _balance(here, found.balance),
        "lacks": list(_lacks(here, found.coverage)),
        "alike": list(_alike(here, found.redundancy)),
        "keep": [
            {"of": [_thing(here, code) for code in each.kpis], "one": _thing(here, each.keep)}
            for each in found.redundancy.clusters
        ],
        "collected": list(_collected(found.collection)),
        "retire": [_thing(here, code) for code in found.retire],
        "aims": _aims(aims),
        "past": "" if past is None else f"{hindsight_words(past)}.",
        "told": None if told is None else _told(told),
    }  # fmt: skip


def _told(told: ForecastRecord) -> dict[str, Any] | None:
    """How forecasts held, and the alarm where their intervals do not; None where nothing has come yet."""
    held = told.whole
    if not held.coverage80.outcomes:
        return None
    eighty, ninety_five = held.coverage80, held.coverage95
    how = "kept forecasts" if told.is_kept else "forecasts, made again as of earlier months"
    return {
        "text": f"Of {plural(eighty.outcomes, 'figure')} {eighty.share:.0%} came within the 80% range of {how}, and "
        f"{ninety_five.share:.0%} within the 95% range.",
        "alarms": [f.words for f in told.findings],
        "sheet": sheet_of(told.by_period),
    }


def _health(here: Here, h: Health) -> dict[str, Any]:
    return {
        "score": "–" if h.index is None else whole(h.index),
        "parts": [
            {"name": PARTS[name][0], "asks": PARTS[name][1], "score": whole(share), "bar": share_bar(share),
             "weak": [_thing(here, code) for code in h.weakest.get(name, ())]}
            for name, share in h.parts.items()
        ],
        "left_out": ", ".join(PARTS[name][0].lower() for name in h.left_out),
    }


def _robust(r: Robustness) -> str:
    if r.low is None or r.high is None or r.same_status is None:
        return ""
    said = f"With other weights, drawn around these, the total is {r.low:.1f} to {r.high:.1f} in 9 of 10 cases"
    end = "its status hangs on the weights" if r.is_fragile else "its status is firm"
    return f"{said}, and keeps its status in {r.same_status:.0%}: {end}."


def _balance(here: Here, b: Balance) -> dict[str, Any]:
    names = {p.code: p.name for p in here.scope.structure.perspectives}
    return {
        "rows": [
            {"name": names.get(code, code), "kpis": f"{share:.0%}", "weight": f"{b.weight[code]:.0%}",
             "bar": share_bar(100 * b.weight[code])}
            for code, share in b.kpis.items()
        ],
        "facts": [
            ("Leading KPIs", "–" if b.lead is None else f"{b.lead:.0%}"),
            ("Kinds of result", _mixed(b.result_types)),
            ("Frequencies", _mixed(b.frequencies)),
        ],
        "warnings": b.warnings,
    }  # fmt: skip


def _mixed(parts: Mapping[str, float]) -> str:
    """Shares in words, the largest first."""
    some = sorted(((share, str(name)) for name, share in parts.items() if share > 0), reverse=True)
    return ", ".join(f"{name} {share:.0%}" for share, name in some) or "–"


def _lacks(here: Here, covered: Coverage) -> Iterator[dict[str, Any]]:
    """What is missing, list by list, each thing with its page."""
    for field, words in LACKS:
        if codes := getattr(covered, field):
            things = [Link(x, "") if field == "factors_without_kpi" else _thing(here, x) for x in codes]
            yield {"name": words[0].upper() + words[1:], "things": things}


def _thing(here: Here, code: str) -> Link:
    structure = here.scope.structure
    if code in structure.objective:
        return Link(structure.objective[code].name, here.objective(structure.objective[code]))
    if code in structure.kpi:
        return Link(structure.kpi[code].name, here.kpi(structure.kpi[code]))
    return Link(next((t.name for t in structure.whole.themes if t.code == code), code), "")


def _alike(here: Here, found: Redundancy) -> Iterator[dict[str, Any]]:
    for pair in found.pairs:
        yield {
            "first": _thing(here, pair.first),
            "second": _thing(here, pair.second),
            "text": ("One of the two would do" if pair.is_redundant else "They overlap")
            + (f": {pair.why}." if pair.why else "."),
            "value": f"{pair.value:.2f}",
            "why": here.unit("portfolio", why=f"{pair.first}/{pair.second}") + "#why",
        }


def _collected(c: Collection) -> Iterator[tuple[str, str]]:
    """How figures come in; what nobody knows is left out."""
    shares = (("Figures that were due and are there", c.completeness), ("There on the day", c.on_time),
              ("Entered by hand", c.manual))  # fmt: skip
    yield from ((name, f"{share:.0%}") for name, share in shares if share is not None)
    late = sorted(k.late_days for k in c.kpis if k.late_days is not None)
    if late:
        yield "Days late, in the middle of the KPIs", f"{late[len(late) // 2]:.0f}"
    if c.minutes > 0:
        yield "Hours a year, of the KPIs that say so", f"{c.minutes / 60:,.0f}"


def _aims(a: Ambition) -> dict[str, Any] | None:
    """How many targets will probably be met, and what that says about them."""
    if a.mix is Mix.NONE:
        return None
    most = max(a.tenths)
    hits = f"About {a.expected:.1f} of {plural(a.known, 'target')} will be met, give or take {a.deviation:.1f}"
    return {
        "text": f"{hits}, if one says nothing about another: {MIXES[a.mix]}.",
        "tenths": [
            {"name": f"{10 * i} to {10 * i + 10} %", "count": n, "bar": share_bar(100 * n / most)}
            for i, n in enumerate(a.tenths)
        ],
    }
