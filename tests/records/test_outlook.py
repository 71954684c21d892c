"""Outlooks come back from their rows as they were made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.kpis import figures
from fourfold.engine.measurements import to_polars
from fourfold.engine.outlook import Outlook, outlooks
from fourfold.records.frames.definition import write_definitions
from fourfold.records.frames.outlook import kept, newest_charts, outlook_of_spec, spec_of_outlook, write_outlooks
from fourfold.records.models import Organisation
from fourfold.records.models import Outlook as Row
from fourfold.records.ready import Ready
from fourfold.testing.bakery import BAKERY, bakery

NOW = datetime(2026, 10, 8, 12, tzinfo=UTC)
STEP = {"kpi": "staff", "unit": "north", "since": "2026-01", "cause": "process"}
MOVED = [52, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61]
FAR = [*MOVED[:12], 80, 51, 49, 52, 50, 48, 53, 20]
RISING = [10.5 + 2 * i + (i % 3) / 3 for i in range(40)]


def made(values: list[float], **changes: Any) -> tuple[Definitions, tuple[Outlook, ...]]:
    d = complete(bakery(**changes))
    last = d.calendar.parse("2026-09")
    rows = [{"kpi": "costs", "unit": "north", "period": "M:2026-09", "value": "1"}]
    rows += [
        {"kpi": "staff", "unit": "north", "period": last.shift(i - len(values) + 1).id, "value": str(v)}
        for i, v in enumerate(values)
    ]
    found = figures(d, to_polars(rows), as_of=NOW, periods=[d.calendar.parse("2026-10")])
    return d, tuple(outlooks(d, found, as_of=NOW, kpis=["staff"]))


@pytest.mark.parametrize("values", [MOVED, FAR, RISING, MOVED[:4], MOVED[:8]], ids=len)
@pytest.mark.parametrize("steps", [[], [STEP]], ids=["plain", "step"])
def test_an_outlook_survives_being_kept(values: list[float], steps: list[dict[str, Any]]) -> None:
    targets = [{"kpi": "staff", "since": "M:2024-01", "value": "57"}]
    d, found = made(values, steps=steps, targets=targets)
    one = next(o for o in found if o.unit == "north")
    assert one.origin is not None and one.reading is not None
    spec = spec_of_outlook(one)
    back = outlook_of_spec(spec, kpi="staff", unit="north", origin=one.origin.id, made_at=NOW, calendar=d.calendar)
    assert spec_of_outlook(back) == spec
    assert back.reading is not None
    assert (back.origin, back.news) == (one.origin, one.news)
    assert back.forecast.mean == pytest.approx(one.forecast.mean, rel=1e-11)
    assert (back.forecast.method, back.forecast.calibration) == (one.forecast.method, one.forecast.calibration)
    assert (back.chance is None) == (one.chance is None)
    if back.chance is not None and one.chance is not None:
        assert (back.chance.end, back.chance.high) == (one.chance.end, one.chance.high)
        assert back.chance.p == pytest.approx(one.chance.p, rel=1e-11)
    assert (back.prospect is None) == (one.prospect is None)
    if back.prospect is not None and one.prospect is not None:
        assert (back.prospect.period, back.prospect.status) == (one.prospect.period, one.prospect.status)
    assert str(back.wanted) == str(one.wanted)
    length = len(back.periods)
    for field in fields(one.reading):
        now, then = getattr(back.reading, field.name), getattr(one.reading, field.name)
        if field.name == "adjusted":
            continue
        if isinstance(then, np.ndarray):
            np.testing.assert_allclose(now, then[:length], rtol=1e-11)
        elif field.name not in ("suggestion", "trend", "dependence"):
            assert now == then, field.name


@pytest.fixture
def place(db: None) -> tuple[Organisation, Callable[[Definitions], Ready]]:
    organisation = Organisation.objects.create(code="bakery", name="Harbour Bakery")
    write_definitions(organisation, bakery(), at=NOW)
    return organisation, lambda d: Ready.of(organisation, d)


def test_only_what_is_different_is_a_new_row(place: tuple[Organisation, Callable[[Definitions], Ready]]) -> None:
    organisation, ready = place
    d, found = made(MOVED)  # type: ignore[arg-type]
    # north, and the whole above it
    assert write_outlooks(organisation, ready(d), kept(found), at=NOW, input_version=3) == 2
    assert write_outlooks(organisation, ready(d), kept(found), at=NOW, input_version=4) == 0
    assert set(Row.objects.values_list("input_version", flat=True)) == {4}
    d, found = made([*MOVED, 62])
    assert write_outlooks(organisation, ready(d), kept(found), at=NOW, input_version=5) == 2
    assert sorted(Row.objects.values_list("unit__code", "input_version")) == [
        ("bakery", 4), ("bakery", 5), ("north", 4), ("north", 5),
    ]  # fmt: skip


def test_what_has_no_figure_is_not_kept(place: tuple[Organisation, Callable[[Definitions], Ready]]) -> None:
    organisation, ready = place
    d, found = made([])
    assert write_outlooks(organisation, ready(d), kept(found), at=NOW, input_version=3) == 0


def test_a_chart_is_read_without_the_rest_of_its_outlook(
    place: tuple[Organisation, Callable[[Definitions], Ready]],
) -> None:
    organisation, ready = place
    for version, values in enumerate((MOVED[:8], FAR, [*FAR, 20.0])):
        d, found = made(values)
        write_outlooks(organisation, ready(d), kept(found), at=NOW, input_version=version)
    newest = {(row.kpi_id, row.unit_id): row.spec for row in Row.objects.order_by("pk")}
    assert 0 < len(newest) < Row.objects.count()
    wanted = {key: (spec["reading"]["lines"], spec["first"], spec["periods"]) for key, spec in newest.items()}
    assert {(kpi, unit): tuple(chart) for kpi, unit, *chart in newest_charts(Row.objects.all())} == wanted
    for row in Row.objects.all():
        row.spec |= {"reading": None}
        row.save()
    assert list(newest_charts(Row.objects.all())) == []


def test_the_times_between_rare_events_survive_being_kept() -> None:
    rare = {"code": "fires", "name": "Fires", "polarity": "lower_better", "aggregate_units": "sum"}
    base = bakery()
    d = complete(bakery(kpis=[*BAKERY["kpis"], rare]))
    assert len(d.kpis) == len(base.kpis) + 1
    last = d.calendar.parse("2026-09")
    counts = [0, 1, 0, 0, None, 1, 0, 0, 2, 0, 0, 0, *[0, 0, 1] * 8]
    rows = [
        {"kpi": "fires", "unit": "north", "period": last.shift(i - len(counts) + 1).id, "value": str(v)}
        for i, v in enumerate(counts)
        if v is not None
    ]
    found = figures(d, to_polars(rows), as_of=NOW, periods=[d.calendar.parse("2026-10")])
    one = next(o for o in outlooks(d, found, as_of=NOW, kpis=["fires"]) if o.unit == "north")
    assert one.origin is not None and one.reading is not None and one.reading.between is not None
    spec = json.loads(json.dumps(spec_of_outlook(one), allow_nan=False))
    back = outlook_of_spec(spec, kpi="fires", unit="north", origin=one.origin.id, made_at=NOW, calendar=d.calendar)
    assert spec_of_outlook(back) == spec
    assert back.reading is not None and back.reading.between is not None
    assert back.reading.between.days == pytest.approx(one.reading.between.days, rel=1e-11, nan_ok=True)
    assert back.reading.between.usual == pytest.approx(one.reading.between.usual, rel=1e-11)
    assert back.reading.between.since == pytest.approx(one.reading.between.since)
