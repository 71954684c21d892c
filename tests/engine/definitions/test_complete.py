"""What may be left out follows from the rest."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings

from fourfold.engine.aggregation import AggTime, AggUnits, MeasureKind, legal, why_illegal
from fourfold.engine.definitions import Definitions, Kpi, Objective, Organisation, Perspective, Strategy
from fourfold.engine.definitions.complete import complete
from fourfold.testing.bakery import bakery
from tests.engine.definitions.strategies import definitions


def with_(**content: object) -> Definitions:
    base = {"organisation": Organisation(code="o", name="O"), "strategy": Strategy(code="s", name="S"), "units": ()}
    return Definitions.model_validate(base | content)


def completed(**fields: object) -> Kpi:
    return complete(with_(kpis=(Kpi.model_validate({"code": "k", "name": "K"} | fields),))).kpis[0]


@given(definitions())
@settings(max_examples=30)
def test_completing_twice_changes_nothing(drawn: Definitions) -> None:
    assert complete(complete(drawn)) == complete(drawn)


@pytest.mark.parametrize("kind", list(MeasureKind))
def test_the_aggregation_of_every_kind_is_completed_to_a_legal_one(kind: MeasureKind) -> None:
    kpi = completed(kind=kind)
    assert why_illegal(kind, agg_time=kpi.aggregate_time) is None
    assert why_illegal(kind, agg_units=kpi.aggregate_units) is None
    assert (kpi.aggregate_time, kpi.aggregate_units) == (legal(kind).agg_time[0], legal(kind).agg_units[0])


@pytest.mark.parametrize(
    ("kind", "over_time", "over_units"),
    [("flow", "sum", "sum"), ("stock", "last", "sum"), ("ratio", "weighted_ratio", "weighted_ratio")],
)
def test_the_common_kinds_aggregate_by_nature(kind: str, over_time: str, over_units: str) -> None:
    kpi = completed(kind=kind)
    assert (kpi.aggregate_time, kpi.aggregate_units) == (over_time, over_units)


def test_what_was_written_stays() -> None:
    kpi = completed(kind="stock", aggregate_time="mean", aggregate_units="none")
    assert (kpi.aggregate_time, kpi.aggregate_units) == (AggTime.MEAN, AggUnits.NONE)


def test_a_weight_makes_the_mean_of_a_ratio_weighted() -> None:
    kpi = completed(kind="ratio", weighted_by="visits")
    assert (kpi.aggregate_time, kpi.aggregate_units) == (AggTime.WEIGHTED_MEAN, AggUnits.WEIGHTED_MEAN)


@pytest.mark.parametrize(
    ("fields", "factor"),
    [
        ({"kind": "ratio", "unit": "%"}, 100),
        ({"kind": "ratio", "unit": "%", "factor": "1"}, 1),
        ({"kind": "ratio", "unit": "days"}, 1),
        ({"kind": "flow", "unit": "%"}, 1),
    ],
)
def test_a_ratio_in_per_cent_is_a_hundred_times_its_share(fields: dict[str, object], factor: int) -> None:
    assert completed(**fields).factor == Decimal(factor)


def test_ranks_follow_the_order_and_a_given_rank() -> None:
    ranks = [None, None, 1, None]
    given_ = tuple(Perspective(code=f"p{i}", name="P", rank=rank) for i, rank in enumerate(ranks))
    assert [p.rank for p in complete(with_(perspectives=given_)).perspectives] == [0, 1, 1, 2]


def test_objectives_take_the_first_free_slot_of_their_perspective() -> None:
    slots = [("a", None), ("a", 1), ("b", None), ("a", None), ("a", 0), ("a", None)]
    given_ = tuple(Objective(code=f"o{i}", name="O", perspective=p, slot=s) for i, (p, s) in enumerate(slots))
    assert [o.slot for o in complete(with_(objectives=given_)).objectives] == [2, 1, 0, 3, 0, 4]


def test_a_changed_copy_looks_things_up_among_its_own() -> None:
    original = bakery()
    assert "sales" in original.kpi
    without = original.model_copy(update={"kpis": tuple(k for k in original.kpis if k.code != "sales")})
    assert "sales" not in without.kpi
    assert "sales" in original.kpi
