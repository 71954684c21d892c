"""A scenario written down as plain values, as people type it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from fourfold.engine.definitions import Definitions, Target
from fourfold.engine.measurements import check_rows, to_polars
from fourfold.engine.periods import Period
from fourfold.engine.scenarios import Scenario, ScenarioError
from fourfold.engine.smart import Known
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import NotFound
from fourfold.scorecard.findings import FolderError

#: What a scenario in plain values can say.
KEYS: Final = ("name", "figures", "targets", "weights", "remove")


def scenario_of(overlay: Mapping[str, Any], definitions: Definitions, now: Period) -> Scenario:
    """A scenario from plain values.

    `figures` are a table as `evaluate` takes it; `targets` a list of targets by their keys, where one without `since`
    changes the version in force at `now`; `weights` numbers by name; `remove` a list of names. See `Scenario`. Raises
    `ScenarioError` or `NotFound` with what to write, `FolderError` for figures with mistakes.
    """
    for key in overlay:
        if key not in KEYS:
            raise ScenarioError(f"A scenario has no {show(key)}.", hint=did_you_mean(key, KEYS, "key"))
    table = overlay.get("figures")
    figures = None if table is None else check_rows(to_polars(table), definitions)
    if figures is not None and not figures.ok:
        raise FolderError(tuple(figures.findings))
    return Scenario(
        str(overlay.get("name") or "this"),
        figures=None if figures is None else figures.rows,
        targets=tuple(_target(t, definitions, now) for t in overlay.get("targets", ())),
        weights={name: _decimal(weight, name) for name, weight in dict(overlay.get("weights", {})).items()},
        remove=_names(overlay.get("remove", ())),
    )


def _target(given: Mapping[str, Any], definitions: Definitions, now: Period) -> Target:
    """A target by its keys; without `since` a change of the version in force."""
    code, unit = str(given.get("kpi", "")), given.get("unit")
    if code not in definitions.kpi:
        raise NotFound(f"There is no KPI {show(code)}.", hint=did_you_mean(code, list(definitions.kpi), "KPI"))
    known: dict[str, Any] = {}
    if "since" not in given:
        kpi = definitions.kpi[code]
        at = definitions.calendar.period(kpi.frequency, now.last_day)
        force = Known(definitions, kpi, at, unit=unit).target
        if force is None:
            raise ScenarioError(f"KPI {code} has no target to change.", hint="Say since when the new one holds.")
        known = force.model_dump()
    try:
        return Target.model_validate({**known, **given})
    except ValidationError as error:
        raise ScenarioError(f"A target of KPI {code} cannot be read: {error.errors()[0]['msg']}.") from None


def _decimal(weight: object, name: str) -> Decimal:
    try:
        return Decimal(str(weight))
    except InvalidOperation:
        raise ScenarioError(f"{show(weight)} is no weight for {name}.", hint="Give 0 or more.") from None


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
