"""What it takes to change a definition in an organisation of a thousand KPIs: checked, written, evaluated, told.

A SQLite database on the disk with every commit synced; `seeding.py` says what is in it. Each edit is the action
`amend_definitions` in this process, with the results of everything there; the page that shows an edit before it is
saved asks the same checks and less of the results.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from entry import set_up
from seeding import Seeded, seed
from verdict import Line, show

KPIS, UNITS, MONTHS, OBJECTIVES = 1_000, 3, 24, 100
EDITS, LIMIT = 40, 80.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        made = seed(KPIS, UNITS, MONTHS, OBJECTIVES)
        from fourfold.actions.evaluate_organisation import evaluate_organisation

        evaluate_organisation(by=None, as_of=made.as_of)
        lines = [Line(f"{name}, p95 of {EDITS}", p95(kind, made), LIMIT, "ms") for name, kind in KINDS.items()]
    show(f"Editing among {KPIS:,} KPIs, processor time", lines)


def p95(kind: Callable[[object, random.Random], object], made: Seeded) -> float:
    """Only one in twenty takes longer."""
    from fourfold.actions.amend_definitions import amend_definitions
    from fourfold.records.models import Organisation
    from fourfold.records.ready import ready_definitions

    times, chance = [], random.Random(1)
    for _ in range(EDITS):
        ready = ready_definitions(Organisation.objects.get(code=made.organisation))
        assert ready is not None
        amendment = kind(ready.written, chance)
        begun = time.process_time()
        outcome = amend_definitions(by=None, organisation=made.organisation, amendments=[amendment], at=made.as_of)  # type: ignore[list-item]
        times.append(1000 * (time.process_time() - begun))
        assert outcome.ok, outcome.findings
    return statistics.quantiles(times, n=20)[-1]


def _text(d, chance):  # type: ignore[no-untyped-def]
    return _of(d, chance, "kpis", lambda kpi: {"definition": f"{kpi.definition} {chance.random()}"})


def _target(d, chance):  # type: ignore[no-untyped-def]
    return _of(d, chance, "targets", lambda t: {"value": t.value + Decimal(1) / 1000} if t.value else {"note": "x"})


def _weight(d, chance):  # type: ignore[no-untyped-def]
    return _of(d, chance, "uses", lambda use: {"weight": use.weight + 1})


def _objective(d, chance):  # type: ignore[no-untyped-def]
    return _of(d, chance, "objectives", lambda o: {"weight": o.weight + 1})


def _of(d, chance, noun, fields):  # type: ignore[no-untyped-def]
    from fourfold.engine.amendments import Amendment

    thing = chance.choice(getattr(d, noun))
    return Amendment(noun, thing, thing.model_copy(update=fields(thing)))


KINDS = {"words of a KPI": _text, "a target": _target, "the weight of a KPI": _weight, "of an objective": _objective}

if __name__ == "__main__":
    main()
