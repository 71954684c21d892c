"""What a KPI goes together with, as the definitions say."""

from __future__ import annotations

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.related import Related, Way, relations
from fourfold.testing.bakery import BAKERY, bakery


def related_to(definitions: Definitions, kpi: str) -> tuple[Related, ...]:
    return relations(definitions).get(kpi, ())


def test_both_ends_of_a_link_and_of_a_formula_know_one_another() -> None:
    half = {"code": "half", "name": "Half the sales", "kind": "flow", "formula": "sales / 2"}
    link = {"source": "delight", "target": "earn", "sign": "+", "lag": [1, 3]}
    d = complete(bakery(kpis=BAKERY["kpis"] + [half], links=[link]))
    assert Related("sales", Way.PART) in related_to(d, "half")
    assert Related("half", Way.WHOLE) in related_to(d, "sales")
    pairs = {(kpi.code, one) for kpi in d.kpis for one in related_to(d, kpi.code) if one.lags}
    ((driver, follows), (outcome, leads)) = sorted(pairs, key=lambda pair: pair[1].way == Way.LEADS)
    assert (follows.way, follows.kpi, follows.lags) == (Way.FOLLOWS, outcome, (1.0, 3.0))
    assert (leads.way, leads.kpi, leads.lags) == (Way.LEADS, driver, (1.0, 3.0))


def test_each_is_named_once_by_its_closest_relation_and_none_is_its_own() -> None:
    twice = {"code": "twice", "name": "Twice", "kind": "flow", "formula": "sales + sales"}
    d = complete(bakery(kpis=BAKERY["kpis"] + [twice]))
    assert related_to(d, "twice") == (Related("sales", Way.PART),)
    assert related_to(d, "staff") == ()
    assert all(one.kpi != kpi.code for kpi in d.kpis for one in related_to(d, kpi.code))
