"""Definitions of any earlier moment can be read again, and what was shown then is worked out from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions import Definitions
from fourfold.records.frames.former_definition import definitions_then
from fourfold.records.frames.scorecard import scorecard_then
from fourfold.records.models import FormerDefinition, Organisation, Result
from fourfold.records.ready import ready_definitions
from fourfold.testing.bakery import bakery
from tests.actions.test_amend_definitions import AMENDMENTS, written

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
#: One after another: each changes what the one before left.
STORY = ("a name", "a target", "a KPI more", "a weight", "a use less", "another year", "an objective less")


def then(organisation: Organisation, moment: datetime) -> Definitions | None:
    organisation.refresh_from_db()
    return definitions_then(organisation, moment)


def test_each_moment_has_the_definitions_it_had(organisation: Organisation, now: datetime) -> None:
    known = [(now, written(organisation))]
    for i, name in enumerate(STORY, start=1):
        at = now + i * HOUR
        outcome = amend_definitions(
            by=None, organisation="bakery", amendments=AMENDMENTS[name](known[-1][1]), at=at
        )
        assert outcome.ok, (name, outcome.findings)
        known.append((at, written(organisation)))
    assert FormerDefinition.objects.count() < 20  # what was changed, and no copy of everything
    for at, definitions in known:
        for moment in (at, at + HOUR / 2):
            assert then(organisation, moment) == definitions
    assert then(organisation, now - 1000 * HOUR) == known[0][1]  # what was written first counts from the beginning


def test_a_folder_that_is_loaded_again_keeps_what_it_changes(
    organisation: Organisation, folder: Callable[..., Path], now: datetime
) -> None:
    before = written(organisation)
    sales, *others = [kpi.model_dump(mode="json", exclude_unset=True) for kpi in before.kpis]
    path = folder(bakery(kpis=[*others, sales | {"name": "Takings"}], initiatives=[]), name="again")
    assert load_folder(by=None, path=path, at=now + HOUR).ok
    after = written(organisation)
    assert (after.kpi["sales"].name, after.initiatives) == ("Takings", ())
    assert then(organisation, now + HOUR) == after
    kept = then(organisation, now)
    assert kept is not None
    assert (kept.kpi, kept.initiatives) == (before.kpi, before.initiatives)


def test_results_of_then_are_those_that_were_stored_then(organisation: Organisation, now: datetime) -> None:
    fields = ("node", "unit__code", "ordinal", "score")
    stored = {row[:3]: row[3] for row in Result.objects.filter(view="month").values_list(*fields)}
    target = AMENDMENTS["a target"](written(organisation))
    assert amend_definitions(by=None, organisation="bakery", amendments=target, at=now + HOUR).ok
    organisation.refresh_from_db()
    ready = ready_definitions(organisation)
    assert ready is not None
    card = scorecard_then(organisation, ready, now)
    assert card is not None
    frame = card.evaluate(as_of=now, view="month").evaluation.frame()
    again = {(r["node"], r["unit"], r["ordinal"]): r["score"] for r in frame.iter_rows(named=True)}
    assert {key: again[key] for key in stored if key in again} == pytest.approx(
        {key: score for key, score in stored.items() if key in again}, nan_ok=True
    )
    changed = {row[:3]: row[3] for row in Result.objects.filter(view="month").values_list(*fields)}
    assert changed != stored
