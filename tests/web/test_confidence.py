"""How far a score can be relied on stands beside it (methodology §3.8); the library is the oracle."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from fourfold.actions.record_measurement import record_measurement
from fourfold.records.models import Kpi, Organisation, Person, Result
from tests.web.conftest import ADDRESSES, MOMENT
from tests.web.reading import open_page, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unapproved(organisation: Organisation) -> None:
    """The newest figure of the north that nobody has approved: it counts 0.7."""
    bob = Person.objects.get(email=ADDRESSES["bob"])
    figure = {"kpi": "on_time", "unit": "north", "period": "2026-04", "numerator": 90, "denominator": 100}
    figure |= {"quality": "unapproved"}
    assert record_measurement(by=bob, organisation="bakery", at=MOMENT + timedelta(days=1), **figure).ok


def confidence(node: str) -> float | None:
    return Result.objects.get(unit__code="north", view="month", node=node, period="M:2026-04").confidence


def test_a_figure_nobody_has_approved_makes_its_score_one_of_medium_confidence(
    unapproved: None, alice: Client
) -> None:
    assert confidence("kpi:on_time") == pytest.approx(0.7)
    pk = Kpi.objects.get(organisation__code="bakery", code="on_time").pk
    assert "Confidence Medium, 70%" in words_of(open_page(alice, f"/kpi/{pk}-x/?u=north&p=2026-04"))
    card = open_page(alice, "/s/north/scorecard/?p=2026-04")
    row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*>Orders on time</a>.*?</tr>", card, re.DOTALL)
    assert row is not None and "medium confidence" in row[0]


def test_scores_of_nodes_say_theirs(unapproved: None, alice: Client) -> None:
    whole = confidence("scorecard")
    assert whole is not None
    word = "high" if whole >= 0.85 else "medium" if whole >= 0.6 else "low"
    assert f"{word} confidence" in words_of(open_page(alice, "/s/north/?p=2026-04"))
    card = words_of(open_page(alice, "/s/north/scorecard/?p=2026-04"))
    assert card.count(" confidence") >= Result.objects.filter(
        unit__code="north", view="month", period="M:2026-04", node__startswith="perspective:", score__isnull=False
    ).count()
