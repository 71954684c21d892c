"""One row of the grid in which figures are entered: what was typed, and what there is to say about it.

Three kinds of saying: `errors` must be mended, `asks` confirmed ("It is right"), and `says` are only told. What is
legal is never refused here: the farthest figure is recorded once somebody has said that it is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fourfold.actions.record_measurements import NewFigure
from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.findings import Level
from fourfold.engine.measurements import check_row
from fourfold.engine.measurements.numbers import NOT_APPLICABLE, explain
from fourfold.engine.measurements.typed import Typed, looks_grouped, read_block, read_typed
from fourfold.engine.plausible import Wanted, Why, extreme, needs_words, status_of, why_explain
from fourfold.engine.statuses import Status
from fourfold.records.queries.updates import Known, UpdateRow
from fourfold.web.components.drawings import format_of, word_of
from fourfold.web.forms.measurement import PARTS, VALUE, complaint, figures_of, without_place

#: What somebody may say instead of a figure, as the engine reads it; an empty cell says nothing at all.
STATES: Final = {"not due": State.NOT_DUE, "missing": State.MISSING, "n/a": State.NOT_APPLICABLE}
WORDS: Final = {"not due": "No figure yet", "missing": "Missing: there is none", "n/a": "n/a: does not apply"}
_TYPED_WORDS: Final = {
    **dict.fromkeys(NOT_APPLICABLE, "n/a"),
    **dict.fromkeys(("missing", "none"), "missing"),
    **dict.fromkeys(("not due", "not due yet", "not yet", "no figure yet"), "not due"),
}
_STATE_OF: Final = {state: word for word, state in STATES.items()}
_IN_WORDS: Final = (MeasureKind.BOOLEAN, MeasureKind.ORDINAL)


@dataclass
class UpdateForm:
    """A row with what was typed into it; `version` is that of the figure the page showed beside it."""

    row: UpdateRow
    typed: dict[str, str]
    state: str = ""
    note: str = ""
    is_sure: bool = False
    version: str = "none"
    choice: str = ""  # of two figures: `theirs`, or `mine` with the version of theirs
    errors: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    meanings: dict[str, tuple[str, ...]] = field(default_factory=dict)  # what a number may be, where it is not sure
    numbers: dict[str, str] = field(default_factory=dict)
    value: float | None = None
    status: Status | None = None
    why: Why | None = None  # it needs an explanation
    theirs: Known | None = None  # what somebody else recorded meanwhile

    @property
    def is_changed(self) -> bool:
        """True where it says something else than what is recorded."""
        return (self.typed, self.state) != _typed_of(self.row, self.row.now) or (
            bool(self.note) and self.note != (self.row.now.reason if self.row.now else "")
        )

    @property
    def is_there(self) -> bool:
        """True where something stands in the cell, recorded or not."""
        return bool(self.state or any(self.typed.values()))

    @property
    def must_explain(self) -> bool:
        """True where a figure needs an explanation and has none that says enough."""
        return self.why is not None and needs_words(self.note)

    @property
    def is_ready(self) -> bool:
        """True where nothing stands in the way of recording it."""
        return not (self.errors or (self.asks and not self.is_sure) or self.must_explain or self.theirs)

    def figure(self, unit: str) -> NewFigure:
        """What the action takes."""
        place = {"kpi": self.row.kpi.code, "unit": unit, "period": self.row.period.id}
        return NewFigure(**place, **self.numbers, state=self.state or None, note=self.note, if_version=self.version)


def shown(row: UpdateRow) -> UpdateForm:
    """The row as it is recorded."""
    typed, state = _typed_of(row, row.now)
    form = UpdateForm(row, typed, state, version=row.now.version if row.now else "none")
    form.value = row.now.number(row.kpi) if row.now else None
    return form


def read_update(row: UpdateRow, posted: Mapping[str, str]) -> UpdateForm:
    """The row as it was sent; a row that was not sent is as it is recorded."""

    def sent(name: str) -> str:
        return posted.get(f"{name}:{row.key}", "").strip()

    names = figures_of(row.kpi)
    if not any(f"{name}:{row.key}" in posted for name in names):
        return shown(row)
    typed = {name: sent(name) for name in names}
    state = sent("state") if sent("state") in STATES else ""
    word = _TYPED_WORDS.get(typed[names[0]].casefold())
    if word and not state and row.kpi.kind not in _IN_WORDS:
        typed, state = dict.fromkeys(names, ""), word
    return UpdateForm(
        row, typed, state, sent("note"), bool(sent("sure")), sent("version") or "none", sent("choice"),
    )  # fmt: skip


def compare(form: UpdateForm, shown_then: Known | None) -> None:
    """Somebody has recorded another figure since the page was shown: keep theirs, keep mine as chosen, or ask."""
    row = form.row
    untouched = (form.typed, form.state) == _typed_of(row, shown_then) and not form.note
    version = row.now.version if row.now else "none"
    same = (form.typed, form.state) == _typed_of(row, row.now)
    if untouched or same or form.choice == "theirs":
        form.typed, form.state = _typed_of(row, row.now)
        form.note, form.version = "" if not same else form.note, version
    elif form.choice == f"mine {version}":
        form.version = version
    else:
        form.theirs = row.now


def examine(forms: Iterable[UpdateForm], definitions: Definitions, unit: str, *, as_block: bool = False) -> None:
    """Say of each changed row what there is to say; `as_block`: they were pasted together, in one convention."""
    changed = [form for form in forms if form.is_changed and form.row.kpi.kind not in _IN_WORDS]
    pasted = [(form, name) for form in changed for name in form.typed if form.typed[name]]
    texts, units = [form.typed[name] for form, name in pasted], [form.row.kpi.unit for form, _ in pasted]
    read = read_block(texts, units) if as_block else [read_typed(*pair) for pair in zip(texts, units, strict=True)]
    found = {(form.row.key, name): typed for (form, name), typed in zip(pasted, read, strict=True)}
    for form in forms:
        if form.is_changed:
            own = {name: found[form.row.key, name] for name in form.typed if (form.row.key, name) in found}
            _examine(form, own, definitions, unit)


def _examine(form: UpdateForm, read: Mapping[str, Typed], definitions: Definitions, unit: str) -> None:
    row, kpi = form.row, form.row.kpi
    if form.state and any(form.typed.values()):
        form.errors.append("Keep one of the two: the figure, or that there is none.")
    elif not form.state and not any(form.typed.values()):
        if row.now is not None:
            form.errors.append("To take a figure back, say why there is none: n/a, missing or no figure yet.")
    elif not form.state:
        for name in form.typed:
            _read(form, name, read.get(name))
    if complained := complaint(form.note):
        form.errors.append(complained)
    if form.errors or not (form.state or form.numbers):
        return
    said = {"kpi": kpi.code, "unit": unit, "period": row.period.id, "note": form.note, "state": form.state}
    kinds = {Level.ERROR: form.errors, Level.WARNING: form.asks}
    for finding in check_row({k: v for k, v in (said | form.numbers).items() if v}, definitions).findings:
        kinds.get(finding.level, form.says).append(without_place(finding))
    if not form.errors and not form.state:
        _weigh(form)


def _read(form: UpdateForm, name: str, read: Typed | None) -> None:
    """One number of the row."""
    text, row = form.typed[name], form.row
    if not text:
        other = PARTS[1 - PARTS.index(name)]
        form.errors.append(f"Enter the {name} too: the {other} alone says nothing.")
    elif read is None:
        form.numbers[name] = text  # a word, which the checks know
    elif read.is_ambiguous:
        form.meanings[name] = read.meanings
        form.errors.append(f"“{text[:40]}” may be {read.meanings[0]} or {read.meanings[1]}. Choose one.")
    elif read.number is None:
        _, said, fix = explain(text)
        form.errors.append(f"“{text[:40]}” {said} {fix}")
    else:
        form.numbers[name] = read.number
        if read.is_converted:
            form.typed[name] = read.number
            form.says.append(f"“{text[:40]}” was read as {read.number}.")
        elif looks_grouped(text) and row.kpi.decimals < 3 and not _has_thousandths(row, name):
            form.meanings[name] = tuple(number for number in read.meanings if number != text)
            form.asks.append(f"“{text}” is read as {text}, not as {text.replace('.', '')}.")


def _has_thousandths(row: UpdateRow, name: str) -> bool:
    """True where figures with three decimals are nothing new."""
    known = [getattr(figure, name) for figure in (*row.before, row.now) if figure is not None]
    return any(number is not None and -number.as_tuple().exponent >= 3 for number in known)


def _weigh(form: UpdateForm) -> None:
    """What the figure means: its status, whether it is like those before it, whether it needs an explanation."""
    row, kpi = form.row, form.row.kpi
    form.value = _value(kpi, form.numbers)
    if form.value is None:
        return
    result = row.result
    if result is not None:
        wanted = Wanted(result.target, result.red_line, result.low, result.high)
        form.status = status_of(kpi, form.value, wanted)
    usual, fmt = row.usual, format_of(kpi)
    if usual is not None and not usual.holds(form.value):
        side = "Above" if form.value > usual.high else "Below"
        which, count = extreme(form.value, row.history)
        so_far = f", the {which} of {count}" if which else ""
        said = f"{side} the usual {fmt.bare(usual.low)} to {fmt.bare(usual.high)}{so_far}."
        (form.asks if usual.is_sudden(form.value) else form.says).append(said)
    form.why = why_explain(row.explain, form.status, form.value, usual)


def _value(kpi: Kpi, numbers: Mapping[str, str]) -> float | None:
    try:
        if numbers.keys() == set(VALUE):
            found = float(numbers["value"])
        else:
            found = float(kpi.factor) * float(numbers["numerator"]) / float(numbers["denominator"])
    except (KeyError, ValueError, ZeroDivisionError):
        return None
    return found if math.isfinite(found) else None


def _typed_of(row: UpdateRow, known: Known | None) -> tuple[dict[str, str], str]:
    """What a form says that says what is known; words for what is answered in words."""
    names = figures_of(row.kpi)
    if known is None:
        return dict.fromkeys(names, ""), ""
    if known.state is not State.NUMBER:
        return dict.fromkeys(names, ""), _STATE_OF.get(known.state, "")
    figures = {name: getattr(known, name) for name in names}
    if row.is_ratio and known.numerator is None and known.value is not None:
        return {"numerator": "", "denominator": ""}, ""  # a rate without its parts is not entered here
    if row.kpi.kind in _IN_WORDS and known.value is not None and (word := word_of(row.kpi, float(known.value))):
        return {"value": word}, ""
    return {name: "" if number is None else format(number, "f") for name, number in figures.items()}, ""
