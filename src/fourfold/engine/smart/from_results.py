"""What an evaluation knows of a KPI, ready to be assessed."""

from __future__ import annotations

from datetime import date

import numpy as np

from fourfold.engine.cells import State
from fourfold.engine.due import day_at
from fourfold.engine.results import Evaluation
from fourfold.engine.smart.known import Known
from fourfold.errors import NotFound


def known_from(
    evaluation: Evaluation, kpi: str, unit: str | None = None, *, today: date | None = None,
    probability: float | None = None, loaded: bool | None = None, fit: float | None = None,
    reviewed: bool | None = None, twins: dict[str, float] | None = None,
) -> Known:  # fmt: skip
    """The figures of a KPI of a unit (the root without one), up to the newest period that has begun.

    Evaluate in the view of the KPI's own frequency: of a monthly KPI a view of months. `now` is the period of `today`,
    or of the day it is at the unit by the moment of the evaluation; periods after it are left out. What only others
    know is handed on. Raises `NotFound` for an unknown KPI or unit, and for a view of another frequency.
    """
    definitions, results = evaluation.definitions, evaluation.kpis
    where = unit or definitions.root.code
    found = definitions.kpi.get(kpi)
    if found is None or f"kpi:{kpi}" not in results.index or where not in results.units:
        raise NotFound(f"There are no results of KPI {kpi} for unit {where}.", hint="Evaluate the KPI for this unit.")
    if evaluation.periods[0].frequency is not found.frequency or evaluation.view == "ytd":
        raise NotFound(
            f"KPI {kpi} is measured by the {found.frequency}, and this is a view by {evaluation.view}.",
            hint=f"Evaluate with the view {found.frequency}.",
        )
    now = definitions.calendar.period(found.frequency, today or day_at(definitions, where, evaluation.as_of))
    begun = [i for i, p in enumerate(evaluation.periods) if p.ordinal <= now.ordinal]
    row, place = results.index[f"kpi:{kpi}"], results.units.index(where)
    assert results.value is not None and results.state is not None
    values, states = results.value[row, place, begun], results.state[row, place, begun]
    filled = np.where(states == State.NUMBER, values, np.nan)
    return Known(definitions, found, now, filled, states, where, probability, loaded, fit, reviewed, twins)
