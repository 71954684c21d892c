"""Which unit carries which objective, as finished texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fourfold.engine.cascaded import carried, to_share_out
from fourfold.engine.definitions import Definitions, Kpi, Objective, Unit
from fourfold.engine.statuses import Status
from fourfold.records.queries.cascade import Carrier
from fourfold.records.queries.structure import slug
from fourfold.web.address import Here, path
from fourfold.web.components.amendment import form_of
from fourfold.web.components.numbers import in_place, plural, score_text
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.cascade import CascadeForm

#: How an objective of a unit carries the one above, in words.
WORDS: Final = {"identical": "same KPI", "contributory": "contributes", "new": "new", None: "carries it"}


def matrix(
    here: Here, definitions: Definitions, objectives: Sequence[Objective], units: Sequence[Unit], form: CascadeForm
) -> list[dict[str, Any]]:
    """A row for each objective, with how each unit carries it."""
    return [
        {
            "code": o.code, "name": o.name, "url": form_of(here, "objective", o), "chosen": o.code in form.objectives,
            "cells": [_cell(here, definitions, o, unit) for unit in units],
        }
        for o in objectives
    ]  # fmt: skip


def _cell(here: Here, definitions: Definitions, objective: Objective, unit: Unit) -> dict[str, Any]:
    found = carried(definitions, objective, unit.code)
    words = ""
    if found.is_identical:
        words = "same KPI" if found.of == 1 else f"same {found.of} KPIs"
    elif found.has:
        words = f"{found.has} of {plural(found.of, 'KPI')}"
    return {"words": words, "own": [_own(here, o) for o in found.own], "unit": unit.name}


def _own(here: Here, own: Objective) -> dict[str, Any]:
    waits = own.cascade_type == "contributory" and own.accepted_by is None
    return {"code": own.code, "name": own.name, "url": form_of(here, "objective", own), "waits": waits,
            "words": WORDS[own.cascade_type]}  # fmt: skip


def waiting(definitions: Definitions, objectives: Sequence[Objective]) -> list[dict[str, str]]:
    """Contributions to these objectives that nobody above has accepted."""
    above = {o.code: o for o in objectives}
    people, units = definitions.person, definitions.unit
    return [
        {"code": o.code, "name": o.name, "unit": units[o.unit].name if o.unit in units else "",
         "above": above[o.cascaded_from].name, "sentence": o.contribution,
         "owner": people[who].name if (who := above[o.cascaded_from].owner) in people else ""}
        for o in definitions.objectives
        if o.cascaded_from in above and o.cascade_type == "contributory" and o.accepted_by is None
    ]  # fmt: skip


def local_additions(here: Here, definitions: Definitions, units: Sequence[Unit]) -> list[dict[str, Any]]:
    """Units with the objectives that are their own and carry nothing above, and the way to add one."""
    own: dict[str | None, list[Objective]] = {}
    for o in definitions.objectives:
        if o.cascaded_from is None:
            own.setdefault(o.unit, []).append(o)
    return [
        {"name": unit.name, "objectives": [(o.name, form_of(here, "objective", o)) for o in own.get(unit.code, ())],
         "new": form_of(here, "objective", unit=unit.code, cascade_type="new", local="true")}
        for unit in units
    ]  # fmt: skip


def shared_out(here: Here, completed: Definitions, objectives: Sequence[str]) -> list[Link]:
    """KPIs whose targets are to be shared out over the units, each with the page that does it."""
    shown, known = here.scope.structure.kpi, completed.objective
    found = to_share_out(completed, [code for code in objectives if code in known])
    return [Link(kpi.name, share_url(here, kpi)) for kpi in found if kpi.code in shown]


def share_url(here: Here, kpi: Kpi) -> str:
    """Where a target of a KPI is shared out over the units below."""
    pk = here.scope.structure.kpi_pk[kpi.code]
    return here.at(path("proposals", pk, slug(kpi.name)), here.place()) + "#share"


def tree(here: Here, carriers: Sequence[Carrier]) -> list[dict[str, Any]]:
    """Each objective with who carries it below, for a list in lists."""
    return [_branch(here, each) for each in carriers]


def _branch(here: Here, carrier: Carrier) -> dict[str, Any]:
    cell = carrier.cell
    score = None if cell is None else cell.score
    status = Status.NO_DATA if cell is None else cell.status
    return {
        "name": carrier.objective.name, "url": here.objective(carrier.objective, carrier.unit),
        "unit": carrier.unit.name, "status": status, "words": WORDS.get(carrier.how, "") if carrier.how else "",
        "score": score_text(score) if score is not None else in_place(status),
        "below": [_branch(here, each) for each in carrier.below], "lacking": [u.name for u in carrier.lacking],
    }  # fmt: skip
