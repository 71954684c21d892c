"""A spreadsheet of KPIs → a draft scorecard with its figures, and what of it was not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

import polars as pl
from pydantic import ValidationError

from fourfold.connectors.files.dates import plain_period
from fourfold.connectors.files.detect import body_of, header_of
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.layout import WRONG, lay_out
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError
from fourfold.connectors.files.propose import Codes, codes_of, propose
from fourfold.connectors.files.scorecard_columns import Finds, ScorecardColumns, propose_columns
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
from fourfold.engine.findings import Finding
from fourfold.engine.measurements import FIGURES, check_each
from fourfold.engine.measurements.typed import read_by
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.words import as_code

_Thing = TypeVar("_Thing", bound=Definition)
_LOWER: Final = re.compile(r"low|less|down|minim|fewer|ascending|niedrig|weniger|-", re.IGNORECASE)
_HIGHER: Final = re.compile(r"high|more|up|maxim|descending|hoch|mehr|\+", re.IGNORECASE)
_FREQUENCIES: Final = {"month": "month", "quart": "quarter", "ann": "year", "year": "year", "week": "week", "da": "day"}
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_LONGEST: Final = 5_000  # characters of a definition
_AIMS: Final = ("target", "red line")
#: `2010-11` as a year that ends in 2011, where figures are yearly.
_TWO_YEARS: Final = re.compile(r"(\d{4})[-/](\d{2})")


@dataclass(frozen=True)
class ScorecardRead:
    """A draft, its figures (text columns kpi, unit, period and `FIGURES`), how it was read, and what was not."""

    definitions: Definitions
    figures: pl.DataFrame
    columns: ScorecardColumns
    cells: Mapping[str, Mapping[str, str]]  # columns of figures, with what each says beside the row
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
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)  # of a KPI: target and red line as written
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
        columns = ScorecardColumns({**columns.columns, "kpi": columns.columns["code"]}, columns.fixed, columns.figures)
    body = body_of(grid, header)
    draft = _Draft.on(before, owner, seen or codes_of(before.kpis, before.units))
    for row in body.iter_rows(named=True):
        _take(draft, columns, row)
    unit_column = columns.figures.columns.get("unit")
    units = body[f"={unit_column}"].drop_nulls().unique(maintain_order=True).to_list() if unit_column else []
    definitions = _definitions(draft, units)
    figures, reading, cells, found = _figures(
        grid, columns, draft, definitions, today, finds_columns=finds != "nothing"
    )
    definitions = _aimed(definitions, draft, figures, reading.decimal)
    used = {*columns.columns.values(), *reading.columns.values(), *cells}
    fix = "Name those that matter."
    left = [name for name in header.names.values() if name not in used]
    columns_left = [Unread("SHEET-COLUMNS", name, "The column is not used.", fix) for name in left]
    unread = (*draft.misses.unread(), *found, *columns_left)
    read = ScorecardColumns(columns.columns, columns.fixed, reading)
    return ScorecardRead(definitions, figures, read, cells, unread, tuple(findings_of(unread, grid.file)))


def _take(draft: _Draft, columns: ScorecardColumns, row: Mapping[str, Any]) -> None:
    """One row: the KPI it names, once, with its place."""
    def said(what: str) -> str:
        column = columns.columns.get(what)
        return _printable(row.get(f"={column}") or "") if column else columns.fixed.get(what, "")

    called = said("kpi")
    if not called:
        return
    code = draft.codes(row.get(f"={_key(columns)}") or called)
    if code in draft.there:
        draft.misses.note("It is in the scorecard already and stays as it is", code)
        return
    use = {"kpi": code, "objective": _objective(draft, said("perspective"), said("objective"))}
    if use not in draft.uses:
        draft.uses.append(use)
    if code in draft.kpis:
        return
    kpi: dict[str, Any] = {"code": code, "name": _line(called), "kind": "stock"}
    if {"numerator", "denominator"} <= columns.figures.columns.keys():
        kpi["kind"] = "ratio"
    else:  # nobody said how figures of units add up
        kpi["aggregate_units"] = "none"
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
    if target := said("target"):
        draft.targets[code] = target, said("red_line")


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
    above = _line(perspective) or "Without a perspective"
    code = draft.perspective_codes(above)
    draft.perspectives.setdefault(code, {"code": code, "name": above})
    called = _line(objective) or _line(f"Without an objective: {above}")
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


def _figures(
    grid: Grid, columns: ScorecardColumns, draft: _Draft, definitions: Definitions, today: date | None, *,
    finds_columns: bool,
) -> tuple[pl.DataFrame, Reading, Mapping[str, Mapping[str, str]], list[Unread]]:  # fmt: skip
    """The figures that can be read, how, from which columns beside, and what is to be said about the others."""
    reading = columns.figures
    fixed = dict(reading.fixed)
    if "unit" not in reading.columns:
        fixed.setdefault("unit", definitions.root.code)
    own = {**reading.columns, "kpi": _key(columns)}
    codes = {"kpi": draft.codes.known, "unit": draft.unit_codes.known}
    ready = complete(definitions)
    proposal = propose(grid, ready, codes, reading.changed(columns=own, fixed=fixed), finds_columns=finds_columns)
    named = {name: said for name, said in reading.cells.items() if plain_period(name, "") != said.get("period")}
    kept = proposal.reading.changed(fixed=reading.fixed, cells=named)  # what holds for the next file too
    empty = pl.DataFrame(schema=dict.fromkeys(("kpi", "unit", "period", *FIGURES), pl.String))
    if proposal.open:
        text = " ".join(proposal.open.values())
        fix = "Name the columns of unit, period and figures, or what they are in all rows."
        return empty, kept, {}, [Unread("SHEET-FIGURES", grid.file, f"No figures were read. {text}", fix)]
    rows = lay_out(grid, proposal.reading, ready, codes).filter(~pl.col("kpi").is_in(sorted(draft.there)))
    yearly = [kpi.code for kpi in ready.kpis if kpi.frequency is Frequency.YEAR]
    period = pl.col("period").map_elements(_year, pl.String)
    rows = rows.with_columns(pl.when(pl.col("kpi").is_in(yearly)).then(period).otherwise(pl.col("period")))
    moved, plain = rows.filter(pl.col(WRONG).is_not_null()), rows.filter(pl.col(WRONG).is_null()).drop(WRONG)
    checked = check_each(plain, ready, file=grid.file)
    said = list(_moved(moved))
    said += [Unread(r.code, f"line {plain['row'][r.at]}", r.message, r.fix) for r in checked.reasons]
    periods = {text: ready.calendar.parse(text) for text in checked.rows["period"].unique()}
    late = [text for text, p in periods.items() if today is not None and p.start > today]
    early = checked.rows.filter(pl.col("period").is_in(late))
    said += [
        Unread("RECORD-EARLY", f"line {line}", f"{periods[text].label} is still to come.", "Import it later.")
        for line, text in early.select("row", "period").iter_rows()
    ]
    good = checked.rows.filter(~pl.col("period").is_in(late))
    good = good.select("kpi", "unit", "period", *(pl.col(f"{figure}_text").alias(figure) for figure in FIGURES))
    return good, kept, proposal.reading.cells, said


def _year(text: str) -> str:
    """A year that is written as two, by the one it ends in.

    >>> _year("2010-11"), _year("1999-00"), _year("2016")
    ('FY2011', 'FY2000', '2016')
    """
    found = _TWO_YEARS.fullmatch(text)
    follows = found is not None and (int(found[1]) + 1) % 100 == int(found[2])
    return f"FY{int(found[1]) + 1}" if found is not None and follows else text


def _aimed(definitions: Definitions, draft: _Draft, figures: pl.DataFrame, mark: str) -> Definitions:
    """The definitions with their targets, each from the first figure of its KPI on; KPIs without one are watched."""
    calendar = definitions.calendar
    first: dict[str, Period] = {}
    for kpi, period in figures.select("kpi", "period").unique(maintain_order=True).iter_rows():
        found = calendar.parse(period)
        first[kpi] = min(first.get(kpi, found), found)
    targets = []
    for code, texts in draft.targets.items():
        value, red = (_decimal(draft, code, what, text, mark) for what, text in zip(_AIMS, texts, strict=True))
        if value is None:
            continue
        if (since := first.get(code)) is None:
            draft.misses.note("There is a target, and no figure from which it could hold", code)
        else:
            targets.append(Target(kpi=code, value=value, red_line=red, since=since.short_id))
    aimed = {target.kpi for target in targets}
    uses = tuple(
        use if use.kpi in aimed or use.kpi in draft.there else use.model_copy(update={"monitor_only": True})
        for use in definitions.uses
    )
    return definitions.model_copy(update={"targets": (*definitions.targets, *targets), "uses": uses})


def _moved(rows: pl.DataFrame) -> Iterator[Unread]:
    fix = "Look at these lines: a separator is missing or too many."
    for line, wrong in rows.select("row", WRONG).unique(maintain_order=True).iter_rows():
        yield Unread("SHEET-ROWS", f"line {line}", wrong, fix)
