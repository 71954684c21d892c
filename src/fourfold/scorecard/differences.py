"""What another scorecard defines otherwise than this one, and what that does to scores and statuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue

from fourfold.engine.edits import Edit, Field, Kind, edits
from fourfold.engine.evaluate import evaluate
from fourfold.engine.measurements.known import known_by
from fourfold.engine.results import Evaluation
from fourfold.engine.scenarios import side_by_side
from fourfold.scorecard.sheet import Sheet, Shown
from fourfold.scorecard.what_if import WhatIf

if TYPE_CHECKING:
    import polars as pl

    from fourfold.scorecard.card import Scorecard

#: Characters of a value that a table shows; a frame has all of them.
_WIDTH: Final = 48
_HEADS: Final = ("", "What", "Which", "Field", "Before", "After")


@dataclass(frozen=True, repr=False)
class Differences(Shown):
    """The edits that lead from one scorecard to the other, and both sides of the scores.

    `effect` is None where scores cannot be compared, because the two have different calendars.
    """

    name: str
    edits: tuple[Edit, ...]
    effect: WhatIf | None

    def __bool__(self) -> bool:
        """True when any definition or any score at the unit and period is different."""
        return bool(self.edits or (self.effect is not None and self.effect.differences))

    def of_kind(self, kind: Kind) -> tuple[Edit, ...]:
        """What was added, what was changed, or what was removed."""
        return tuple(edit for edit in self.edits if edit.kind == kind)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The edits, a row for each field of what changed; then the scores that differ."""
        notes = () if self.effect else ("The calendars differ, so scores are not compared.",)
        listed = edits_sheet(f"Definitions of {self.name}", self.edits, notes)
        return (listed, *(self.effect.sheets if self.effect else ()))

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each field of what changed, and one for each thing that came or went.

        Columns: `noun, name, kind, field, before, after`; the values are JSON. `effect.frame` has the scores.
        """
        import polars as pl

        columns = ("noun", "name", "kind", "field", "before", "after")
        rows = [
            (edit.noun, edit.name, str(edit.kind), *((f.name, _json(f.before), _json(f.after)) if f else (None,) * 3))
            for edit in self.edits
            for f in edit.fields or (None,)
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def edits_sheet(title: str, edits: tuple[Edit, ...], notes: tuple[str, ...] = ()) -> Sheet:
    """A row for each field of what changed, and one for each thing that came or went."""
    counts = ", ".join(f"{len(found)} {kind}" for kind in Kind if (found := [e for e in edits if e.kind == kind]))
    rows = tuple(row for edit in edits for row in _rows(edit))
    return Sheet(f"{title}: {counts or 'no difference'}", _HEADS, rows, wide=(2, 4, 5), notes=notes)


def differences(
    before: Scorecard, after: Scorecard, base: Evaluation, name: str, unit: str, period: str
) -> Differences:
    """The differences of two scorecards; `base` is the evaluation of the first, whose day, view and periods count."""
    old, new = (card.written or card.definitions for card in (before, after))
    effect = None
    if before.definitions.calendar == after.definitions.calendar:
        rows = known_by(after.rows, base.as_of)
        then = evaluate(after.definitions, rows, as_of=base.as_of, view=base.view, periods=base.periods)
        effect = WhatIf(side_by_side(name, base, then), unit, period)
    return Differences(name, edits(old, new), effect)


_SIGNS: Final = {Kind.ADDED: "+", Kind.CHANGED: "~", Kind.REMOVED: "−"}


def _rows(edit: Edit) -> list[tuple[str, ...]]:
    head = (_SIGNS[edit.kind], edit.noun, edit.name)
    blank = ("", "", "")
    told = [_told(field) for field in edit.fields] or [blank]
    return [(*(head if place == 0 else blank), *cells) for place, cells in enumerate(told)]


def _told(field: Field) -> tuple[str, str, str]:
    return field.name, _short(field.before), _short(field.after)


def _short(value: JsonValue) -> str:
    text = "–" if value is None else value if isinstance(value, str) else _json(value)
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
