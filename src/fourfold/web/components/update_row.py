"""A row of the grid in which figures are entered, as finished markup: there may be two hundred of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.cells import State
from fourfold.engine.definitions import Kpi
from fourfold.engine.plausible import SHORTEST_NOTE, UsualRange
from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import glyph, mark_of, word_of
from fourfold.graphics.svg import Svg
from fourfold.records.queries.updates import Grid, Known, UpdateRow
from fourfold.scorecard.shared_targets import target_above
from fourfold.web.address import Here
from fourfold.web.components.attachment import attachments_url
from fourfold.web.components.dates import moment_text
from fourfold.web.components.drawings import format_of, target_text, value_text
from fourfold.web.components.drawings import word_of as word_for
from fourfold.web.components.formula import formula_words
from fourfold.web.components.markup import fill
from fourfold.web.components.numbers import DASH, as_given, plural
from fourfold.web.forms.update import WORDS, UpdateForm

_ROW: Final = (
    '<tr{cls} data-row="{key}"><th scope="row" class="l"><a href="{url}">{name}</a>{period}</th>'
    '<td class="ro">{unit}</td>{before}{cell}<td class="ro k-tgt" data-l="Target ">{target}</td>'
    '<td class="l ro stc" id="s-{key}">{status}</td>{message}</tr>\n'
)
_BEFORE: Final = '<td class="ro{cls}"{label}>{text}</td>'
_CELL: Final = '<td class="ed{cls}">{input}{state}<input type="hidden" name="version:{key}" value="{version}"></td>'
_CALCULATED: Final = (
    '<td class="calc"><span class="fx">calculated</span><span id="v-{key}">{value}</span>{state}'
    '<input type="hidden" name="version:{key}" value="{version}"></td>'
)
_INPUT: Final = (
    '<input name="{field}:{key}" value="{text}" aria-label="{label}" aria-describedby="m-{key}"{invalid}{mode}'
    ' autocomplete="off" spellcheck="false">'
)
_STATE: Final = '<select name="state:{key}" aria-label="Why no figure, {label}">{options}</select>'
_OPTION: Final = '<option value="{value}"{selected}>{text}</option>'
_PART: Final = (
    '<tr class="part" data-of="{key}"><th scope="row" class="l">{name}</th><td class="ro">{unit}</td>{before}'
    '<td class="ed{cls}">{input}</td><td class="ro"></td><td class="ro stc"></td><td class="msg"></td></tr>\n'
)
_LOCKED: Final = (
    '<tr class="isc"><th scope="row" class="l"><a href="{url}">{name}</a></th><td class="ro">{unit}</td>{before}'
    '<td class="calc"><span class="fx">calculated</span>{value}</td><td class="ro k-tgt" data-l="Target ">{target}</td>'
    '<td class="l ro stc">{status}</td><td class="msg"><span class="muted">{formula}</span></td></tr>\n'
)
_MESSAGE: Final = (
    '<td class="msg"><div id="m-{key}" data-kind="{kind}">{said}</div><details class="note"{open}><summary>{head}'
    '</summary><textarea name="note:{key}" rows="2" maxlength="1000" aria-label="Comment, {label}">{note}</textarea>'
    '</details><a class="files" href="{files_url}">{files}<span class="vh">, {label}</span></a></td>'
)
_SURE: Final = (
    '<label class="sure"><input type="checkbox" name="sure:{key}" value="yes"{checked}> It is right</label>'
)
_CHOICE: Final = (
    '<fieldset class="which"><legend><b>{by} recorded {figure} on {at}.</b> You have {mine}. Which one counts?</legend>'
    '<label><input type="radio" name="choice:{key}" value="theirs"> {figure}</label>'
    '<label><input type="radio" name="choice:{key}" value="mine {version}"> {mine}</label></fieldset>'
)
_USE: Final = (
    '<button type="button" class="link" data-use="{number}" data-for="{name}:{key}" hidden>It is {number}</button> '
)
_SELECTED: Final = Svg(" selected")
_STATUS: Final = '<span class="st t-{mark}">{glyph}{word}</span>'


def grid_rows(here: Here, grid: Grid, forms: dict[str, UpdateForm]) -> Svg:
    """All rows; `forms` are those of the cells, by their key."""
    return Svg("".join(row for each in grid.rows for row in _rows(here, each, forms.get(each.key))))


def form_rows(here: Here, forms: list[UpdateForm]) -> Svg:
    """The rows of these forms alone."""
    return Svg("".join(row for form in forms for row in _rows(here, form.row, form)))


def kind_of(form: UpdateForm) -> str:
    """What a row needs before it can be recorded: `wrong`, `choose`, `ask`, `explain`, or nothing."""
    if form.theirs is not None:
        return "choose"
    if form.errors:
        return "wrong"
    if form.asks and not form.is_sure:
        return "ask"
    return "explain" if form.must_explain else ""


def _rows(here: Here, row: UpdateRow, form: UpdateForm | None) -> Iterator[Svg]:
    if form is None or row.is_computed:
        yield _locked(here, row)
        return
    label = f"{row.kpi.name}, {row.period.label}"
    yield fill(
        _ROW,
        cls=Svg(' class="part"') if row.is_part else Svg(' class="isc"') if row.is_ratio else "",
        key=row.key,
        url=here.kpi(row.kpi),
        name=row.kpi.name,
        period="" if row.period == here.scope.month else fill(' <span class="muted">{p}</span>', p=row.period.label),
        unit=unit_words(row.kpi),
        before=_before(row, [_known_text(row.kpi, known) for known in row.before]),
        cell=_cell(row, form, label),
        target=_target(here, row),
        status=_status(_status_now(row, form)),
        message=_message(here, row, form, label),
    )
    if row.is_ratio:
        yield from (_part(row, form, name, f"{label}, {name}") for name in ("numerator", "denominator"))


def _target(here: Here, row: UpdateRow) -> str:
    """The target of the period, also where no figure has come and nothing was evaluated yet."""
    if row.result:
        return target_text(row.kpi, row.result)
    whole, unit = here.scope.structure.whole, here.scope.unit.code
    aim = target_above(whole, row.kpi, unit, row.period.ordinal)
    if aim is None or aim.value is None or aim.path != "constant":
        return ""
    if aim.unit is None and row.kpi.aggregate_units is AggUnits.SUM and whole.unit[unit].parent:
        return ""  # of what adds up it is the target of the whole alone
    return format_of(row.kpi).short(float(aim.value))


def _cell(row: UpdateRow, form: UpdateForm, label: str) -> Svg:
    state = _state(row, form, label)
    if row.is_ratio:
        value = format_of(row.kpi).bare(form.value)
        return fill(_CALCULATED, key=row.key, value=value, state=state, version=form.version)
    cell = _input(row, form, "value", label)
    return fill(_CELL, cls=_cls(form, "value"), input=cell, state=state, key=row.key, version=form.version)


def _part(row: UpdateRow, form: UpdateForm, name: str, label: str) -> Svg:
    before = [_part_text(known, name) for known in row.before]
    return fill(
        _PART, key=row.key, name=name.capitalize(), unit="", before=_before(row, before), cls=_cls(form, name),
        input=_input(row, form, name, label),
    )  # fmt: skip


def _input(row: UpdateRow, form: UpdateForm, name: str, label: str) -> Svg:
    wrong = bool(form.errors or form.theirs)
    return fill(
        _INPUT, field=name, key=row.key, text=form.typed.get(name, ""), label=label,
        invalid=Svg(' aria-invalid="true"') if wrong else "",
        mode="" if row.kpi.levels or row.kpi.kind == "boolean" else Svg(' inputmode="decimal"'),
    )  # fmt: skip


def _cls(form: UpdateForm, name: str) -> str:
    if form.errors or form.theirs is not None:
        return " bad"
    return " sel" if form.is_changed and form.typed.get(name) else ""


def _state(row: UpdateRow, form: UpdateForm, label: str) -> Svg:
    options = [("", "–"), *WORDS.items()]
    made = (fill(_OPTION, value=v, text=t, selected=_SELECTED if v == form.state else "") for v, t in options)
    return fill(_STATE, key=row.key, label=label, options=Svg("".join(made)))


def _message(here: Here, row: UpdateRow, form: UpdateForm, label: str) -> Svg:
    kind = kind_of(form)
    must = form.why is not None
    return fill(
        _MESSAGE, key=row.key, kind=kind, said=_said(row, form, kind), label=label, note=form.note,
        open=Svg(" open") if must or form.note else "", head="Reason and action" if must else "Comment",
        files=plural(row.files, "file") if row.files else "Add file",
        files_url=attachments_url(here, row.kpi, period=row.period.id),
    )  # fmt: skip


def _said(row: UpdateRow, form: UpdateForm, kind: str) -> Svg:
    """What is said beside the cell: what must be done first, then what is only told."""
    parts: list[str] = []
    if form.theirs is not None:
        parts.append(_choice(row, form, form.theirs))
    parts += [fill('<b class="err">{text}</b> ', text=text) for text in form.errors]
    parts += [fill("<b>{text}</b> ", text=text) for text in form.asks]
    parts += [
        fill(_USE, number=number, name=name, key=row.key) for name, found in form.meanings.items() for number in found
    ]
    if form.asks and not form.errors:
        parts.append(fill(_SURE, key=row.key, checked=Svg(" checked") if form.is_sure else ""))
    parts += [fill("<span>{text}</span> ", text=text) for text in form.says]
    if form.why is not None and form.must_explain:
        text = f"{form.why.words}: say why, and what is done, in {SHORTEST_NOTE} characters or more."
        parts.append(fill("<b>{text}</b>", text=text))
    if not parts and row.usual is not None and not form.is_there:
        parts.append(fill('<span class="muted">{text}</span>', text=usual_words(row.kpi, row.usual)))
    return Svg("".join(parts))


def _choice(row: UpdateRow, form: UpdateForm, theirs: Known) -> Svg:
    mine = " ÷ ".join(text for text in form.typed.values() if text) or WORDS.get(form.state, "nothing")
    return fill(
        _CHOICE, key=row.key, by=theirs.by or "Somebody", figure=given_text(theirs), at=moment_text(theirs.recorded_at),
        mine=mine, version=theirs.version,
    )  # fmt: skip


def _locked(here: Here, row: UpdateRow) -> Svg:
    kpi = row.kpi
    formula = formula_words(kpi) or "from units below"
    return fill(
        _LOCKED, url=here.kpi(kpi), name=kpi.name, unit=unit_words(kpi),
        before=_before(row, [value_text(kpi, cell) for cell in row.results]),
        value=value_text(kpi, row.result), target=target_text(kpi, row.result) if row.result else "",
        status=_status(row.result.status if row.result else None), formula=formula,
    )  # fmt: skip


def _before(row: UpdateRow, texts: list[str]) -> Svg:
    """The figures before; on a phone only the last one is there, with its period."""
    last = len(texts) - 1
    label = fill(' data-l="{period} "', period=row.period.shift(-1).short_label)
    cells = (
        fill(_BEFORE, cls=" k-prev" if i == last else "", label=label if i == last else "", text=text)
        for i, text in enumerate(texts)
    )
    return Svg("".join(cells))


def _status_now(row: UpdateRow, form: UpdateForm) -> Status | None:
    """The status of what is typed; of what is recorded where nothing is."""
    if form.is_changed:
        return form.status
    return row.result.status if row.result else None


def _status(status: Status | None) -> Svg | str:
    if status is None or status in (Status.UNSCORED, Status.NO_DATA):
        return ""
    return fill(_STATUS, mark=mark_of(status), glyph=glyph(status, size=13, label=""), word=word_of(status))


def _known_text(kpi: Kpi, known: Known | None) -> str:
    """A figure of an earlier period as the grid shows it; kinds of no figure are told apart."""
    if known is None:
        return DASH
    if known.state is not State.NUMBER:
        return {State.NOT_APPLICABLE: "n/a", State.MISSING: "missing", State.NOT_DUE: "not yet"}.get(known.state, "")
    value = known.number(kpi)
    return DASH if value is None else word_for(kpi, value) or format_of(kpi).bare(value)


def _part_text(known: Known | None, name: str) -> str:
    number = None if known is None else getattr(known, name)
    return DASH if number is None else as_given(number)


def given_text(known: Known) -> str:
    """A recorded figure with every digit, or the words that stand in its place."""
    if known.state is not State.NUMBER:
        return f"“{known.state.word}”"
    figures = (known.value, known.numerator, known.denominator)
    return " ÷ ".join(as_given(number) for number in figures if number is not None)


def usual_words(kpi: Kpi, usual: UsualRange) -> str:
    """What is usual, in a few words."""
    fmt = format_of(kpi)
    return f"Usually {fmt.bare(usual.low)} to {fmt.bare(usual.high)}"


def unit_words(kpi: Kpi) -> str:
    """What a figure is counted in: £m, %, days."""
    fmt = format_of(kpi)
    if fmt.symbol:
        return f"{fmt.symbol.strip()}{kpi.scale}"
    return f"{kpi.scale} {kpi.unit}".strip()
