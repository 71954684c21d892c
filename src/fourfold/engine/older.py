"""Older figures where the one that should follow is late (methodology §2.5, §3.7).

A KPI that is reported less often than a view shows it stands there with its newest figure. Where the figure after that
is overdue, the older one is used for one period more and marked STALE; where scores are carried forward it is used for
three, and marked CARRIED too. After that there is no figure. What it is worth in the confidence falls with its age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from fourfold.engine.blocks import Block
from fourfold.engine.carrying import carries
from fourfold.engine.cells import Codes, Floats, Indexes, Mark, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.due import todays
from fourfold.engine.freshness import Freshness, ages_of, decay, freshness_of
from fourfold.engine.groups import Group
from fourfold.engine.periods import Lag
from fourfold.engine.results import Results
from fourfold.engine.views import Window, is_picked, newest_due, picked


@dataclass(frozen=True, slots=True)
class Older:
    """A block whose late cells have the figure before them.

    `worth` is what the figure of each cell is worth, `source` the index of the own period it is from; both are
    `(kpi, unit, period)`.
    """

    block: Block
    worth: Floats
    source: Indexes

    def note(self, results: Results, window: Window) -> None:
        """Say in the results, in place, how sure an older figure is and which period it is from."""
        index = newest_due(self.block.state, window)
        assert not isinstance(index, slice)  # only a finer view shows older figures
        stale, carried = ((results.marks & mark) != 0 for mark in (Mark.STALE, Mark.CARRIED))
        # A carried figure has lost what one period costs already.
        worth = picked(self.worth, index) / np.where(carried, decay(np.array(1.0)), 1.0)
        results.confidence = results.confidence * np.where(stale, worth, 1.0)  # it may be the coverage itself
        source = np.where(index < 0, -1, np.take_along_axis(self.source, np.maximum(index, 0), axis=2))
        own = [period.id for period in window.own]
        for k, u in np.argwhere(stale.any(axis=2)).tolist():
            texts = [own[i] if i >= 0 else "" for i in source[k, u].tolist()]
            results.older[results.nodes[k], results.units[u]] = tuple(texts)


def older_figures(
    block: Block, groups: Sequence[Group], window: Window, definitions: Definitions, as_of: datetime
) -> Older | None:
    """The block with older figures where they may still be used; None where that changes nothing.

    An own period whose figure is missing gets the last number before it, if the figure after that number has been
    expected for no more than one period at the unit (three where scores are carried forward).
    """
    place = np.arange(block.shape[2])
    number, missing = block.state == State.NUMBER, block.state == State.MISSING
    missing &= np.array([is_picked(g, window) for g in groups for _ in g.kpis], dtype=np.bool_)[:, None, None]
    last = np.maximum.accumulate(np.where(number, place, -1), axis=2)
    if not (missing & (last >= 0)).any():
        return None
    age = _ages(block, [k for g in groups for k in g.kpis], definitions, as_of, last)
    freshness = freshness_of(age)
    used = missing & (freshness <= (Freshness.STALE if carries(definitions) else Freshness.LATE))
    if not used.any():
        return None
    source = np.where(used, last, place)
    marks: Codes = np.where(freshness > Freshness.LATE, np.uint8(Mark.STALE | Mark.CARRIED), np.uint8(Mark.STALE))
    filled = _filled(block, source)
    filled.marks |= np.where(used, marks, np.uint8(0))
    return Older(filled, np.where(used, decay(age), 1.0), source)


def _ages(block: Block, kpis: Sequence[Kpi], definitions: Definitions, as_of: datetime, last: Indexes) -> Floats:
    """How long the figure after the last one has been expected, `(kpi, unit, period)`; NaN without a last one."""
    kinds, of_unit = todays(definitions, as_of)
    following = [period.shift(1) for period in block.periods]
    lags = list(dict.fromkeys(k.lag for k in kpis))
    known = np.array(
        [[ages_of(following, today.day, Lag.parse(lag), today.business) for today in kinds] for lag in lags]
    )
    of_kpi = np.array([lags.index(k.lag) for k in kpis], dtype=np.intp)
    ages = known[of_kpi[:, None, None], of_unit[:, None], np.maximum(last, 0)]
    return np.where(last >= 0, ages, np.nan)


def _filled(block: Block, source: Indexes) -> Block:
    """The block with each cell from that of another period."""

    def maybe(array: Floats | None) -> Floats | None:
        return None if array is None else np.take_along_axis(array, source, axis=2)

    def codes(array: Codes) -> Codes:
        return np.take_along_axis(array, source, axis=2)

    return replace(
        block, value=np.take_along_axis(block.value, source, axis=2), state=codes(block.state),
        marks=codes(block.marks), numerator=maybe(block.numerator), denominator=maybe(block.denominator),
        reason=None if block.reason is None else codes(block.reason), coverage=maybe(block.coverage),
    )  # fmt: skip
