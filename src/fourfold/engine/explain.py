"""How a number came about, to the digit: a trace that can be read, sent as JSON, and replayed (methodology §3.10)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TypeAlias

import numpy as np

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.anchors import Polarity, RedLineRule
from fourfold.engine.blocks import has_kpi
from fourfold.engine.carrying import EXPECTED, carries, is_carried
from fourfold.engine.cells import Floats, Mark, Reason, State
from fourfold.engine.conversion import periods_shown, rates_used
from fourfold.engine.definitions import Kpi, Strategy
from fourfold.engine.former_trees import tree_in
from fourfold.engine.groups import formulas_of, needs, weight_of
from fourfold.engine.nodes import nodes_of
from fourfold.engine.periods import Frequency, Period, last_year
from fourfold.engine.profile_words import Points, curve_text, profile_words
from fourfold.engine.results import Evaluation, Results
from fourfold.engine.rollup import VETO, roll_up
from fourfold.engine.scoring import boolean, floor_one_decimal, in_range, linear_anchor, noise_points, ordinal, profiled
from fourfold.engine.seal import sealed
from fourfold.engine.statuses import Status
from fourfold.engine.unit_settings import settings_of_units
from fourfold.errors import NotFound

Scalar: TypeAlias = str | float | bool | None


@dataclass(frozen=True)
class Step:
    """One operation: what was done, with the numbers in place, and what came out."""

    op: str
    expr: str
    out: float | None


@dataclass(frozen=True)
class Child:
    """A child of a node: its weight, share of the weight used, score used, or why it was left out.

    One that is `critical` holds its node down under the veto roll-ups. `carried_from` is the period whose score it
    counts with, where it has none of its own.
    """

    node: str
    weight: float
    share: float
    score: float | None
    status: str
    left_out: str = ""
    critical: bool = False
    carried_from: str = ""


@dataclass(frozen=True)
class Trace:
    """Everything a score is made of. `inputs` and `target` hold numbers in the KPI's own unit."""

    node: str
    unit: str
    period: str
    view: str
    as_of: str
    status: str
    score: float | None
    coverage: float
    confidence: float
    inputs: Mapping[str, Scalar] = field(default_factory=dict)
    target: Mapping[str, Scalar] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    children: tuple[Child, ...] = ()
    policy: Mapping[str, Scalar] = field(default_factory=dict)
    borderline: bool = False
    marks: tuple[str, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, object]:
        """Plain data, with the SHA-256 of its own canonical text."""
        return sealed(asdict(self))

    def words(self) -> list[str]:
        """The trace in sentences."""
        return _kpi_words(self) if self.node.startswith("kpi:") else _node_words(self)


def explain(evaluation: Evaluation, node: str, unit: str, period: Period | str) -> Trace:
    """The trace of one result. `node` is `kpi:<code>`, `objective:<code>` … or `scorecard`; a bare KPI code will do.

    Raises `NotFound` where the evaluation has no such node, unit or period.
    """
    kpis, nodes = evaluation.kpis, evaluation.nodes
    if node not in nodes.index and f"kpi:{node}" in kpis.index:
        node = f"kpi:{node}"
    results = kpis if node in kpis.index else nodes
    if node not in results.index:
        raise NotFound(f"There is no {node!r} in this scorecard.", hint="Names look like kpi:CODE or objective:CODE.")
    if unit not in results.units:
        raise NotFound(f"There is no unit {unit!r}.", hint=f"Units are {', '.join(results.units[:8])}.")
    ids = [p.id for p in results.periods]
    wanted = period.id if isinstance(period, Period) else _period_id(evaluation, period)
    if wanted not in ids:
        raise NotFound(f"{wanted} was not evaluated.", hint=f"It covers {ids[0]} to {ids[-1]}.")
    at = (results.index[node], results.units.index(unit), ids.index(wanted))
    return _kpi_trace(evaluation, node, at) if results is kpis else _node_trace(evaluation, node, at)


def _period_id(evaluation: Evaluation, text: str) -> str:
    return evaluation.definitions.calendar.parse(text, evaluation.periods[0].frequency).id


def replay(trace: Trace, *, polarity: str | None = None) -> float | None:
    """The score computed again from nothing but the trace; `None` where it has none."""
    if trace.score is None:
        return None
    if trace.children:
        scores = np.array([np.nan if c.score is None else c.score for c in trace.children])
        weights = np.array([c.weight for c in trace.children])
        expected = np.array([c.left_out not in _NOT_EXPECTED for c in trace.children])
        critical = np.array([c.critical for c in trace.children])
        p = trace.policy
        rolled = roll_up(
            scores, weights, method=str(p["roll_up"]), missing=str(p["missing"]),
            minimum_coverage=float(p["minimum_coverage"] or 0), allow_over=bool(p["allow_over"]), expected=expected,
            critical=critical, green=float(p["green"] or 0),
            power=float(p["power"] or 0) if p["roll_up"] == "power_mean" else None,
        )  # fmt: skip
        return float(rolled.score)
    target = {name: math.nan if v is None else float(v) for name, v in trace.target.items() if not isinstance(v, str)}
    value = float(trace.inputs["value"] or 0.0)
    way = Polarity(str(trace.target["polarity"]) if polarity is None else polarity)
    return _score_again(trace, value, target, way)


def _score_again(trace: Trace, value: float, target: Mapping[str, float], way: Polarity) -> float:
    score = _before_profile(trace, value, target, way)
    profile = str(trace.policy.get("profile", "linear_anchor"))
    red, goal = (target.get(name, math.nan) for name in ("red_line", "target"))
    curve = Points.read(str(trace.policy.get("curve", "")))
    return float(profiled(profile, value, score, red, goal, curve, polarity=way))


def _before_profile(trace: Trace, value: float, target: Mapping[str, float], way: Polarity) -> float:
    """The score before a named profile makes another one of it."""
    method = str(trace.policy["method"])
    if method == "in_range":
        return float(in_range(value, *(target[n] for n in ("red_low", "low", "high", "red_high"))))
    if method == "ordinal":
        return float(ordinal(value, {float(i): float(v or 0) for i, v in trace.policy.items() if i != "method"}))
    if method == "boolean":
        return float(boolean(value, polarity=way))
    anchors = [target.get(name, math.nan) for name in ("red_line", "target", "floor", "stretch")]
    return float(linear_anchor(value, *anchors, polarity=way, tolerance=target.get("tolerance", 0.0)))


def _at(array: Floats | None, at: tuple[int, int, int]) -> float | None:
    """One cell of an array that may have a unit axis of length 1; None for NaN or no array."""
    if array is None:
        return None
    k, u, p = (0 if n == 1 else i for n, i in zip(array.shape, at, strict=True))
    value = float(array[k, u, p])
    return None if math.isnan(value) else value


def _common(evaluation: Evaluation, results: Results, at: tuple[int, int, int]) -> dict[str, object]:
    k, u, p = at
    return {
        "node": results.nodes[k],
        "unit": results.units[u],
        "period": results.periods[p].id,
        "view": evaluation.view,
        "as_of": evaluation.as_of.isoformat(),
        "status": Status(int(results.status[at])).word,
        "score": _at(results.score, at),
        "coverage": float(results.coverage[at]),
        "confidence": float(results.confidence[at]),
    }


def _kpi_trace(evaluation: Evaluation, node: str, at: tuple[int, int, int]) -> Trace:
    r = evaluation.kpis
    kpi = evaluation.definitions.kpi[node.removeprefix("kpi:")]
    state = State.NUMBER if r.state is None else State(int(r.state[at]))
    target: dict[str, Scalar] = dict(r.anchors_at(*at))
    target |= {"polarity": kpi.polarity.value, "tolerance": float(kpi.tolerance), "rule": r.rule.get(node, "")}
    marks = _marks(r, at)
    return Trace(
        **_common(evaluation, r, at),  # type: ignore[arg-type]
        inputs=_inputs(evaluation, kpi, at, state),
        target=target,
        steps=(*_rates(evaluation, kpi, at, _at(r.value, at)), *_steps(kpi, r, at, target)),
        policy=_method(kpi, target),
        borderline="borderline" in marks,
        marks=marks,
        reason=Reason(int(r.reason[at])).sentence if r.reason is not None else "",
    )


def _inputs(evaluation: Evaluation, kpi: Kpi, at: tuple[int, int, int], state: State) -> dict[str, Scalar]:
    r = evaluation.kpis
    inputs: dict[str, Scalar] = {"value": _at(r.value, at), "state": state.word, "unit": kpi.unit}
    if kpi.scale:
        inputs["scale"] = kpi.scale
    for name in ("numerator", "denominator"):
        if (part := _at(getattr(r, name), at)) is not None:
            inputs[name] = part
    for code in sorted(needs(kpi)):
        row = r.index.get(f"kpi:{code}")
        if row is not None:
            inputs[f"kpi:{code}"] = _at(r.value, (row, at[1], at[2]))
    if (weight := weight_of(kpi)) is not None:
        inputs["weighted_by"] = f"kpi:{weight}"
    if shown := r.shown_from(f"kpi:{kpi.code}", r.units[at[1]], at[2]):
        inputs["data_period"] = shown
    if compared := compared_with(kpi, evaluation.periods[at[2]]):
        inputs["compared"] = compared
    return inputs


_YEAR_AGO = ("same_period_last_year", "yoy_growth")


def compared_with(kpi: Kpi, period: Period) -> str:
    """What a formula compares a period with, in a year of weeks, and how; empty where it does not, or in months."""
    weeks = period.calendar.weeks
    if weeks is None or kpi.frequency.rank > period.frequency.rank:
        return ""
    if not any(name in text for text in formulas_of(kpi) for name in _YEAR_AGO):
        return ""
    if kpi.frequency.rank > Frequency.WEEK.rank:
        return str(last_year(period, "as_is"))
    how = "by number" if weeks.comparison == "as_is" else "by the same days of the year"
    own = period.parts(kpi.frequency)
    if own[-1].within(Frequency.WEEK).short_id.endswith("-W53"):
        how = f"{how}, week 53 with week 52" if own[1:] else "as there was no week 53"
    ends = own[0], own[-1]
    this, last = (" to ".join(dict.fromkeys(p.short_id for p in some)) for some in (ends, [p.year_ago() for p in ends]))
    return f"{this} with {last}, {how}"


def _rates(evaluation: Evaluation, kpi: Kpi, at: tuple[int, int, int], value: float | None) -> tuple[Step, ...]:
    """The rates at which a unit's own figure was converted; what is rolled up was converted at the units below."""
    d, (_, u, p) = evaluation.definitions, at
    tree = tree_in(d, evaluation.periods[p])
    if any(has_kpi(d, tree, kpi, i) for i in tree.subtree(u)[1:]):
        return ()
    periods = periods_shown(kpi, evaluation.periods[p], to_date=evaluation.view == "ytd")
    used = rates_used(kpi, settings_of_units(d)[u].currency, d.organisation, periods, evaluation.as_of, value)
    return tuple(Step("rate", text, None) for text in used)


def _method(kpi: Kpi, target: Mapping[str, Scalar]) -> dict[str, Scalar]:
    if kpi.kind is MeasureKind.ORDINAL:
        return {"method": "ordinal", **{str(i): s for i, s in enumerate(kpi.levels.values(), start=1)}}
    if kpi.kind is MeasureKind.BOOLEAN and "target" not in target:
        return {"method": "boolean"}
    profile: dict[str, Scalar] = {}
    if kpi.scoring != "linear_anchor" and kpi.kind is not MeasureKind.BOOLEAN:
        profile["profile"] = kpi.scoring
        if kpi.scoring == "custom":
            profile["curve"] = curve_text(kpi)
    if kpi.polarity is Polarity.IN_RANGE:
        return {"method": "in_range", "cap": 100.0, **profile}
    return {"method": "linear_anchor", "cap": 125.0, **profile}


def _steps(kpi: Kpi, r: Results, at: tuple[int, int, int], target: Mapping[str, Scalar]) -> tuple[Step, ...]:
    value, score = _at(r.value, at), _at(r.score, at)
    steps = []
    top, bottom = _at(r.numerator, at), _at(r.denominator, at)
    if value is not None and top is not None and bottom is not None:
        factor = "" if kpi.factor == 1 else f"{_n(float(kpi.factor))} * "
        op = "ratio of sums" if weight_of(kpi) is None else "weighted mean"
        steps.append(Step(op, f"{factor}{_n(top)} / {_n(bottom)}", value))
    elif formulas_of(kpi):
        steps.append(Step("formula", " over ".join(formulas_of(kpi)), value))
    if value is not None and score is not None and "target" in target and "red_line" in target:
        t, red = target["target"], target["red_line"]
        assert isinstance(t, float) and isinstance(red, float)
        steps.append(Step("score", f"50 + 50 * ({_n(value)} - {_n(red)}) / ({_n(t)} - {_n(red)})", score))
        if kpi.scoring != "linear_anchor":
            floor, stretch = (float(str(target[n])) if n in target else None for n in ("floor", "stretch"))
            base = linear_anchor(value, red, t, floor, stretch, polarity=kpi.polarity)
            steps[-1] = replace(steps[-1], out=float(base))
            steps.append(Step("profile", kpi.scoring, score))
    elif score is not None:
        steps.append(Step("score", str(_method(kpi, target)["method"]), score))
    return tuple(steps)


_NOT_EXPECTED = ("not due yet", "not applicable", "not scored", "no data")


def _node_trace(evaluation: Evaluation, node: str, at: tuple[int, int, int]) -> Trace:
    definitions = evaluation.definitions
    spec = next(n for level in nodes_of(definitions) for n in level if n.name == node)
    strategy = definitions.strategy
    rows = []
    for name, weight, critical in zip(spec.children, spec.weights, spec.critical, strict=True):
        if (found := _child(evaluation, name, at)) is not None:
            rows.append((name, weight, critical, *found))
    children = tuple(
        Child(name, w, 0.0, s, st.word, _why_out(st) if s is None else "", critical, since)
        for name, w, critical, s, st, since in rows
    )
    used = sum(c.weight for c in children if counted(c, strategy.missing) is not None) or 1.0
    children = tuple(
        replace(c, share=c.weight / used) if counted(c, strategy.missing) is not None else c for c in children
    )
    steps = _roll_up_steps(strategy, children, _at(evaluation.nodes.score, at))
    policy: dict[str, Scalar] = {
        "roll_up": strategy.roll_up,
        "missing": strategy.missing,
        "minimum_coverage": strategy.minimum_coverage,
        "allow_over": strategy.allow_over,
        "green": strategy.green,
    }
    if strategy.roll_up == "power_mean":
        policy["power"] = strategy.power
    common, marks = _common(evaluation, evaluation.nodes, at), _marks(evaluation.nodes, at)
    return Trace(**common, children=children, steps=steps, policy=policy, marks=marks)  # type: ignore[arg-type]


def counted(child: Child, missing: str) -> float | None:
    """The score a child counts with: its own, or what the policy puts for a missing one; None where it does not."""
    if child.score is not None or child.left_out in _NOT_EXPECTED:
        return child.score
    return {"zero": 0.0, "neutral": 50.0}.get(missing)


def _roll_up_steps(strategy: Strategy, children: Sequence[Child], score: float | None) -> tuple[Step, ...]:
    """The arithmetic of a node with its numbers in place."""
    cap, method = 125.0 if strategy.allow_over else 100.0, strategy.roll_up
    used = [(c.weight, min(s, cap)) for c in children if (s := counted(c, strategy.missing)) is not None]
    whole = sum(w for w, _ in used)
    if not whole:
        return ()
    if method in ("worst_of", "best_of"):
        scores = ", ".join(_n(s) for w, s in used if w > 0)
        return (Step(method, f"{'min' if method == 'worst_of' else 'max'}({scores})", score),)
    if method == "count_green":
        green = sum(w for w, s in used if s >= strategy.green - 1e-9)
        return (Step(method, f"100 * {_n(green)} / {_n(whole)}", score),)
    power = {"geometric": 0.0, "power_mean": strategy.power}.get(method)
    if power is None:
        terms = [f"{_n(w)} * {_n(s)}" for w, s in used]
    elif power == 0:
        terms = [f"{_n(w)} * ln {_n(max(s, 1.0))}" for w, s in used]
    else:
        terms = [f"{_n(w)} * {_n(max(s, 1.0))}^{_n(power)}" for w, s in used]
    mean = f"({' + '.join(terms)}) / {_n(whole)}"
    if power is not None:
        return (Step(method, f"exp({mean})" if power == 0 else f"({mean})^(1/{_n(power)})", score),)
    held = any(c.critical and c.score is not None and c.score < 50 for c in children)
    return (Step(method, f"min({mean}, {_n(VETO[method])})" if method in VETO and held else mean, score),)


def _child(evaluation: Evaluation, name: str, at: tuple[int, int, int]) -> tuple[float | None, Status, str] | None:
    """Score and status that a child counts with, and the period they were carried from; None for one not evaluated."""
    of_kpis = name in evaluation.kpis.index
    results = evaluation.kpis if of_kpis else evaluation.nodes
    if name not in results.index:
        return None
    _, u, p = at
    k = results.index[name]
    score, status = results.score[k, u, p], results.status[k, u, p]
    source = results if p else None
    if evaluation.before is not None and not p:
        source = evaluation.before[0 if of_kpis else 1]
    if source is not None and carries(evaluation.definitions):
        p = p - 1 if p else 0
        if is_carried(score, status, source.score[k, u, p]):
            return float(source.score[k, u, p]), Status(int(source.status[k, u, p])), source.periods[p].id
    return _at(results.score, (k, u, at[2])), Status(int(status)), ""


def _marks(results: Results, at: tuple[int, int, int]) -> tuple[str, ...]:
    """The marks of a result, in words."""
    return tuple(m.name.lower() for m in Mark if m and m.name and int(results.marks[at]) & m)


def _why_out(status: Status) -> str:
    """Why a child has no say; the same words as `_NOT_EXPECTED` where it is not missed."""
    return status.word.lower() if status not in EXPECTED else f"missing ({status.word.lower()})"


def _n(value: float) -> str:
    """A number with all digits that matter, without an exponent for ordinary sizes."""
    text = f"{value:.10g}"
    return text if "e" not in text else repr(value)


def _kpi_words(t: Trace) -> list[str]:
    value, unit, scale = t.inputs.get("value"), str(t.inputs.get("unit") or ""), t.inputs.get("scale", "")
    rates = [s.expr for s in t.steps if s.op == "rate"]
    converted = [f"Exchange rates: {'; '.join(rates)}."] if rates else []
    if value is None:
        state = str(t.inputs["state"])
        return [f"There is no number: {state}." + (f" {t.reason}" if t.reason else ""), *converted]
    assert isinstance(value, float)
    how = next((f", from {s.expr}" for s in t.steps if s.op in ("ratio of sums", "formula")), "")
    if mean := next((s.expr for s in t.steps if s.op == "weighted mean"), ""):
        how = f", the mean weighted by {t.inputs['weighted_by']}: {mean}"
    words = [f"The value is {_n(round(value, 6))}{scale}{_space(unit)}{unit}{how}.", *converted]
    if compared := t.inputs.get("compared"):
        words.append(f"Compared: {compared}.")
    if t.score is None:
        return [*words, "It is not scored: there is no target and red line to judge it by."]
    if "target" in t.target and "red_line" in t.target:
        given = _RULES.get(str(t.target["rule"]), "")
        top, half = ("", "") if t.policy.get("profile") else (" and scores 100", " and scores 50")
        words.append(
            f"The target is {_n(float(t.target['target'] or 0))}{top}; the red line is "
            f"{_n(float(t.target['red_line'] or 0))}{half}{given}."
        )
    last = next((s for s in t.steps if s.op == "score"), None)
    if profile := t.policy.get("profile"):
        words += _profile_words(t, str(profile), last)
    elif last is not None and last.expr[:2] == "50":
        words.append(f"The score is {last.expr} = {floor_one_decimal(t.score)}, held between 0 and 125.")
    else:
        words.append(f"The score is {floor_one_decimal(t.score)}.")
    cut = None if profile else t.target.get("cut")
    tail = f" On target begins at {floor_one_decimal(float(cut))}, near target at 50." if cut is not None else ""
    words.append(f"So it is {t.status.lower()}.{tail}")
    if t.borderline:
        words.append("The nearest limit lies within natural variation: one period says little.")
    return words


def _profile_words(t: Trace, profile: str, last: Step | None) -> list[str]:
    """What a named profile makes of the score that target and red line give."""
    said = []
    if last is not None and last.out is not None and last.expr[:2] == "50":
        base = floor_one_decimal(last.out)
        said.append(f"By target and red line it is {last.expr} = {base}, which gives the status.")
    how = profile_words(profile, str(t.policy.get("curve", "")))
    return [*said, f"The KPI is scored by {how}: {floor_one_decimal(t.score or 0.0)}."]


_RULES: dict[str, str] = {
    RedLineRule.BASELINE_MIDPOINT: " (half-way from the baseline)",
    RedLineRule.NATURAL_VARIATION: " (one natural half-width from the target)",
    RedLineRule.TEN_PERCENT: " (ten per cent from the target)",
}


def _space(unit: str) -> str:
    return "" if unit in ("", "%") else " "


def _node_words(t: Trace) -> list[str]:
    missing = str(t.policy["missing"])
    used = [c for c in t.children if counted(c, missing) is not None]
    out = [c for c in t.children if counted(c, missing) is None]
    words = []
    for c in used:
        since = f", carried forward from {c.carried_from}" if c.carried_from else ""
        score = floor_one_decimal(counted(c, missing) or 0.0)
        words.append(f"{c.node} counts {c.share:.0%} with {score} ({c.status.lower()}){since}.")
    words += [f"{c.node} does not count: {c.left_out}." for c in out]
    if t.score is None:
        share, needed = f"{t.coverage:.0%} of the weight is in", float(t.policy["minimum_coverage"] or 0)
        return [*words, f"There is no score ({t.status.lower()}): {share}, {needed:.0%} is needed."]
    method = str(t.policy["roll_up"]).replace("_", " ")
    cover = f"with {t.coverage:.0%} of the weight in"
    return [*words, f"The {method} is {floor_one_decimal(t.score)}: {t.status.lower()}, {cover}."]


def noise(trace: Trace, sigma: float) -> float | None:
    """How many points natural variation alone moves this score; None without target and red line."""
    target, red = trace.target.get("target"), trace.target.get("red_line")
    if not isinstance(target, float) or not isinstance(red, float):
        return None
    points = float(noise_points(sigma, target, red))
    return None if math.isnan(points) else points
