"""A whole scorecard, one cell at a time, in plain Python and exact fractions: slow, obvious, and not from the code.

Written from the specification: §2.2 aggregation, §3.2–§3.8 scoring and roll-up, §4.3 linear paths, §4.5 versions,
amendments A1–A4. It knows months and quarters, measured KPIs, and computed ones whose formulas Python can read too;
a weighted mean is a ratio whose numerator is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

from fourfold.engine.definitions import Definitions, Kpi, Strategy, Target
from fourfold.engine.periods import Frequency

NUMBER, MISSING, NOT_APPLICABLE, NOT_DUE, ERROR = "number", "missing", "not applicable", "not due yet", "error"
LENGTH = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF: 6, Frequency.YEAR: 12}
QUALITY = {"unapproved": Fraction(7, 10), "estimate": Fraction(6, 10), "provisional": Fraction(8, 10)}
EPSILON = Fraction(1, 10**9)
WORDS = {MISSING: "Overdue", NOT_APPLICABLE: "Not applicable", NOT_DUE: "Not due yet", ERROR: "Error"}
ORDER = ("Off target", "Near target", "On target")
EXPECTED = (*ORDER, "Overdue", "Error", "Insufficient data")
Number = Fraction | None


@dataclass(frozen=True)
class Cell:
    """A figure of one KPI, unit and period."""

    state: str
    value: Number = None
    top: Number = None
    bottom: Number = None
    marks: frozenset[str] = frozenset()
    coverage: Fraction = Fraction(0)
    worth: Fraction = Fraction(1)  # of an older figure, by its age

    @property
    def is_number(self) -> bool:
        return self.state == NUMBER


@dataclass(frozen=True)
class Anchors:
    """What a figure is judged by."""

    target: Number = None
    red: Number = None
    floor: Number = None
    stretch: Number = None
    band: tuple[Fraction, ...] | None = None


@dataclass(frozen=True)
class Answer:
    """What the scorecard should show for one KPI or node, unit and period."""

    status: str
    score: Number = None
    coverage: Fraction = Fraction(0)
    confidence: Fraction = Fraction(0)
    cell: Cell | None = None
    target: Number = None
    carried: bool = False


def at_least(value: Fraction, cut: Fraction) -> bool:
    return value >= cut - EPSILON * abs(cut)


# Figures -----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Oracle:
    """The answers about one scorecard; a month is its number since year 0, a period its first month."""

    definitions: Definitions
    rows: Iterable[Mapping[str, Any]]
    as_of: datetime
    view: str
    shown: tuple[int, ...]
    table: dict[tuple[str, str, int], Mapping[str, Any]] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            kpi = self.definitions.kpi[row["kpi"]]
            self.table[kpi.code, row["unit"], self.month_of(kpi, row["period"])] = row
        months = {code: [m for c, _, m in self.table if c == code] for code in self.definitions.kpi}
        self.begun = {code: min(found) for code, found in months.items() if found}
        self.year_start = self.definitions.organisation.fiscal_year_start - 1
        self.length = 1 if self.view == "ytd" else LENGTH[Frequency(self.view)]
        self.cell = cache(self._cell)
        self.kpi = cache(self._kpi)
        self.node = cache(self._node)

    def first_of(self, month: int, length: int) -> int:
        """The first month of the period of this length that holds a month."""
        return month - (month - self.year_start) % length

    def children(self, unit: str) -> list[str]:
        return [u.code for u in self.definitions.units if u.parent == unit]

    def has(self, kpi: Kpi, unit: str) -> bool:
        """A unit has a KPI unless that was ruled out; above a unit that has it, it is rolled up."""
        if unit in kpi.not_applicable_in:
            return False
        mine = not kpi.only_in or unit in kpi.only_in
        return mine or any(self.below(kpi, child) for child in self.children(unit))

    def below(self, kpi: Kpi, unit: str) -> bool:
        if unit not in kpi.not_applicable_in and (not kpi.only_in or unit in kpi.only_in):
            return True
        return any(self.below(kpi, child) for child in self.children(unit))

    def is_due(self, kpi: Kpi, month: int) -> bool:
        end = month + LENGTH[kpi.frequency]
        days = int(kpi.lag.removeprefix("P").removesuffix("D"))
        return self.as_of.date() >= date(end // 12, end % 12 + 1, 1) + timedelta(days=days)

    def _cell(self, code: str, unit: str, month: int) -> Cell:
        """The figure of a KPI in one of its own periods, rolled up where the unit has none of its own."""
        kpi = self.definitions.kpi[code]
        if kpi.is_computed:
            return self.weighed(kpi, self.computed(kpi, unit, month), unit, month)
        own = self.weighed(kpi, self.own(kpi, unit, month), unit, month)
        children = self.children(unit)
        if own.is_number or not children or kpi.aggregate_units in ("none", "recompute"):
            return own
        below = [self.cell(code, child, month) for child in children]
        rolled = self.fold(below, str(kpi.aggregate_units), Fraction(kpi.factor), over_time=False)
        if own.state == NOT_APPLICABLE == rolled.state:
            return own
        covered = [c.coverage for c in below if c.coverage > 0]
        deeper = sum(covered, Fraction(0)) / len(covered) if covered else Fraction(0)
        return replace(rolled, coverage=rolled.coverage * deeper)

    def own(self, kpi: Kpi, unit: str, month: int) -> Cell:
        row = self.table.get((kpi.code, unit, month))
        if row is None:
            return Cell(self.why_empty(kpi, unit, month))
        if row.get("state"):
            return Cell({1: MISSING, 2: NOT_APPLICABLE, 3: NOT_DUE, 4: ERROR}[row["state"]])
        marks = {name for bit, name in ((2, "provisional"), (4, "estimate"), (32, "unapproved")) if row["marks"] & bit}
        if not self.is_due(kpi, month):
            marks.add("provisional")
        top, bottom = (None if row[k] is None else Fraction(row[k]) for k in ("numerator", "denominator"))
        if row["value"] is not None:
            return Cell(NUMBER, Fraction(row["value"]), top, bottom, frozenset(marks), Fraction(1))
        assert top is not None and bottom is not None
        return Cell(NUMBER, Fraction(kpi.factor) * top / bottom, top, bottom, frozenset(marks), Fraction(1))

    def weighed(self, kpi: Kpi, cell: Cell, unit: str, month: int) -> Cell:
        """A figure with the value of the KPI that weights it, if it has no denominator of its own."""
        if kpi.weighted_by is None or not cell.is_number or cell.bottom is not None:
            return cell
        weight = self.cell(kpi.weighted_by, unit, month).value
        if weight is None or weight < 0:
            return cell
        return replace(cell, top=(cell.value or 0) * weight / Fraction(kpi.factor), bottom=weight)

    def why_empty(self, kpi: Kpi, unit: str, month: int) -> str:
        if not self.has(kpi, unit) or month < self.begun.get(kpi.code, month):
            return NOT_APPLICABLE
        return MISSING if self.is_due(kpi, month) else NOT_DUE

    def computed(self, kpi: Kpi, unit: str, month: int) -> Cell:
        """Aggregate, then compute: the formula at this unit, of inputs that are rolled up already."""
        if not self.has(kpi, unit):
            return Cell(NOT_APPLICABLE)
        texts = [kpi.formula] if kpi.formula else [kpi.numerator, kpi.denominator]
        used = {c: self.cell(c, unit, month) for c in self.definitions.kpi if any(c in str(t).split() for t in texts)}
        for state in (ERROR, MISSING, NOT_DUE, NOT_APPLICABLE):
            if any(c.state == state for c in used.values()):
                return Cell(state, coverage=min(c.coverage for c in used.values()))
        names: dict[str, Any] = {code: cell.value for code, cell in used.items()}
        parts = [Fraction(eval(str(text), {}, names)) for text in texts]
        marks = frozenset().union(*(c.marks for c in used.values()))
        coverage = min((c.coverage for c in used.values()), default=Fraction(1))
        if len(parts) == 1:
            return Cell(NUMBER, parts[0], None, None, marks, coverage)
        if parts[1] == 0:  # an error here, but its parts still count in a longer period
            return Cell(ERROR, None, *parts, coverage=coverage)
        return Cell(NUMBER, Fraction(kpi.factor) * parts[0] / parts[1], *parts, marks, coverage)

    def fold(self, cells: list[Cell], how: str, factor: Fraction, *, over_time: bool) -> Cell:
        """Many cells as one; what is not there is never a zero."""
        if over_time and how == "last":
            due = [c for c in cells if c.state not in (NOT_APPLICABLE, NOT_DUE)]
            waiting = any(c.state == NOT_DUE for c in cells)
            if not due:
                return Cell(NOT_DUE if waiting else NOT_APPLICABLE)
            extra = {"provisional"} if waiting and due[-1].is_number else set()
            return replace(due[-1], marks=due[-1].marks | extra, coverage=Fraction(due[-1].is_number))
        if how == "weighted_mean":  # a number without a weight counts only where nothing else could
            applicable = [c for c in cells if c.state != NOT_APPLICABLE]
            if len(applicable) == 1 and applicable[0].is_number and applicable[0].bottom is None:
                return replace(applicable[0], coverage=Fraction(1))
            cells = [replace(c, state=MISSING) if c.is_number and c.bottom is None else c for c in cells]
        if how == "weighted_ratio":
            cells = [replace(c, state=NUMBER) if c.state == ERROR and c.bottom == 0 else c for c in cells]
        count = {s: sum(c.state == s for c in cells) for s in (NUMBER, MISSING, NOT_APPLICABLE, NOT_DUE, ERROR)}
        there = [c for c in cells if c.is_number]
        expected = len(there) + count[MISSING] + count[ERROR]
        coverage = Fraction(len(there), max(expected, 1))
        if count[ERROR]:
            return Cell(ERROR, coverage=coverage)
        if count[MISSING] and (not there or (over_time and how == "sum")):
            return Cell(MISSING, coverage=coverage)
        if not there:
            return Cell(NOT_DUE if count[NOT_DUE] else NOT_APPLICABLE, coverage=coverage)
        marks = frozenset().union(*(c.marks for c in there))
        if count[MISSING] or count[NOT_DUE]:
            marks |= {"partial"}
        if count[NOT_DUE]:
            marks |= {"provisional"}
        values = [c.value for c in there if c.value is not None]
        if how in ("weighted_ratio", "weighted_mean"):
            top, bottom = (sum((getattr(c, p) for c in there), Fraction(0)) for p in ("top", "bottom"))
            if bottom == 0:
                return Cell(ERROR, None, top, bottom, coverage=coverage)
            return Cell(NUMBER, factor * top / bottom, top, bottom, marks, coverage)
        total = sum(values, Fraction(0))
        value = {"sum": total, "mean": total / len(values), "max": max(values), "min": min(values)}[how]
        return Cell(NUMBER, value, None, None, marks, coverage)

    # Time ----------------------------------------------------------------------------------------------------------

    def months(self, kpi: Kpi, month: int) -> list[int]:
        """The own periods that make up a shown period; `newest` says where only the newest one counts."""
        step, end = LENGTH[kpi.frequency], month + self.length
        if self.view == "ytd" and kpi.aggregate_time != "last":
            begin = self.first_of(month, 12)
        elif step > self.length or self.view == "ytd":
            return [self.newest(kpi, end)]
        else:
            begin = month
        return [m for m in range(begin, end, step) if m + step <= end]

    def newest(self, kpi: Kpi, end: int) -> int:
        """The newest own period over by `end` whose figure is due, or is there already somewhere."""
        step = LENGTH[kpi.frequency]
        month = self.first_of(end, step) - step
        if step == self.length:
            return month
        units = [u.code for u in self.definitions.units]
        while all(self.cell(kpi.code, u, month).state == NOT_DUE for u in units) and month > self.begin():
            month -= step
        return month

    def begin(self) -> int:
        """The fiscal year of the first figure, or of the first period shown: nothing before it is known."""
        return self.first_of(min([self.shown[0], *self.begun.values()]), 12)

    def folded(self, kpi: Kpi, unit: str, month: int) -> Cell:
        """The figure in a shown period."""
        own = self.months(kpi, month)
        if not own or own[0] < self.begin():
            under_way = self.cell(kpi.code, unit, self.first_of(month, LENGTH[kpi.frequency]))
            return Cell(NOT_APPLICABLE if under_way.state == NOT_APPLICABLE else NOT_DUE)
        cells = [self.cell(kpi.code, unit, m) for m in own]
        if self.is_single(kpi):
            return self.or_older(kpi, unit, own[0], cells[0])
        whole = self.fold(cells, str(kpi.aggregate_time), Fraction(kpi.factor), over_time=True)
        if kpi.aggregate_time == "last":
            there = [c.coverage for c in cells if c.state not in (NOT_APPLICABLE, NOT_DUE)][-1:]
        else:
            there = [c.coverage for c in cells if c.is_number or c.state == ERROR]
        return replace(whole, coverage=whole.coverage * (sum(there, Fraction(0)) / len(there) if there else 0))

    def or_older(self, kpi: Kpi, unit: str, month: int, cell: Cell) -> Cell:
        """A figure that is missing, or the last one before it where the one after that is not late by too much (§3.7).

        Only KPIs reported less often than the view shows have older figures to show.
        """
        step = LENGTH[kpi.frequency]
        if cell.state != MISSING or step <= self.length:
            return cell
        before = [m for m in range(month - step, self.begin() - 1, -step) if self.cell(kpi.code, unit, m).is_number]
        if not before:
            return cell
        end = before[0] + 2 * step
        first, stop = (date(m // 12, m % 12 + 1, 1) for m in (end - step, end))
        expected = stop + timedelta(days=int(kpi.lag.removeprefix("P").removesuffix("D")))
        age = Fraction((self.as_of.date() - expected).days, (stop - first).days)
        carries = self.definitions.strategy.missing == "carry_forward"
        if age > (3 if carries else 1):
            return cell
        old = self.cell(kpi.code, unit, before[0])
        marks = old.marks | {"stale"} | ({"carried"} if age > 1 else set())
        return replace(old, marks=marks, worth=1 - max(age, Fraction(0)) / 3)

    def is_single(self, kpi: Kpi) -> bool:
        if self.view == "ytd":
            return kpi.aggregate_time == "last"
        return LENGTH[kpi.frequency] >= self.length

    # Targets -------------------------------------------------------------------------------------------------------

    def versions(self, kpi: Kpi, unit: str) -> list[Target]:
        """The targets that hold for a unit: its own, else the general ones; where units add up these are the root's."""
        every = [t for t in self.definitions.targets if t.kpi == kpi.code]
        own = [t for t in every if t.unit == unit]
        general = [t for t in every if t.unit is None]
        if own or (kpi.aggregate_units == "sum" and unit != self.definitions.root.code):
            return own
        return general

    def anchors(self, kpi: Kpi, unit: str, month: int) -> Anchors:
        """The anchors in one own period; a parent that adds up and has none is asked for the sum of its children's."""
        versions = self.versions(kpi, unit)
        children = self.children(unit)
        if not versions and kpi.aggregate_units == "sum" and children:
            return total([self.anchors(kpi, c, month) for c in children])
        starts = [(self.month_of(kpi, t.since), t) for t in versions]
        started = [(since, t) for since, t in starts if since <= month]
        if not started:
            return Anchors()
        since, version = max(started, key=lambda pair: pair[0])
        if version.low is not None:
            band = (version.red_low, version.low, version.high, version.red_high)
            middle = (Fraction(version.low) + Fraction(version.high or 0)) / 2
            return Anchors(middle, band=tuple(Fraction(b) for b in band if b is not None))
        if version.value is None:
            return Anchors()
        goal = Fraction(version.value)
        red, floor = self.red_line(kpi, version)
        target = goal
        if version.path == "linear" and version.baseline is not None and version.due is not None:
            share = Fraction(month - since, max(self.month_of(kpi, version.due) - since, 1))
            target = Fraction(version.baseline) + (goal - Fraction(version.baseline)) * min(
                max(share, Fraction(0)), Fraction(1)
            )
        gap = None if red is None else goal - red
        constant = version.path == "constant"
        return Anchors(
            target,
            None if gap is None else target - gap,
            floor if constant else None,
            Fraction(version.stretch) if constant and version.stretch is not None else None,
        )

    def month_of(self, kpi: Kpi, period: str) -> int:
        """The first month of one of the KPI's own periods."""
        start = self.definitions.calendar.parse(period, kpi.frequency).start
        return start.year * 12 + start.month - 1

    def red_line(self, kpi: Kpi, version: Target) -> tuple[Number, Number]:
        """Red line and floor, by the first rule that applies; natural variation is not in what is drawn here."""
        given_floor = None if version.floor is None else Fraction(version.floor)
        if version.red_line is not None:
            return Fraction(version.red_line), given_floor
        goal = Fraction(version.value or 0)
        up = 1 if kpi.polarity == "higher_better" else -1
        if version.baseline is not None and (goal - Fraction(version.baseline)) * up > 0:
            base = Fraction(version.baseline)
            return (base + goal) / 2, given_floor if given_floor is not None else base
        if kpi.ratio_scale and goal != 0:
            return goal - up * abs(goal) / 10, given_floor
        return None, given_floor

    def folded_anchors(self, kpi: Kpi, unit: str, month: int) -> Anchors:
        """Anchors of a shown period: folded as the figures are, over the sub-periods that have a figure."""
        own = self.months(kpi, month)
        if not own or own[0] < self.begin():
            return Anchors()
        if self.is_single(kpi):
            return self.anchors(kpi, unit, own[0])
        pairs = [(self.cell(kpi.code, unit, m), self.anchors(kpi, unit, m)) for m in own]
        there = [(c, a) for c, a in pairs if c.is_number]

        def one(values: Callable[[Anchors], Number]) -> Number:
            known = [(c, v) for c, a in there if (v := values(a)) is not None]
            if not known:
                return None
            if kpi.aggregate_time == "sum":
                return sum((v for _, v in known), Fraction(0))
            if kpi.aggregate_time in ("weighted_ratio", "weighted_mean"):
                counted = [c for c, a in pairs if c.state in (NUMBER, NOT_DUE) and values(a) is not None]
                if len(counted) == 1 and known[0][0].bottom is None:
                    return known[0][1]
                weight = sum((c.bottom or Fraction(0) for c, _ in known), Fraction(0))
                return sum(((c.bottom or 0) * v for c, v in known), Fraction(0)) / weight if weight else None
            if kpi.aggregate_time == "last":
                return known[-1][1]
            return sum((v for _, v in known), Fraction(0)) / len(known)

        bands = [one(lambda a, i=i: a.band[i] if a.band else None) for i in range(4)]  # type: ignore[misc]
        band = tuple(b for b in bands if b is not None) or None
        return Anchors(
            one(lambda a: a.target), one(lambda a: a.red), one(lambda a: a.floor), one(lambda a: a.stretch), band
        )

    def tolerance(self, kpi: Kpi, unit: str, month: int) -> Fraction:
        """The tolerance, added up where figures are."""
        if kpi.aggregate_time != "sum" or self.is_single(kpi):
            return Fraction(kpi.tolerance)
        cells = [self.cell(kpi.code, unit, m) for m in self.months(kpi, month)]
        return Fraction(kpi.tolerance) * sum(c.is_number for c in cells)

    # Judgement -----------------------------------------------------------------------------------------------------

    def _kpi(self, code: str, unit: str, month: int) -> Answer:
        kpi = self.definitions.kpi[code]
        cell = self.folded(kpi, unit, month)
        anchors = self.folded_anchors(kpi, unit, month)
        if not cell.is_number or cell.value is None:
            return Answer(WORDS[cell.state], coverage=cell.coverage, cell=cell, target=anchors.target)
        trust = prod((QUALITY[m] for m in cell.marks if m in QUALITY), start=cell.coverage * cell.worth)
        tolerance = self.tolerance(kpi, unit, month)
        score, cut = (None, Fraction(100)) if kpi.polarity == "neutral" else judge(kpi, cell.value, anchors, tolerance)
        return Answer(word(score, cut), score, cell.coverage, trust, cell, anchors.target)

    def _node(self, name: str, unit: str, month: int) -> Answer:
        """A node from its children: the weighted mean (or what the strategy says) of what is there."""
        children = [(self.counted(child, unit, month), weight) for child, weight in self.parts(name)]
        strategy = self.definitions.strategy
        if not children:
            return Answer("No data")
        expected = [(a, w) for a, w in children if a.status in EXPECTED]
        scored = [(a, w) for a, w in expected if a.score is not None]
        total = sum((w for _, w in expected), Fraction(0))
        inside = sum((w for _, w in scored), Fraction(0))
        coverage = inside / total if total else Fraction(0)
        trust = sum((w * a.confidence for a, w in expected), Fraction(0)) / total if total else Fraction(0)
        cap = Fraction(125 if strategy.allow_over else 100)
        used = [(min(a.score, cap), w) for a, w in scored if a.score is not None]
        enough = inside > 0 and at_least(coverage, Fraction(strategy.minimum_coverage))
        if strategy.missing in ("zero", "neutral"):
            put = Fraction(0 if strategy.missing == "zero" else 50)
            used += [(put, w) for a, w in expected if a.score is None]
            enough = total > 0
        if strategy.missing == "block":
            enough = enough and not any(a.score is None and w > 0 for a, w in expected)
        if not enough:
            return Answer(why_none([a.status for a, _ in children]), None, coverage, trust)
        critical = [a.score for a, c in zip((a for a, _ in children), self.critical(name), strict=True) if c]
        score = round(combine(strategy, [(u, w) for u, w in used if w > 0]), 6)  # quantised on every level (I7)
        if strategy.roll_up.startswith("veto") and any(s is not None and s < 50 for s in critical):
            score = min(score, Fraction("49.9") if strategy.roll_up == "veto_red" else Fraction("89.9"))
        raw = 2 if at_least(score, Fraction(strategy.green)) else int(at_least(score, Fraction(strategy.amber)))
        ranks = [ORDER.index(a.status) for a, _ in scored]
        clamped = min(max(raw, min(ranks)), max(ranks)) if ranks else raw
        carried = any(a.carried and w > 0 for a, w in scored)
        return Answer(ORDER[clamped], score, coverage, trust, carried=carried)

    def counted(self, name: str, unit: str, month: int) -> Answer:
        """What a child counts with: its own answer, or that of the period before, two thirds as sure."""
        own = self.answer(name, unit, month)
        if self.definitions.strategy.missing != "carry_forward" or own.status not in EXPECTED:
            return own
        before = month - self.length
        if own.score is not None or before < self.begin():
            return own
        old = self.answer(name, unit, before)
        return own if old.score is None else replace(old, confidence=old.confidence * Fraction(2, 3), carried=True)

    def answer(self, name: str, unit: str, month: int) -> Answer:
        """The answer for `kpi:x`, `objective:x`, `perspective:x` or `scorecard`."""
        if name.startswith("kpi:"):
            return self.kpi(name.removeprefix("kpi:"), unit, month)
        return self.node(name, unit, month)

    def parts(self, name: str) -> list[tuple[str, Fraction]]:
        """Children of a node with their weights."""
        d = self.definitions
        kind, _, code = name.partition(":")
        if kind == "scorecard":
            return [(f"perspective:{p.code}", Fraction(p.weight)) for p in d.perspectives]
        if kind == "objective":
            return [(f"kpi:{u.kpi}", Fraction(u.weight)) for u in self.uses(code)]
        inside = [o for o in d.objectives if (code in o.themes if kind == "theme" else o.perspective == code)]
        return [(f"objective:{o.code}", Fraction(o.weight)) for o in inside]

    def uses(self, objective: str) -> list[Any]:
        uses = [u for u in self.definitions.uses if u.objective == objective and not u.monitor_only]
        return [u for u in uses if self.definitions.kpi[u.kpi].state not in ("draft", "retired")]

    def critical(self, name: str) -> list[bool]:
        if not name.startswith("objective:"):
            return [False] * len(self.parts(name))
        return [u.critical for u in self.uses(name.removeprefix("objective:"))]


def total(parts: list[Anchors]) -> Anchors:
    """The sum of anchors, where every part has one."""
    whole = {n: [getattr(a, n) for a in parts] for n in ("target", "red", "floor", "stretch")}
    sums = {n: None if None in v else sum(v, Fraction(0)) for n, v in whole.items()}
    bands = [a.band for a in parts if a.band is not None]
    band = tuple(sum(edges, Fraction(0)) for edges in zip(*bands, strict=True)) if len(bands) == len(parts) else None
    return Anchors(**sums, band=band)


def judge(kpi: Kpi, x: Fraction, a: Anchors, tolerance: Fraction) -> tuple[Number, Fraction]:
    """Score and the score from which it is on target."""
    if a.band is not None:
        red_low, low, high, red_high = a.band
        left, right = line(x, red_low, low, up=True), line(x, red_high, high, up=False)
        cut = cut_of(low, red_low, tolerance) if x < low else cut_of(high, red_high, tolerance)
        return min(max(min(left, right), Fraction(0)), Fraction(100)), cut
    if a.target is None or a.red is None:
        return None, Fraction(100)
    score = line(x, a.red, a.target, up=kpi.polarity == "higher_better")
    side = 1 if a.target > a.red else -1
    if a.floor is not None and score < 50 and (a.red - a.floor) * side > 0:
        score = 50 * (x - a.floor) / (a.red - a.floor)
    if a.stretch is not None and score > 100 and (a.stretch - a.target) * side > 0:
        score = 100 + 25 * (x - a.target) / (a.stretch - a.target)
    return min(max(score, Fraction(0)), Fraction(125)), cut_of(a.target, a.red, tolerance)


def line(x: Fraction, red: Fraction, target: Fraction, *, up: bool) -> Fraction:
    if red == target:
        return Fraction(100 if (x >= target if up else x <= target) else 0)
    return 50 + 50 * (x - red) / (target - red)


def cut_of(target: Fraction, red: Fraction, tolerance: Fraction) -> Fraction:
    return Fraction(100) if target == red else max(100 - 50 * tolerance / abs(target - red), Fraction(50))


def word(score: Number, cut: Fraction) -> str:
    if score is None:
        return "Not scored"
    return ORDER[2] if at_least(score, cut) else ORDER[int(at_least(score, Fraction(50)))]


def combine(strategy: Strategy, used: list[tuple[Fraction, Fraction]]) -> Fraction:
    how, green = strategy.roll_up, Fraction(strategy.green)
    weight = sum((w for _, w in used), Fraction(0))
    if how == "worst_of":
        return min(u for u, _ in used)
    if how == "best_of":
        return max(u for u, _ in used)
    if how == "count_green":
        return 100 * sum((w for u, w in used if at_least(u, green)), Fraction(0)) / weight
    if how in ("geometric", "power_mean"):
        power = strategy.power if how == "power_mean" else 0.0
        mean = prod(float(max(u, Fraction(1))) ** float(w / weight) for u, w in used)
        if power:
            mean = sum(float(w / weight) * float(max(u, Fraction(1))) ** power for u, w in used) ** (1 / power)
        return Fraction(min(max(mean, float(min(u for u, _ in used))), float(max(u for u, _ in used))))
    return sum((u * w for u, w in used), Fraction(0)) / weight


def why_none(statuses: list[str]) -> str:
    """Why a node has no score, from the statuses of its children."""
    if not any(s in EXPECTED for s in statuses):
        if all(s == "Not applicable" for s in statuses):
            return "Not applicable"
        return "Not due yet" if "Not due yet" in statuses else "No data"
    return "Overdue" if "Overdue" in statuses and not any(s in ORDER for s in statuses) else "Insufficient data"
