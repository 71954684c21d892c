"""An organisation of any size in a SQLite database, written past the actions: loading ten million figures takes hours.

What is there: all definitions as the product writes them; a figure for every KPI, reporting unit and month, made by one
statement in the database itself from a formula of the row's place; the results of some KPIs, and of every node above
KPIs, for every unit, view and period. Their scores are made up too: the first entry for a KPI and unit makes those that
it reaches right, and is not counted. The indexes are made after the rows, as they are in the schema. Outlooks are not
there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

import numpy as np
from django.db import connection, transaction
from sample import KINDS, definitions_of, levels_of, months_of, noon_after, reporting_of

from fourfold.engine.definitions import Definitions
from fourfold.engine.periods import Frequency, Period

_FIGURES = """
    INSERT INTO records_measurement (organisation_id, kpi_id, unit_id, period, frequency, start, value, numerator,
        denominator, state, marks, recorded_at, reason, source, import_run_id)
    SELECT %s, kpi, unit, period, 'month', start,
        CASE WHEN part != 1 THEN printf('%%.3f', value) END,
        CASE WHEN part = 1 THEN printf('%%.3f', value * base) END,
        CASE WHEN part != 0 THEN printf('%%d', base) END,
        0, 0, %s, '', '', %s
    FROM (
        SELECT k.id AS kpi, u.id AS unit, m.id AS period, m.start AS start, k.part AS part,
            k.level * (0.9 + ((k.id * 7919 + u.id * 104729 + m.n * 12289) %% 1009) / 5045.0) AS value,
            100 + (k.id * 31 + u.id * 17 + m.n * 7) %% 900 AS base
        FROM temp.k AS k CROSS JOIN temp.u AS u CROSS JOIN temp.m AS m
    )"""
_RESULTS = """
    INSERT INTO records_result (organisation_id, unit_id, view, ordinal, node, period, state, marks, reason, score,
        status, coverage, confidence, data_period, evaluation_id, input_version)
    SELECT %s, u.id, p.view, p.ordinal, n.node, p.id, 0, 0, 0,
        (n.n * 7919 + u.id * 104729 + p.ordinal * 12289) %% 1250 / 10.0, 1, 1.0, 1.0, '', %s, %s
    FROM temp.u AS u CROSS JOIN temp.p AS p CROSS JOIN temp.n AS n"""


@dataclass(frozen=True)
class Seeded:
    """What is in the database, and the moment at which entries are made; `kpis` are those with results."""

    organisation: str
    figures: int
    results: int
    kpis: tuple[str, ...]
    units: tuple[str, ...]
    months: tuple[Period, ...]
    as_of: datetime


def seed(kpis: int, units: int, months: int, objectives: int) -> Seeded:
    """Fill the empty database; the KPIs of the first so many objectives have results."""
    from fourfold.actions._runs import new_run
    from fourfold.records.frames.definition import write_definitions
    from fourfold.records.models import Import, Organisation
    from fourfold.records.ready import Ready

    level, periods = levels_of(kpis, np.random.default_rng(1)), months_of(months)
    definitions, as_of = definitions_of(units, level), noon_after(periods[-1])
    own = definitions.organisation
    with transaction.atomic():
        organisation = Organisation.objects.create(code=own.code, name=own.name, version=1, definitions_version=1)
        write_definitions(organisation, definitions, at=as_of)
        ready = Ready.of(organisation, definitions)
        load = Import.objects.create(organisation=organisation, sha256="0" * 64, source="made up", at=as_of)
        run = new_run(organisation, as_of=as_of, reason="made up")
    reporting = reporting_of(definitions)
    _table("k", "id INTEGER, level REAL, part INTEGER", _kinds(level, [ready.kpis[k.code] for k in definitions.kpis]))
    _table("u", "id INTEGER", [(ready.units[code],) for code in reporting])
    _table("m", "n INTEGER, id TEXT, start TEXT", [(p.ordinal, p.id, p.start.isoformat()) for p in periods])
    figures = _insert("records_measurement", _FIGURES, [organisation.pk, f"{as_of:%Y-%m-%d %H:%M:%S}", load.pk])
    chosen = {o.code for o in definitions.objectives[:objectives]}
    with_results = tuple(dict.fromkeys(use.kpi for use in definitions.uses if use.objective in chosen))
    _table("u", "id INTEGER", [(pk,) for pk in ready.units.values()])
    _table("n", "n INTEGER, node TEXT", list(enumerate(_nodes(definitions, with_results))))
    _table("p", "view TEXT, ordinal INTEGER, id TEXT", _spots([*periods, periods[-1].shift(1)]))
    results = _insert("records_result", _RESULTS, [organisation.pk, run.pk, organisation.version])
    return Seeded(own.code, figures, results, with_results, tuple(reporting), periods, as_of)


def _kinds(level: np.ndarray, pks: Sequence[int]) -> list[tuple[int, float, int]]:
    """Row id, level and what is given of each KPI: 0 a value, 1 numerator and denominator, 2 a mean and its count."""
    parts = {"flow": 0, "stock": 0, "ratio": 1, "survey": 2}
    return [(pk, float(level[i]), parts[KINDS[i % len(KINDS)][0]]) for i, pk in enumerate(pks)]


def _nodes(definitions: Definitions, kpis: Collection[str]) -> list[str]:
    above = [f"objective:{o.code}" for o in definitions.objectives]
    above += [f"perspective:{p.code}" for p in definitions.perspectives]
    return sorted([*(f"kpi:{code}" for code in kpis), *above, "scorecard"])


def _spots(months: Sequence[Period]) -> list[tuple[str, int, str]]:
    """View, ordinal and id of every period that pages show, in the order of the index."""
    quarters = list(dict.fromkeys(month.within(Frequency.QUARTER) for month in months))
    shown = [*product(["month"], months), *product(["quarter"], quarters), *product(["ytd"], months)]
    return [(view, period.ordinal, period.id) for view, period in shown]


def _table(name: str, columns: str, rows: Sequence[Sequence[object]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")
        cursor.execute(f"CREATE TEMP TABLE {name} ({columns})")
        marks = ", ".join(["%s"] * (columns.count(",") + 1))
        cursor.executemany(f"INSERT INTO temp.{name} VALUES ({marks})", rows)


def _insert(table: str, statement: str, given: Sequence[object]) -> int:
    """Run it without the indexes of the table, make them again, and say how many rows there are."""
    with connection.cursor() as cursor:
        written = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql > ''"
        indexes = cursor.execute(written, [table]).fetchall()  # without those that SQLite makes for keys
        cursor.execute("PRAGMA journal_mode = OFF")  # a crash here costs only the benchmark
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(statement, given)
        for _, made in indexes:
            cursor.execute(made)
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
