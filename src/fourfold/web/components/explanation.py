"""How a result came about, in sentences with its own numbers; the score repeats the arithmetic to the digit."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.engine.cells import Mark, Reason, State
from fourfold.engine.definitions import Kpi
from fourfold.engine.profile_words import curve_text, profile_words
from fourfold.engine.scoring import floor_one_decimal
from fourfold.engine.statuses import Status
from fourfold.records.queries.window import Cell
from fourfold.web.components.drawings import band_of, format_of, on_cut_of
from fourfold.web.components.numbers import plain, score_text, share_text

_MARKS = {
    Mark.STALE: "It is older than the period shown.",
    Mark.PROVISIONAL: "It is provisional: the period or its reporting lag is not over.",
    Mark.ESTIMATE: "It is an estimate.",
    Mark.CARRIED: "It is carried forward from an earlier period.",
    Mark.PARTIAL: "It is made of fewer units or periods than it should be.",
    Mark.UNAPPROVED: "It is not approved yet.",
    Mark.BORDERLINE: "The nearest limit lies within its natural variation: one period says little.",
}


def explanation_of(kpi: Kpi, cell: Cell | None, rates: Sequence[str] = (), source: str = "") -> list[str]:
    """The sentences, from the figure to the status; `rates` are those at which the figure was converted.

    `source` says which period an older figure is from.
    """
    converted = [f"Exchange rates: {'; '.join(rates)}."] if rates else []
    if cell is None:
        return ["Nothing was evaluated for this period."]
    if cell.is_small:
        return ["It is hidden: it is about fewer than five people, or would tell what fewer than five did."]
    if cell.veil:
        return ["Its status is shown to you, and no numbers."]
    if cell.value is None:
        return [f"There is no number: {State(cell.state).word}. {Reason(cell.reason).sentence}".rstrip(), *converted]
    said = [_value(kpi, cell), *converted, *([source] if source else [])]
    said += [words for mark, words in _MARKS.items() if cell.marks & mark]
    if cell.coverage is not None and cell.coverage < 0.9995:
        said.append(f"{share_text(cell.coverage)} of what it is made of is in.")
    return said + _score(kpi, cell)


def _value(kpi: Kpi, cell: Cell) -> str:
    figure = format_of(kpi).full(cell.value)
    if cell.numerator is not None and cell.denominator is not None:
        factor = "" if kpi.factor == 1 else f" × {plain(float(kpi.factor))}"
        return f"The figure is {plain(cell.numerator)} ÷ {plain(cell.denominator)}{factor} = {figure}."
    if kpi.formula:
        return f"The figure is {kpi.formula} = {figure}."
    return f"The figure is {figure}."


def _score(kpi: Kpi, cell: Cell) -> list[str]:
    if cell.score is None:
        return ["It is not scored: there is no target and red line to judge it by."]
    fmt, score = format_of(kpi), score_text(cell.score)
    assert cell.value is not None
    band = band_of(cell)
    if band is not None:
        said = [f"The target band is {fmt.bare(band[0])} to {fmt.full(band[1])}; inside it scores 100."]
        said.append(f"The score is {score}.")
    elif cell.target is not None and cell.red_line is not None:
        value, target, red = (plain(x) for x in (cell.value, cell.target, cell.red_line))
        arithmetic = f"50 + 50 × ({value} − {red}) ÷ ({target} − {red})"
        goal, line = fmt.full(cell.target), fmt.full(cell.red_line)
        if kpi.scoring == "linear_anchor":
            said = [f"The target {goal} scores 100, the red line {line} scores 50."]
            said.append(f"The score is {arithmetic} = {score}, held between 0 and 125.")
        else:
            said = [f"The target is {goal}, the red line {line}."]
            how = profile_words(kpi.scoring, curve_text(kpi))
            said.append(f"The status follows from {arithmetic}; the score is made by {how}: {score}.")
    else:
        said = [f"The score is {score}."]
    cut = floor_one_decimal(on_cut_of(kpi, cell))
    judged = cell.status in (Status.OFF, Status.NEAR, Status.ON)
    tail = f" On target begins at {cut}, near target at 50." if judged and kpi.scoring == "linear_anchor" else ""
    return [*said, f"So it is {cell.status.word.lower()}.{tail}"]
