"""A scorecard of one unit and period as rows for people: the same for the terminal, `repr` and notebooks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np

from fourfold.engine.cells import Floats, Mark, Reason, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.due import day_at
from fourfold.engine.evaluate import Evaluation, nodes_of
from fourfold.engine.freshness import freshness_after
from fourfold.engine.periods import Lag
from fourfold.engine.results import Results
from fourfold.engine.scoring import floor_one_decimal
from fourfold.engine.statuses import Status
from fourfold.engine.unit_settings import settings_of
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import NotFound
from fourfold.graphics.glyph import glyph
from fourfold.graphics.sparkline import sparkline

#: Marks for text: shape first, as everywhere.
MARKS = {"on": "●", "near": "▲", "off": "◆", "due": "◷", "none": "◌"}
#: How many periods a sparkline shows.
PERIODS = 13
#: The columns, and which of them are set to the right.
HEAD = ("", "", "Actual", "Target", "Gap", "Status", "Score", "Cover", "Trend")
NUMBERS = frozenset({2, 3, 4, 6, 7, 10})
#: What stands behind them where it is known: the icons of signals, and the forecast of the next period.
OUTLOOK = ("Signal", "Next")
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
    marks: Mark = Mark.NONE
    signal: str = ""
    forecast: str = ""
    trouble: str = ""

    @property
    def mark(self) -> str:
        """The status as one character."""
        return MARKS[self.status.mark]

    @property
    def score_text(self) -> str:
        """The score floored to one decimal, or an en dash."""
        return "–" if self.score is None else floor_one_decimal(self.score)

    @property
    def words(self) -> str:
        """The status in words; ≈ and * point to the notes of the table."""
        borderline = " ≈" if self.marks & Mark.BORDERLINE else ""
        return self.status.word + borderline + (" *" if self.note else "")

    @property
    def note(self) -> str:
        """What limits the figure, in words: partly in, an estimate …; why there is none; nothing for most."""
        return self.trouble or ", ".join(self.marks.notes)

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands under `HEAD`."""
        name, coverage = "  " * self.depth + self.name, self.coverage_text
        return (
            self.mark, name, self.actual, self.target, self.gap, self.words, self.score_text, coverage, self.spark
        )  # fmt: skip

    @property
    def coverage_text(self) -> str:
        """How much of the weight below a node has a score; nothing for KPIs and for nodes without any."""
        return "" if self.depth == 3 or self.status == Status.NO_DATA else f"{self.coverage:.0%}"

    @property
    def spark(self) -> str:
        """The last periods as block characters; a dot where there is no number, a level line where nothing moves."""
        known = [v for v in self.history if v is not None]
        if not known:
            return ""
        low, span = min(known), max(known) - min(known)
        return "".join(
            "·" if v is None else _BLOCKS[round((v - low) / span * 7) if span > 0 else 3] for v in self.history
        )


@dataclass(frozen=True)
class Table:
    """The rows of one unit and period with their title."""

    title: str
    unit: str
    period: str
    rows: tuple[Row, ...]
    legend: str = ""

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """The heads and what stands under them, with signals and forecasts where there are any."""
        if not any(r.signal or r.forecast for r in self.rows):
            return [HEAD, *(r.cells for r in self.rows)]
        return [HEAD + OUTLOOK, *((*r.cells, r.signal, r.forecast) for r in self.rows)]

    @property
    def notes(self) -> list[str]:
        """What the signs behind status words mean, and which figures are limited by what."""
        found = [self.legend] if self.legend else []
        if any(r.marks & Mark.BORDERLINE for r in self.rows):
            found.append("≈ the next status is within natural variation")
        limited: dict[str, dict[str, None]] = {}
        for row in self.rows:
            if row.note:
                limited.setdefault(row.note, {})[row.name] = None
        return found + [f"* {note}: {', '.join(names)}" for note, names in limited.items()]

    def __str__(self) -> str:
        """Aligned plain text."""
        lines = self.lines
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        text = (
            "  ".join(_aligned(i, c, w) for i, (c, w) in enumerate(zip(line, widths, strict=True))) for line in lines
        )
        return "\n".join([self.title, *(t.rstrip() for t in text), *self.notes])


def _aligned(column: int, cell: str, width: int) -> str:
    return cell.rjust(width) if column in NUMBERS else cell.ljust(width)


def number(value: float | None, kpi: Kpi, *, sign: bool = False) -> str:
    """A number with the KPI's decimals and unit sign, as text for terminals; en dash for none."""
    if value is None or math.isnan(value):
        return "–"
    body = f"{abs(value):,.{kpi.decimals}f}"
    negative = value < 0 and float(body.replace(",", "")) != 0
    lead = "−" if negative else "+" if sign and float(body.replace(",", "")) != 0 else ""
    return f"{lead}{body}{'%' if kpi.unit == '%' and not sign else ''}{kpi.scale}"


def table(evaluation: Evaluation, *, unit: str | None = None, period: str | None = None) -> Table:
    """The table of a unit (the root without one) and period (see `newest`). Raises `NotFound`."""
    d = evaluation.definitions
    code = unit or d.root.code
    if code not in evaluation.kpis.units:
        raise NotFound(f"There is no unit {show(code)}.", hint=did_you_mean(code, evaluation.kpis.units, "unit"))
    u = evaluation.kpis.units.index(code)
    p = _period_index(evaluation, u, period)
    shown = evaluation.periods[p]
    names = node_names(d)
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


def node_names(d: Definitions) -> dict[str, str]:
    """What people call the nodes and KPIs of a scorecard."""
    names = {"scorecard": d.strategy.name} | {f"kpi:{k.code}": k.name for k in d.kpis}
    names |= {f"theme:{t.code}": t.name for t in d.themes}
    names |= {f"objective:{o.code}": o.name for o in d.objectives}
    return names | {f"perspective:{q.code}": q.name for q in d.perspectives}


def _period_index(evaluation: Evaluation, u: int, period: str | None) -> int:
    ids = [p.id for p in evaluation.periods]
    if period is not None:
        wanted = evaluation.definitions.calendar.parse(period, evaluation.periods[0].frequency).id
        if wanted not in ids:
            first, last = evaluation.periods[0].label, evaluation.periods[-1].label
            raise NotFound(f"{period} was not evaluated.", hint=f"The evaluation covers {first} to {last}.")
        return ids.index(wanted)
    return newest(evaluation, u)


def newest(evaluation: Evaluation, u: int) -> int:
    """The newest period of a unit with a score and with most of its figures due.

    In the days after a month most figures are still on their way; a scorecard of the one that is early says little.
    Without such a period it is the newest one with a score, and without those the last.
    """
    status = evaluation.kpis.status[:, u]
    due = np.count_nonzero(~np.isin(status, (Status.NOT_DUE, Status.NOT_APPLICABLE)), axis=0)
    waiting = np.count_nonzero(status == Status.NOT_DUE, axis=0)
    scored = np.isfinite(evaluation.nodes.score[-1, u])
    for found in (np.flatnonzero(scored & (due >= waiting)), np.flatnonzero(scored)):
        if len(found):
            return int(found[-1])
    return len(evaluation.periods) - 1


def _row(evaluation: Evaluation, node: str, name: str, depth: int, u: int, p: int) -> Row:
    results = evaluation.kpis if node.startswith("kpi:") else evaluation.nodes
    i = results.index[node]
    score = _cell(results.score, i, u, p)
    status = Status(int(results.status[i, u, p]))
    coverage = float(results.coverage[i, u, p])
    marks = Mark(int(results.marks[i, u, p]))
    if results is evaluation.nodes:
        return Row(node, name, depth, status, score, coverage, history=_history(results.score, i, u, p), marks=marks)
    kpi = evaluation.definitions.kpi[node.removeprefix("kpi:")]
    value, target = _cell(results.value, i, u, p), _cell(results.target, i, u, p)
    gap = value - target if value is not None and target is not None else None
    actual = number(value, kpi) if value is not None else _why(results, i, u, p)
    history = _history(results.value, i, u, p)
    texts = (actual, number(target, kpi), number(gap, kpi, sign=True))
    trouble = _error(results, i, u, p) or _lateness(evaluation, kpi, (i, u, p))
    return Row(node, name, depth, status, score, coverage, *texts, history, marks, trouble=trouble)


def _why(results: Results, i: int, u: int, p: int) -> str:
    state = State.MISSING if results.state is None else State(int(results.state[i, u, p]))
    if results.reason is not None and results.reason[i, u, p] == Reason.NO_RATE:
        return "no rate"
    return {State.NOT_APPLICABLE: "n/a", State.NOT_DUE: "not due", State.ERROR: "error"}.get(state, "not in")


def _error(results: Results, i: int, u: int, p: int) -> str:
    """Why a figure is an error, in words."""
    return "" if results.reason is None else Reason(int(results.reason[i, u, p])).sentence.rstrip(".").lower()


def _lateness(evaluation: Evaluation, kpi: Kpi, at: tuple[int, int, int]) -> str:
    """How long a missing figure has been waited for: fresh, late, stale or dead; nothing where none ever came."""
    results, d, (i, u, p) = evaluation.kpis, evaluation.definitions, at
    if results.state is None or results.state[at] != State.MISSING:
        return ""
    there = np.flatnonzero(results.state[i, u, :p] == State.NUMBER)
    if not len(there):
        return ""
    last, unit = int(there[-1]), results.units[u]
    own = results.shown_from(results.nodes[i], unit, last)
    latest = d.calendar.parse(own) if own else evaluation.periods[last]
    today, business = day_at(d, unit, evaluation.as_of), settings_of(d, unit).business
    freshness = freshness_after(latest, today, Lag.parse(kpi.lag), business)
    return freshness.word if freshness else f"{freshness.word}, expected today"


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
    heads, *lines = t.lines
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    body = []
    for r, line in zip(t.rows, lines, strict=True):
        tag = "td" if r.depth == 3 else 'th scope="row"'
        name = f"<{tag}>{'&emsp;' * r.depth}{escape(r.name)}</{tag[:2]}>"
        cells = "".join(f"<td>{escape(c)}</td>" for c in r.cells[2:8])
        spark = sparkline(r.history) if any(v is not None for v in r.history) else ""
        more = "".join(f"<td>{escape(c)}</td>" for c in line[9:])
        body.append(f"<tr><td>{glyph(r.status)}</td>{name}{cells}<td>{spark}</td>{more}</tr>")
    rows = "".join(body)
    notes = "".join(f"<p>{escape(note)}</p>" for note in t.notes)
    caption = f"<caption>{escape(t.title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{notes}"
