"""A spreadsheet of KPIs → a draft scorecard with its figures, and what of it was not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import polars as pl
from pydantic import ValidationError

from fourfold.connectors.files.detect import body_of, header_of
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.layout import WRONG, lay_out
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError
from fourfold.connectors.files.propose import propose
from fourfold.connectors.files.scorecard_columns import ScorecardColumns, propose_columns
from fourfold.engine.definitions import Definitions, Target
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.write import write
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements import FIGURES, Reason, check_each
from fourfold.engine.measurements.typed import read_by
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.words import as_code

_LOWER: Final = re.compile(r"low|less|down|minim|fewer|ascending|niedrig|weniger|-", re.IGNORECASE)
_HIGHER: Final = re.compile(r"high|more|up|maxim|descending|hoch|mehr|\+", re.IGNORECASE)
_FREQUENCIES: Final = {"month": "month", "quart": "quarter", "ann": "year", "year": "year", "week": "week", "da": "day"}
#: `2010-11` as a year that ends in 2011, where figures are yearly.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_LONGEST: Final = 5_000  # characters of a definition
_AIMS: Final = ("target", "red line")
_NAMED: Final = 5  # KPIs or lines that a finding names
_TWO_YEARS: Final = re.compile(r"(\d{4})[-/](\d{2})")


@dataclass(frozen=True)
class ScorecardRead:
    """A draft, its figures (text columns kpi, unit, period and `FIGURES`), how it was read, and what was not."""

    definitions: Definitions
    figures: pl.DataFrame
    columns: ScorecardColumns
    findings: tuple[Finding, ...]

    def texts(self) -> dict[str, str]:
        """The files of a folder, by name."""
        figures = {"measurements/figures.csv": self.figures.write_csv()} if len(self.figures) else {}
        return write(self.definitions) | figures


@dataclass
class _Codes:
    """A code for each text, whatever its capitals; two texts never share one."""

    known: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __call__(self, text: str) -> str:
        """The code of the text, made where it is new."""
        key = text.casefold()
        if key not in self.known:
            base, number = as_code(text).lower()[:70], 2
            code = base
            while code in self.taken:
                code, number = f"{base}_{number}", number + 1
            self.known[key] = code
            self.taken.add(code)
        return self.known[key]


@dataclass
class _Draft:
    """What is gathered row by row."""

    codes: _Codes = field(default_factory=_Codes)  # of KPIs
    unit_codes: _Codes = field(default_factory=_Codes)
    perspectives: dict[str, dict[str, Any]] = field(default_factory=dict)
    objectives: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    kpis: dict[str, dict[str, Any]] = field(default_factory=dict)
    uses: list[dict[str, Any]] = field(default_factory=list)
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)  # of a KPI: target and red line as written
    unsaid: dict[str, list[str]] = field(default_factory=dict)

    def miss(self, what: str, where: str) -> None:
        """Note that something was not understood at a KPI."""
        self.unsaid.setdefault(what, []).append(where)


def read_scorecard(
    grid: Grid, name: str, *, email: str = "", start: int = 1, given: ScorecardColumns | None = None
) -> ScorecardRead:
    """The scorecard of an organisation with this name, whose fiscal year begins in the month `start`.

    A row is a KPI, or a figure of one: rows that name the same KPI are one KPI. A missing perspective or objective gets
    a name that says so. What cannot be read stays out and is reported: nothing is guessed, and nothing lost in silence.
    Raises `MappingError` where no column says the KPI, or a column that was named is not there.
    """
    given = given or ScorecardColumns()
    header = header_of(grid, given.figures.header)
    columns = propose_columns(header.names.values(), given)
    if not {"kpi", "code"} & columns.columns.keys():
        raise MappingError("No column says which KPI a row is about.", hint="Name it: --map kpi=COLUMN")
    if "kpi" not in columns.columns:
        columns = ScorecardColumns({**columns.columns, "kpi": columns.columns["code"]}, columns.fixed, columns.figures)
    body = body_of(grid, header)
    draft = _Draft()
    for row in body.iter_rows(named=True):
        _take(draft, columns, row)
    unit_column = columns.figures.columns.get("unit")
    units = _texts(body, unit_column) if unit_column else []
    definitions = _definitions(draft, name, email, start, units)
    figures, reading, cells, found = _figures(grid, columns, draft, definitions)
    definitions = _aimed(definitions, draft, figures, reading.decimal)
    used = {*columns.columns.values(), *reading.columns.values(), *cells}
    unread = [column for column in header.names.values() if column not in used]
    findings = (*_unsaid(draft, grid.file), *found, *_unread(unread, grid.file))
    return ScorecardRead(definitions, figures, ScorecardColumns(columns.columns, columns.fixed, reading), findings)


def _take(draft: _Draft, columns: ScorecardColumns, row: Mapping[str, Any]) -> None:
    """One row: the KPI it names, once, with its place."""
    def said(what: str) -> str:
        column = columns.columns.get(what)
        return _printable(row.get(f"={column}") or "") if column else columns.fixed.get(what, "")

    called = said("kpi")
    if not called:
        return
    code = draft.codes(row.get(f"={_key(columns)}") or called)
    use = {"kpi": code, "objective": _objective(draft, said("perspective"), said("objective"))}
    if use not in draft.uses:
        draft.uses.append(use)
    if code in draft.kpis:
        return
    kpi: dict[str, Any] = {"code": code, "name": " ".join(called.split())[:300], "kind": "stock"}
    if {"numerator", "denominator"} <= columns.figures.columns.keys():
        kpi["kind"] = "ratio"
    else:  # nobody said how figures of units add up
        kpi["aggregate_units"] = "none"
    kpi |= {"definition": said("definition"), "source": said("source")}
    measured_in = " ".join(said("measured_in").split())[:60]
    kpi["unit"] = measured_in or ("%" if re.search(r"%|per ?cent", called, re.IGNORECASE) else "")
    if frequency := _frequency(said("frequency")):
        kpi["frequency"] = frequency
    if owner := said("owner"):
        person = as_code(owner).lower()
        draft.people.setdefault(person, {"code": person, "name": " ".join(owner.split())[:300]})
        kpi["owner"] = person
    direction = said("better")
    if _LOWER.search(direction):
        kpi["polarity"] = "lower_better"
    elif not _HIGHER.search(direction):
        draft.miss("Nobody says which way is better, and “higher” was taken", code)
    draft.kpis[code] = kpi
    if target := said("target"):
        draft.targets[code] = target, said("red_line")


def _printable(text: str) -> str:
    """The text without characters that no page could show, which old systems leave in place of quotes."""
    return _UNPRINTABLE.sub(" ", text).strip()[:_LONGEST]


def _key(columns: ScorecardColumns) -> str:
    """The column by which a KPI is known again."""
    return columns.columns.get("code", columns.columns["kpi"])


def _objective(draft: _Draft, perspective: str, objective: str) -> str:
    """The code of the objective, made with its perspective where it is new."""
    above = " ".join(perspective.split())[:300] or "Without a perspective"
    code = as_code(above).lower()
    draft.perspectives.setdefault(code, {"code": code, "name": above})
    called = " ".join(objective.split())[:300] or f"Without an objective: {above}"[:300]
    own = draft.objectives.get((code, called))
    if own is None:
        taken = {each["code"] for each in draft.objectives.values()}
        base = as_code(called).lower()[:70]
        free = next(c for c in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if c not in taken)
        own = draft.objectives[code, called] = {"code": free, "name": called, "perspective": code}
    return str(own["code"])


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
        draft.miss(f"A {what} is no number: “{text[:40]}”", code)
        return None
    return value


def _definitions(draft: _Draft, name: str, email: str, start: int, units: Iterable[str]) -> Definitions:
    root = as_code(name).lower()
    draft.unit_codes(root)
    named = {draft.unit_codes(text): _printable(" ".join(text.split()))[:300] for text in units}
    below = [{"code": code, "name": text, "parent": root} for code, text in named.items() if code != root]
    owner = {"code": "manager", "name": email.partition("@")[0] or "Strategy manager", "role": "admin", "email": email}
    for item in (*draft.kpis.values(), *draft.objectives.values()):
        item.setdefault("owner", "manager")
    written = {
        "organisation": {"code": root, "name": name, "fiscal_year_start": start},
        "units": [{"code": root, "name": name, "kind": "corporate"}, *below],
        "people": [owner, *draft.people.values()],
        "strategy": {"code": "strategy", "name": f"Strategy of {name}", "state": "draft"},
        "perspectives": list(draft.perspectives.values()), "objectives": list(draft.objectives.values()),
        "kpis": list(draft.kpis.values()), "uses": draft.uses,
    }  # fmt: skip
    try:
        return Definitions.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(str(part) for part in first["loc"])
        raise MappingError(f"A scorecard cannot hold what the spreadsheet says at {where}: {first['msg']}.") from None


def _figures(
    grid: Grid, columns: ScorecardColumns, draft: _Draft, definitions: Definitions
) -> tuple[pl.DataFrame, Reading, list[str], list[Finding]]:
    """The figures that can be read, how, from which columns beside, and findings about the others."""
    reading = columns.figures
    fixed = dict(reading.fixed)
    if "unit" not in reading.columns:
        fixed.setdefault("unit", definitions.root.code)
    own = {**reading.columns, "kpi": _key(columns)}
    codes = {"kpi": draft.codes.known, "unit": draft.unit_codes.known}
    ready = complete(definitions)
    proposal = propose(grid, ready, codes, reading.changed(columns=own, fixed=fixed))
    kept = proposal.reading.changed(fixed=reading.fixed, cells=reading.cells)  # what holds for the next file too
    empty = pl.DataFrame(schema=dict.fromkeys(("kpi", "unit", "period", *FIGURES), pl.String))
    if proposal.open:
        text = " ".join(proposal.open.values())
        fix = "Say it with --map or --set, or name the columns of figures in a mapping: --mapping FILE."
        return empty, kept, [], [_warn("SHEET-FIGURES", grid.file, f"No figures were read. {text}", fix)]
    rows = lay_out(grid, proposal.reading, ready, codes)
    yearly = [kpi.code for kpi in ready.kpis if kpi.frequency is Frequency.YEAR]
    period = pl.col("period").map_elements(_year, pl.String)
    rows = rows.with_columns(pl.when(pl.col("kpi").is_in(yearly)).then(period).otherwise(pl.col("period")))
    moved, plain = rows.filter(pl.col(WRONG).is_not_null()), rows.filter(pl.col(WRONG).is_null()).drop(WRONG)
    checked = check_each(plain, ready, file=grid.file)
    good = checked.rows.select("kpi", "unit", "period", *(pl.col(f"{figure}_text").alias(figure) for figure in FIGURES))
    return good, kept, [*proposal.reading.cells], [*_moved(moved, grid.file), *_apart(checked.reasons, grid.file)]


def _texts(body: pl.DataFrame, column: str) -> list[str]:
    return body[f"={column}"].drop_nulls().unique(maintain_order=True).to_list()


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
            draft.miss("There is a target, and no figure from which it could hold", code)
        else:
            targets.append(Target(kpi=code, value=value, red_line=red, since=since.short_id))
    aimed = {target.kpi for target in targets}
    uses = tuple(use if use.kpi in aimed else use.model_copy(update={"monitor_only": True}) for use in definitions.uses)
    return definitions.model_copy(update={"targets": tuple(targets), "uses": uses})


def _unsaid(draft: _Draft, file: str) -> Iterator[Finding]:
    """What was not understood of KPIs, each kind once."""
    for what, codes in draft.unsaid.items():
        count = f"{len(codes):,} KPIs" if len(codes) > 1 else "one KPI"
        listed = ", ".join(codes[:_NAMED]) + (" and others" if len(codes) > _NAMED else "")
        yield _warn("SHEET-KPI", file, f"{what} (of {count}: {listed}).", "Say it in kpis.yaml, or in the browser.")


def _moved(rows: pl.DataFrame, file: str) -> Iterator[Finding]:
    if len(rows):
        lines = ", ".join(str(line) for line in rows["row"].unique(maintain_order=True).to_list()[:_NAMED])
        message = f"{len(rows):,} figures stand in lines with other cells than the header, such as {lines}."
        yield _warn("SHEET-ROWS", file, message, "Look at these lines: a separator is missing or too many.")


def _apart(reasons: Iterable[Reason], file: str) -> Iterator[Finding]:
    """What kept figures apart, each kind of reason once with its first example."""
    kinds: dict[str, list[Reason]] = {}
    for reason in reasons:
        kinds.setdefault(reason.code, []).append(reason)
    for code, found in kinds.items():
        count = f"{len(found):,} figures were" if len(found) > 1 else "One figure was"
        yield _warn(code, file, f"{count} not understood; the first: {found[0].message}", found[0].fix)


def _unread(columns: list[str], file: str) -> Iterator[Finding]:
    if columns:
        listed = ", ".join(columns[:12]) + (" and others" if len(columns) > 12 else "")
        message = f"{len(columns):,} column{'s' if len(columns) != 1 else ''} not used: {listed}."
        yield Finding("SHEET-COLUMNS", Level.INFO, Place(file), message, "Name those that matter: --map FIELD=COLUMN")


def _warn(code: str, file: str, message: str, fix: str) -> Finding:
    return Finding(code, Level.WARNING, Place(file), message, fix)
