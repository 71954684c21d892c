"""A spreadsheet of KPIs → a draft scorecard with its figures, and what of it was not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, TypeVar

import polars as pl
from pydantic import ValidationError

from fourfold.connectors.files.detect import Header, body_of, header_of
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.mapping import MappingError
from fourfold.connectors.files.propose import Codes, codes_of
from fourfold.connectors.files.scorecard_columns import Finds, ScorecardColumns, propose_columns
from fourfold.connectors.files.scorecard_figures import factors_of, find_periods, period_in, read_figures, years_of
from fourfold.connectors.files.scorecard_periods import target_over, two_years
from fourfold.connectors.files.scorecard_unread import Misses, Unread, findings_of
from fourfold.engine.definitions import (
    Definitions,
    Kpi,
    KpiUse,
    Objective,
    Person,
    Perspective,
    Target,
    Unit,
)
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.write import write
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements.typed import read_by
from fourfold.engine.periods import Calendar, Frequency, Period
from fourfold.engine.words import as_code

_Thing = TypeVar("_Thing", bound=Definition)
_LOWER: Final = re.compile(r"low|less|down|minim|fewer|ascending|niedrig|weniger|-", re.IGNORECASE)
_HIGHER: Final = re.compile(r"high|more|up|maxim|descending|hoch|mehr|\+", re.IGNORECASE)
_FREQUENCIES: Final = {"month": "month", "quart": "quarter", "ann": "year", "year": "year", "week": "week", "da": "day"}
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_A: Final = {"perspective": "a perspective", "objective": "an objective"}
_LONGEST: Final = 5_000  # characters of a definition


@dataclass(frozen=True)
class ScorecardRead:
    """A draft, its figures (text columns kpi, unit, period and `FIGURES`), how it was read, and what was not."""

    definitions: Definitions
    figures: pl.DataFrame
    columns: ScorecardColumns
    years: Mapping[str, Period]  # fiscal years that are said beside short periods, as they are written
    unread: tuple[Unread, ...]
    findings: tuple[Finding, ...]

    def texts(self) -> dict[str, str]:
        """The files of a folder, by name."""
        figures = {"measurements/figures.csv": self.figures.write_csv()} if len(self.figures) else {}
        return write(self.definitions) | figures


@dataclass
class _Names:
    """A code for each text, whatever its capitals; two texts never share one."""

    known: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __call__(self, text: str, key: str = "") -> str:
        """The code of the text, made where it is new; `key` tells apart what has the same text."""
        key = (key + text).casefold()
        if key not in self.known:
            base, number = as_code(text).lower()[:70], 2
            code = base
            while code in self.taken:
                code, number = f"{base}_{number}", number + 1
            self.known[key] = code
            self.taken.add(code)
        return self.known[key]

    @classmethod
    def of(cls, things: Iterable[Any], known: Mapping[str, str]) -> _Names:
        """Those of things that are there."""
        return cls(dict(known), {thing.code for thing in things})


class _Aim(NamedTuple):
    """A target and a red line as they are written, with the period and the fiscal year that are said of them."""

    value: str
    red_line: str = ""
    period: str = ""
    year: str = ""


@dataclass
class _Draft:
    """What is gathered row by row, beside what was there `before`."""

    before: Definitions
    owner: str  # whose the KPIs and objectives are of which nobody says it
    codes: _Names  # of KPIs
    unit_codes: _Names
    people_codes: _Names
    perspective_codes: _Names
    objective_codes: _Names
    there: frozenset[str]  # KPIs of which nothing is changed
    perspectives: dict[str, dict[str, Any]] = field(default_factory=dict)
    objectives: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    kpis: dict[str, dict[str, Any]] = field(default_factory=dict)
    uses: list[dict[str, Any]] = field(default_factory=list)
    targets: dict[str, list[_Aim]] = field(default_factory=dict)  # of a KPI
    ratios: set[str] = field(default_factory=set)  # KPIs of which a row has a numerator
    misses: Misses = field(default_factory=Misses)

    @classmethod
    def on(cls, before: Definitions, owner: str, seen: Codes) -> _Draft:
        """An empty one, which knows again what `seen` names."""
        root = before.root
        units = seen["unit"] | {root.code.casefold(): root.code, root.name.casefold(): root.code}
        objectives = {(o.perspective + "/" + o.name).casefold(): o.code for o in before.objectives}
        return cls(
            before, owner, _Names.of(before.kpis, seen["kpi"]), _Names.of(before.units, units),
            _Names.of(before.people, {p.name.casefold(): p.code for p in before.people}),
            _Names.of(before.perspectives, {p.name.casefold(): p.code for p in before.perspectives}),
            _Names.of(before.objectives, objectives), frozenset(k.code for k in before.kpis),
        )  # fmt: skip


def blank(name: str, *, email: str = "", start: int = 1) -> Definitions:
    """An organisation with nothing but a name, somebody who builds it, and the month in which its year begins."""
    root = as_code(name).lower()
    return Definitions.model_validate({
        "organisation": {"code": root, "name": name, "fiscal_year_start": start},
        "units": [{"code": root, "name": name, "kind": "corporate"}],
        "people": [{"code": "manager", "name": email.partition("@")[0] or "Strategy manager", "role": "admin",
                    "email": email}],
        "strategy": {"code": "strategy", "name": f"Strategy of {name}", "state": "draft"},
    })  # fmt: skip


def read_scorecard(
    grid: Grid, before: Definitions, *, owner: str = "manager", given: ScorecardColumns | None = None,
    seen: Codes | None = None, today: date | None = None, finds: Finds = "all",
) -> ScorecardRead:  # fmt: skip
    """The scorecard of the grid, added to what an organisation has `before`: `blank` for a new one.

    A row is a KPI, or a figure of one: rows that name the same KPI are one KPI. A missing perspective or objective gets
    a name that says so. What cannot be read stays out and is reported: nothing is guessed, and nothing lost in silence.
    A KPI that is there already stays as it is, with its figures; `seen` has the names by which KPIs and units are known
    again, those of `before` where it is left out. Figures of periods that begin after `today` stay out. It
    `finds` all columns that are not given, those of figures, or nothing. Raises `MappingError` where no column says the
    KPI, or a column that was named is not there.
    """
    given = given or ScorecardColumns()
    header = header_of(grid, given.figures.header)
    columns = propose_columns(header.names.values(), given, finds=finds == "all")
    if not {"kpi", "code"} & columns.columns.keys():
        raise MappingError("No column says which KPI a row is about.", hint="Name it: --map kpi=COLUMN")
    if "kpi" not in columns.columns:
        columns = columns.changed(columns={**columns.columns, "kpi": columns.columns["code"]})
    if finds != "nothing":
        columns = find_periods(columns, grid, header, before.calendar, finds)
    body, grouped = _grouped(body_of(grid, header), columns)
    draft = _Draft.on(before, owner, seen or codes_of(before.kpis, before.units))
    for row in body.iter_rows(named=True):
        _take(draft, columns, row)
    _as_parts(draft, columns, factors_of(body, _key(columns), columns.figures))
    unit_column = columns.figures.columns.get("unit")
    units = body[f"={unit_column}"].drop_nulls().unique(maintain_order=True).to_list() if unit_column else []
    definitions = _definitions(draft, units)
    codes = {"kpi": draft.codes.known, "unit": draft.unit_codes.known}
    figures = read_figures(
        grid, columns, _key(columns), complete(definitions), codes, draft.there, today, finds_columns=finds != "nothing"
    )
    years = years_of(columns, body, before.calendar)
    definitions = _aimed(definitions, draft, figures.rows, figures.reading.decimal, years)
    columns = columns.changed(figures=figures.reading)
    unread = (*draft.misses.unread(), *figures.unread, *_unused(body, header, columns))
    findings = (*grouped, *_to_look_at(columns, body, before.calendar), *findings_of(unread, grid.file))
    return ScorecardRead(definitions, figures.rows, columns, years, unread, findings)


def _grouped(body: pl.DataFrame, columns: ScorecardColumns) -> tuple[pl.DataFrame, list[Finding]]:
    """Blank cells below a perspective or an objective filled with it, where each stands once above those it is for."""
    found, group = [], pl.lit(0)
    for noun in _A:
        name = f"={columns.columns.get(noun, '')}"
        if name not in body.columns:
            continue
        said = body[name].drop_nulls()
        blank, alone = body[name].null_count(), body.select(name, group.alias("group")).drop_nulls().is_unique().all()
        if blank and alone and len(said):
            body = body.with_columns(pl.col(name).forward_fill().over(group))
            filled = blank - body[name].null_count()
            message = f"A blank {noun} is read as that of the line above, in {filled} line{'s' if filled > 1 else ''}."
            found.append(Finding("SHEET-GROUPS", Level.INFO, Place(name[1:]), message, "Else write it in each line."))
        group = pl.col(name).rle_id()
    return body, found


def _unused(body: pl.DataFrame, header: Header, columns: ScorecardColumns) -> Iterator[Unread]:
    reading = columns.figures
    used = {*columns.columns.values(), *reading.columns.values(), *reading.cells, *columns.targets}
    for name in header.names.values():
        if name not in used and body[f"={name}"].null_count() < len(body):
            yield Unread("SHEET-COLUMNS", name, "The column is not used.", "Name those that matter.")


def _to_look_at(columns: ScorecardColumns, body: pl.DataFrame, calendar: Calendar) -> Iterator[Finding]:
    """What nobody says of all KPIs, and years of which nobody said in which month they begin."""
    for noun, one in _A.items():
        if noun not in {*columns.columns, *columns.fixed}:
            message = f"No column says the {noun}: all KPIs stand under “Without {one}”."
            yield Finding("SHEET-PLACE", Level.INFO, Place(noun), message, "Choose one, or write it for all rows.")
    name = columns.figures.columns.get("period")
    texts = body[f"={name}"].drop_nulls().to_list() if f"={name}" in body.columns else []
    spans = next((text for text in texts if two_years(text)), "")
    if spans and columns.fixed.get("frequency") == "year" and calendar.fiscal_start_month == 1:
        message = f"Years such as {spans} span two calendar years, and the fiscal year here begins in January."
        yield Finding("SHEET-YEARS", Level.WARNING, Place(name or ""), message, "Say in which month it begins.")


def _take(draft: _Draft, columns: ScorecardColumns, row: Mapping[str, Any]) -> None:
    """One row: the KPI it names, once, with its place."""
    def said(what: str) -> str:
        column = columns.columns.get(what)
        return _printable(row.get(f"={column}") or "") if column else columns.fixed.get(what, "")

    called = said("kpi")
    if not called:
        return
    code = draft.codes(row.get(f"={_key(columns)}") or called)
    draft.misses.lines.setdefault(code, row["row"])
    if code in draft.there:
        draft.misses.note("It is in the scorecard already and stays as it is", code)
        return
    draft.targets.setdefault(code, []).extend(_aims(columns, row, said))
    if {"numerator", "denominator"} <= columns.figures.columns.keys() and row.get(
        f"={columns.figures.columns['numerator']}"
    ):
        draft.ratios.add(code)
    use = {"kpi": code, "objective": _objective(draft, said("perspective"), said("objective"))}
    if use not in draft.uses:
        draft.uses.append(use)
    if code in draft.kpis:
        return
    kpi: dict[str, Any] = {"code": code, "name": _line(called), "kind": "stock"}
    kpi |= {"definition": said("definition"), "source": said("source")}
    kpi["unit"] = _line(said("measured_in"), 60) or ("%" if re.search(r"%|per ?cent", called, re.IGNORECASE) else "")
    if frequency := _frequency(said("frequency")):
        kpi["frequency"] = frequency
    if owner := said("owner"):
        person = draft.people_codes(owner)
        draft.people.setdefault(person, {"code": person, "name": _line(owner)})
        kpi["owner"] = person
    direction = said("better")
    if _LOWER.search(direction):
        kpi["polarity"] = "lower_better"
    elif not _HIGHER.search(direction):
        draft.misses.note("Nobody says which way is better, and “higher” was taken", code)
    draft.kpis[code] = kpi


def _aims(columns: ScorecardColumns, row: Mapping[str, Any], said: Callable[[str], str]) -> Iterator[_Aim]:
    """The targets of a row: that of its field, and those of the columns for other periods."""
    if target := said("target"):
        yield _Aim(target, said("red_line"), target_over(columns.columns.get("target", "")), said("year"))
    for name, period in columns.targets.items():
        if target := _printable(row.get(f"={name}") or ""):
            yield _Aim(target, "", period, said("year"))


def _as_parts(draft: _Draft, columns: ScorecardColumns, factors: Mapping[str, int]) -> None:
    """KPIs with numerators are ratios; of the others nobody has said how figures of units add up."""
    by_code = {draft.codes(text): factor for text, factor in factors.items()}
    has_value = "value" in columns.figures.columns
    parts = {"numerator", "denominator"} <= columns.figures.columns.keys()
    for code, kpi in draft.kpis.items():
        if parts and (code in draft.ratios or not has_value):
            kpi["kind"] = "ratio"
            if code in by_code:
                kpi["factor"] = by_code[code]
        else:
            kpi["aggregate_units"] = "none"


def _printable(text: str) -> str:
    """The text without characters that no page could show, which old systems leave in place of quotes."""
    return _UNPRINTABLE.sub(" ", text).strip()[:_LONGEST]


def _key(columns: ScorecardColumns) -> str:
    """The column by which a KPI is known again."""
    return columns.columns.get("code", columns.columns["kpi"])


def _line(text: str, longest: int = 300) -> str:
    """One line without blanks that nobody sees."""
    return " ".join(text.split())[:longest]


def _objective(draft: _Draft, perspective: str, objective: str) -> str:
    """The code of the objective, made with its perspective where it is new."""
    above = _line(perspective) or f"Without {_A['perspective']}"
    code = draft.perspective_codes(above)
    draft.perspectives.setdefault(code, {"code": code, "name": above})
    called = _line(objective) or _line(f"Without {_A['objective']}: {above}")
    own = draft.objective_codes(called, f"{code}/")
    draft.objectives.setdefault(own, {"code": own, "name": called, "perspective": code})
    return own


def _frequency(text: str) -> str:
    return next((found for word, found in _FREQUENCIES.items() if word in text.casefold()), "")


def _decimal(draft: _Draft, code: str, what: str, text: str, mark: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(read_by(text, mark or ".", draft.kpis[code]["unit"]) or text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        draft.misses.note(f"A {what} is no number: “{text[:40]}”", code)
        return None
    return value


def _definitions(draft: _Draft, units: Iterable[str]) -> Definitions:
    """What was there before with what is new."""
    before = draft.before
    named = {draft.unit_codes(text): _line(_printable(text)) for text in units}
    below = [{"code": code, "name": text, "parent": before.root.code} for code, text in named.items()]
    for item in (*draft.kpis.values(), *draft.objectives.values()):
        item.setdefault("owner", draft.owner or None)
    return before.model_copy(update={
        "units": (*before.units, *_new(Unit, below, before.units)),
        "people": (*before.people, *_new(Person, draft.people.values(), before.people)),
        "perspectives": (*before.perspectives, *_new(Perspective, draft.perspectives.values(), before.perspectives)),
        "objectives": (*before.objectives, *_new(Objective, draft.objectives.values(), before.objectives)),
        "kpis": (*before.kpis, *_new(Kpi, draft.kpis.values(), ())),
        "uses": (*before.uses, *_new(KpiUse, draft.uses, ())),
    })  # fmt: skip


def _new(kind: type[_Thing], written: Iterable[Mapping[str, Any]], there: Iterable[Any]) -> Iterator[_Thing]:
    """Those that are not there yet. Raises `MappingError` where a definition cannot hold what was written."""
    known = {thing.code for thing in there}
    for each in written:
        if each.get("code") in known:
            continue
        try:
            yield kind.model_validate(each)
        except ValidationError as error:
            first = error.errors()[0]
            where = " ".join(str(part) for part in (each.get("name", each.get("code")), *first["loc"]))
            message = f"A scorecard cannot hold what the spreadsheet says at {where}: {first['msg']}."
            raise MappingError(message) from None


def _aimed(
    definitions: Definitions, draft: _Draft, figures: pl.DataFrame, mark: str, years: Mapping[str, Period]
) -> Definitions:
    """The definitions with their targets; KPIs without one are watched.

    A target holds from its period on, and where nobody says which that is from the first figure of its KPI on.
    """
    calendar = definitions.calendar
    first: dict[str, Period] = {}
    for kpi, period in figures.select("kpi", "period").unique(maintain_order=True).iter_rows():
        found = calendar.parse(period)
        first[kpi] = min(first.get(kpi, found), found)
    frequencies = {kpi.code: kpi.frequency for kpi in complete(definitions).kpis}
    targets: dict[tuple[str, str], Target] = {}
    for code, aims in draft.targets.items():
        for aim in aims:
            value = _decimal(draft, code, "target", aim.value, mark)
            red = _decimal(draft, code, "red line", aim.red_line, mark)
            if value is None:
                continue
            since = _since(aim, years, calendar, frequencies[code]) or first.get(code)
            if since is None:
                draft.misses.note("There is a target, and no figure from which it could hold", code)
            else:
                target = Target(kpi=code, value=value, red_line=red, since=since.short_id)
                targets.setdefault((code, since.short_id), target)
    aimed = {target.kpi for target in targets.values()}
    uses = tuple(
        use if use.kpi in aimed or use.kpi in draft.there else use.model_copy(update={"monitor_only": True})
        for use in definitions.uses
    )
    return definitions.model_copy(update={"targets": (*definitions.targets, *targets.values()), "uses": uses})


def _since(aim: _Aim, years: Mapping[str, Period], calendar: Calendar, frequency: Frequency) -> Period | None:
    """The first period of the KPI within the period that is said of a target."""
    period = period_in(aim.period, years.get(aim.year), calendar) if aim.period else None
    return period and calendar.period(frequency, period.start)
