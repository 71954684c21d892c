"""How fresh a figure is, in words: fresh, late, stale or dead; and what an older figure or score rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Kpi
from fourfold.engine.freshness import Freshness, freshness_after
from fourfold.engine.periods import Lag, Period, day_of, expected_at
from fourfold.engine.rollup import confidence_word
from fourfold.graphics.svg import Svg
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.window import Cell
from fourfold.web.components.dates import day_text
from fourfold.web.components.drawings import value_text
from fourfold.web.components.markup import fill
from fourfold.web.components.numbers import share_text

_NOTE: Final = '{value} <span class="muted small">{note}</span>'


def freshness_of(scope: Scope, kpi: Kpi, cells: Sequence[Cell | None]) -> Freshness | None:
    """How fresh a KPI is in the period shown, the last of these cells; None where it has had no figure to wait for."""
    now, latest = cells[-1], _latest(scope, cells)
    if now is None or latest is None or now.state not in (State.NUMBER, State.MISSING, State.NOT_DUE):
        return None
    if (now.state == State.NUMBER and not now.marks & Mark.STALE) or scope.run.as_of is None:
        return Freshness.FRESH
    unit = scope.structure.settings[scope.unit.code]
    return freshness_after(latest, day_of(scope.run.as_of, unit.zone), Lag.parse(kpi.lag), unit.business)


def _latest(scope: Scope, cells: Sequence[Cell | None]) -> Period | None:
    """The period of the last figure: the KPI's own, where it is reported less often than the view shows."""
    for back, cell in enumerate(reversed(cells)):
        if cell is not None and cell.state == State.NUMBER:
            own = cell.data_period
            return scope.structure.calendar.parse(own) if own else scope.period.shift(-back)
    return None


def freshness_words(scope: Scope, kpi: Kpi, cells: Sequence[Cell | None]) -> str:
    """The word, and since when a figure has been expected that is not in: "late, expected since 5 Nov 2026"."""
    freshness, latest = freshness_of(scope, kpi, cells), _latest(scope, cells)
    if not freshness or latest is None:
        return "" if freshness is None else freshness.word
    unit = scope.structure.settings[scope.unit.code]
    since = expected_at(latest.shift(1), Lag.parse(kpi.lag), unit.business)
    return f"{freshness.word}, expected since {day_text(since.isoformat())}"


def figure_words(scope: Scope, kpi: Kpi, cells: Sequence[Cell | None]) -> Svg | str:
    """The figure as a table shows it, with what there is to say about its age: "not in, late"."""
    now = cells[-1]
    text = value_text(kpi, now)
    if now is not None and now.veil:
        return text
    if now is not None and now.state == State.MISSING:
        freshness = freshness_of(scope, kpi, cells)
        return f"{text}, {freshness.word}" if freshness else text
    note = age_note(now)
    return fill(_NOTE, value=text, note=note) if note else text


def age_note(cell: Cell | None) -> str:
    """What a figure or score rests on where that is older: "carried forward", "from an earlier period"."""
    return "" if cell is None else ", ".join((Mark(cell.marks) & (Mark.CARRIED | Mark.STALE)).notes)


def confidence_words(cell: Cell | None) -> str:
    """How far the score can be relied on: "high, 96%"; empty where there is no score."""
    if cell is None or cell.score is None or cell.confidence is None:
        return ""
    return f"{confidence_word(cell.confidence)}, {share_text(cell.confidence)}"


def score_note(cell: Cell | None, *, if_weak: bool = False) -> str:
    """What there is to say beside a score: its age, and its confidence; with `if_weak` only where that is not high."""
    return ", ".join(filter(None, (age_note(cell), trust_note(cell, if_weak=if_weak))))


def trust_note(cell: Cell | None, *, if_weak: bool = True) -> str:
    """The confidence of a score as a note beside it: "medium confidence"."""
    word = confidence_words(cell).partition(",")[0]
    return f"{word} confidence" if word and not (if_weak and word == "high") else ""


def source_words(scope: Scope, cell: Cell | None) -> str:
    """The period of an older figure, for its explanation; empty for any other."""
    if cell is None or not cell.marks & Mark.STALE or not cell.data_period:
        return ""
    return f"The figure is that of {scope.structure.calendar.parse(cell.data_period).label}: the next one is not in."
