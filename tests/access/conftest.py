"""Two organisations, one of which has a confidential KPI and one about a small group, and all who ask there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from fourfold.access.directory import ScimDirectory
from fourfold.actions.add_attachment import add_attachment
from fourfold.actions.ask_restatement import ask_restatement
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.records.models import Attachment
from fourfold.testing.bakery import BAKERY, bakery
from tests.access.principals import Asker, askers
from tests.access.routes import EXAMPLES
from tests.web.conftest import FIGURES, MILL, load

#: Its SCIM is among the addresses.
DIRECTORIES = tuple(
    ScimDirectory.model_validate({"code": place, "name": place.title(), "organisation": place})
    for place in ("bakery", "mill")
)
URLS = "tests.api.scim.addresses"
CLOSED = {
    "kpis": [
        *BAKERY["kpis"],
        {"code": "sick_leave", "name": "Sick leave", "kind": "stock", "unit": "%", "polarity": "lower_better",
         "classification": "confidential"},
        {"code": "ill", "name": "Staff ill", "kind": "ratio", "unit": "%", "factor": "100",
         "polarity": "lower_better", "headcount": "denominator"},
    ],
    "objectives": [*BAKERY["objectives"], {"code": "well", "name": "Keep people well", "perspective": "finance"}],
    "uses": [*BAKERY["uses"], {"kpi": "sick_leave", "objective": "well"}],
    "targets": [*BAKERY["targets"], {"kpi": "sick_leave", "since": "M:2026-01", "value": "3", "red_line": "7"}],
}  # fmt: skip
ROWS = "sick_leave,north,2026-04,7,,\nill,north,2026-04,,1,4\nill,south,2026-04,,2,20\n"


@pytest.fixture(scope="module")
def everybody(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Asker]]:
    """All who ask, made once for a module. Of February, which is closed, a restatement waits at each place."""
    folder = tmp_path_factory.mktemp("folders")
    before: Any = (settings.DIRECTORIES, settings.ROOT_URLCONF)
    settings.DIRECTORIES, settings.ROOT_URLCONF = DIRECTORIES, URLS
    with django_db_blocker.unblock(), transaction.atomic():
        load(folder / "mill", bakery(**MILL), "kpi,unit,period,value\nflour,mill,2026-02,8\nflour,mill,2026-04,9\n")
        load(folder / "bakery", bakery(**CLOSED), FIGURES + ROWS)
        for place, unit, kpi in (("bakery", "north", "sales"), ("bakery", "south", "sales"), ("mill", "mill", "flour")):
            where = {"by": None, "organisation": place, "unit": unit, "period": "2026-02"}
            set_period_state(**where, state=PeriodState.CLOSED, reason="Over.")
            asked = ask_restatement(**where, kpi=kpi, value="7", code="error", reason="Counted twice.")
            assert asked.ok, asked.findings
        for kpi in ("sales", "sick_leave", "ill"):  # each has the file that the others' addresses do not find
            proof = {"kpi": kpi, "unit": "north", "period": "2026-04", "name": "till.txt", "content": b'{"till": 412}'}
            assert add_attachment(by=None, organisation="bakery", **proof).ok
        Attachment.objects.filter(kpi__code="sales").update(id=UUID(EXAMPLES["attachment"]))
        found = askers(DIRECTORIES[0])
        with django_db_blocker.block():
            yield found
        transaction.set_rollback(True)
    settings.DIRECTORIES, settings.ROOT_URLCONF = before
