"""A scorecard of one unit and period as rows for people: the same for the terminal, `repr` and notebooks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np

from fourfold.engine.cells import Floats, Mark, State
from fourfold.engine.definitions import Kpi
from fourfold.engine.evaluate import Evaluation, nodes_of
from fourfold.engine.results import Results
from fourfold.engine.scoring import floor_one_decimal
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound
from fourfold.graphics.glyph import glyph
from fourfold.graphics.sparkline import sparkline

#: Marks for text: shape first, as everywhere.
MARKS = {"on": "●", "near": "▲", "off": "◆", "due": "◷", "none": "◌"}
#: How many periods a sparkline shows.
PERIODS = 13
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Row:
    """One line: a node (`depth` 0 scorecard, 1 perspective, 2 objective) or a KPI (3)."""

    node: str
    name: str
    depth: int
    status: Status
    score: float | None
    coverage: float
    actual: str = ""
    target: str = ""
    gap: str = ""
    history: tuple[float | None, ...] = ()
    borderline: bool = False

    @property
    def mark(self) -> str:
        """The status as one character."""
        return MARKS[self.status.mark]

    @property
    def score_text(self) -> str:
        """The score floored to one decimal, or an en dash."""
        return "–" if self.score is None else floor_one_decimal(self.score)

    @property
    def spark(self) -> str:
        """The last periods as block characters; a dot where there is no number."""
        known = [v for v in self.history if v is not None]
        if not known:
            return ""
        low, width = min(known), (max(known) - min(known)) or 1.0
        return "".join("·" if v is None else _BLOCKS[round((v - low) / width * 7)] for v in self.history)


@dataclass(frozen=True)
class Table:
    """The rows of one unit and period with their title."""

    title: str
    unit: str
    period: str
    rows: tuple[Row, ...]

    def __str__(self) -> str:
        """Aligned plain text."""
        head = ("", "", "Actual", "Target", "Gap", "Status", "Score", "Cover", "Trend")
        lines = [_cells(r) for r in self.rows]
        widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
        right = {2, 3, 4, 6, 7}
        def aligned(line: tuple[str, ...]) -> str:
            cells = zip(line, widths, strict=True)
            return "  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(cells))

        text = [aligned(line) for line in [head, *lines]]
        return "\n".join([self.title, *(t.rstrip() for t in text)])


def _cells(r: Row) -> tuple[str, ...]:
    name = "  " * r.depth + r.name
    cover = "" if r.depth == 3 or r.status == Status.NO_DATA else f"{r.coverage:.0%}"
    return (r.mark, name, r.actual, r.target, r.gap, r.status.word, r.score_text, cover, r.spark)


def number(value: float | None, kpi: Kpi, *, sign: bool = False) -> str:
    """A number with the KPI's decimals and unit sign, as text for terminals; en dash for none."""
    if value is None or math.isnan(value):
        return "–"
    body = f"{abs(value):,.{kpi.decimals}f}"
    negative = value < 0 and float(body.replace(",", "")) != 0
    lead = "−" if negative else "+" if sign and float(body.replace(",", "")) != 0 else ""
    return f"{lead}{body}{'%' if kpi.unit == '%' and not sign else ''}{kpi.scale}"


def table(evaluation: Evaluation, *, unit: str | None = None, period: str | None = None) -> Table:
    """The table of a unit (the root without one) and period (the newest with a score). Raises `NotFound`."""
    d = evaluation.definitions
    code = unit or d.root.code
    if code not in evaluation.kpis.units:
        raise NotFound(f"There is no unit {code!r}.", hint=f"Units are {', '.join(evaluation.kpis.units[:8])}.")
    u = evaluation.kpis.units.index(code)
    p = _period_index(evaluation, u, period)
    shown = evaluation.periods[p]
    names = {"scorecard": d.strategy.name} | {f"kpi:{k.code}": k.name for k in d.kpis}
    names |= {f"objective:{o.code}": o.name for o in d.objectives}
    names |= {f"perspective:{q.code}": q.name for q in d.perspectives}
    children = {n.name: n.children for level in nodes_of(d) for n in level}
    rows: list[Row] = []

    def visit(node: str, depth: int) -> None:
        rows.append(_row(evaluation, node, names[node], depth, u, p))
        for child in children.get(node, ()):
            visit(child, depth + 1)

    visit("scorecard", 0)
    to_date = " to date" if evaluation.view == "ytd" else ""
    title = f"{d.organisation.name}, {d.unit[code].name}, {shown.label}{to_date}"
    return Table(title, code, shown.id, tuple(rows))


def _period_index(evaluation: Evaluation, u: int, period: str | None) -> int:
    ids = [p.id for p in evaluation.periods]
    if period is not None:
        wanted = evaluation.definitions.calendar.parse(period, evaluation.periods[0].frequency).id
        if wanted not in ids:
            raise NotFound(f"{period} was not evaluated.", hint=f"It covers {ids[0]} to {ids[-1]}.")
        return ids.index(wanted)
    scored = np.flatnonzero(np.isfinite(evaluation.nodes.score[-1, u]))
    return int(scored[-1]) if len(scored) else len(ids) - 1


def _row(evaluation: Evaluation, node: str, name: str, depth: int, u: int, p: int) -> Row:
    results = evaluation.kpis if node.startswith("kpi:") else evaluation.nodes
    i = results.index[node]
    score = _cell(results.score, i, u, p)
    status = Status(int(results.status[i, u, p]))
    coverage = float(results.coverage[i, u, p])
    if results is evaluation.nodes:
        return Row(node, name, depth, status, score, coverage, history=_history(results.score, i, u, p))
    kpi = evaluation.definitions.kpi[node.removeprefix("kpi:")]
    value, target = _cell(results.value, i, u, p), _cell(results.target, i, u, p)
    gap = value - target if value is not None and target is not None else None
    actual = number(value, kpi) if value is not None else _why(results, i, u, p)
    history = _history(results.value, i, u, p)
    near = bool(int(results.marks[i, u, p]) & Mark.BORDERLINE)
    texts = (actual, number(target, kpi), number(gap, kpi, sign=True))
    return Row(node, name, depth, status, score, coverage, *texts, history, near)


def _why(results: Results, i: int, u: int, p: int) -> str:
    state = State.MISSING if results.state is None else State(int(results.state[i, u, p]))
    return {State.NOT_APPLICABLE: "n/a", State.NOT_DUE: "not due", State.ERROR: "error"}.get(state, "not in")


def _cell(array: Floats | None, i: int, u: int, p: int) -> float | None:
    if array is None:
        return None
    value = float(array[i, u if array.shape[1] > 1 else 0, p])
    return None if math.isnan(value) else value


def _history(array: Floats | None, i: int, u: int, p: int) -> tuple[float | None, ...]:
    if array is None:
        return ()
    part = array[i, u, max(0, p - PERIODS + 1) : p + 1]
    return tuple(None if math.isnan(v) else float(v) for v in part)


def html(t: Table) -> str:
    """The table as HTML for notebooks, without styles or scripts of its own."""
    head = "".join(f"<th>{h}</th>" for h in ("", "", "Actual", "Target", "Gap", "Status", "Score", "Coverage", "Trend"))
    body = []
    for r in t.rows:
        tag = "td" if r.depth == 3 else "th"
        name = f"<{tag}>{'&emsp;' * r.depth}{escape(r.name)}</{tag}>"
        cells = "".join(f"<td>{escape(c)}</td>" for c in (r.actual, r.target, r.gap, r.status.word, r.score_text))
        cover = _cells(r)[7]
        spark = sparkline(r.history) if any(v is not None for v in r.history) else ""
        body.append(f"<tr><td>{glyph(r.status)}</td>{name}{cells}<td>{cover}</td><td>{spark}</td></tr>")
    rows = "".join(body)
    return f"<table><caption>{escape(t.title)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
