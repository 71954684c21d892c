"""Starter templates: each of the eight industries checks, evaluates and tells its story, whatever the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fourfold.engine.findings import Level
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound
from fourfold.library.template import find_template, templates
from fourfold.library.template_figures import example_figures, figures_text
from fourfold.scorecard import Scorecard, read

INDUSTRIES = ("bank", "charity", "city", "hospital", "manufacturer", "retailer", "software", "university")
#: A day in the middle of a year, and the first day of one.
DAYS = (date(2026, 11, 28), date(2026, 1, 1))


def taken(code: str, folder: Path, today: date) -> Scorecard:
    template = find_template(code)
    (folder / "measurements").mkdir()
    for name, text in template.texts(today).items():
        (folder / name).write_text(text)
    (folder / "measurements" / "figures.csv").write_text(figures_text(template, template.definitions(today), today))
    card, findings = read(folder)
    assert [f for f in findings if f.level is not Level.INFO] == []
    assert card is not None
    return card


def test_there_are_the_eight_industries() -> None:
    assert tuple(templates()) == INDUSTRIES
    with pytest.raises(NotFound) as refused:
        find_template("hospitl")
    assert "hospital" in (refused.value.hint or "")


@pytest.mark.parametrize(("code", "today"), [*((code, DAYS[0]) for code in INDUSTRIES), ("university", DAYS[1])])
def test_a_template_checks_evaluates_and_tells_a_story(code: str, today: date, tmp_path: Path) -> None:
    card = taken(code, tmp_path, today)
    made = card.definitions
    assert len(made.objectives) >= 10 and len(made.kpis) >= 16 and 3 <= len(made.units) <= 4
    assert all(k.definition and k.purpose and k.owner and k.source and k.paired_with for k in made.kpis)
    assert all(o.result and o.owner and o.themes for o in made.objectives)
    assert all(link.hypothesis and link.lag for link in made.links)
    evaluated = card.evaluate(as_of=today.isoformat())
    last = "2026-10" if today == DAYS[0] else "2025-12"
    for unit in made.units:
        rows = evaluated.table(unit=unit.code, period=last).rows
        assert all(row.score is not None for row in rows if row.depth < 2), unit.code
    rows = evaluated.table(period=last).rows
    assert all(row.score is not None for row in rows if row.depth == 3)
    assert {Status.ON, Status.NEAR, Status.OFF} <= {row.status for row in rows if row.depth == 3}


def test_the_same_day_gives_the_same_figures_and_the_next_month_the_months_before_it() -> None:
    template = find_template("hospital")
    made = template.definitions(DAYS[0])
    rows = list(example_figures(template, made, DAYS[0]))
    assert rows == list(example_figures(template, made, DAYS[0].replace(day=1)))
    assert (min(r.period for r in rows), max(r.period for r in rows)) == ("2024-11", "2026-10")
    later = list(example_figures(template, made, date(2026, 12, 1)))
    assert max(r.period for r in later) == "2026-11"


def test_units_that_a_template_does_not_know_share_the_whole_evenly() -> None:
    template = find_template("charity")
    made = template.definitions(DAYS[0])
    alone = made.model_copy(update={"units": made.units[:1]})
    meals = [float(r.value) for r in example_figures(template, alone, DAYS[0]) if r.kpi == "meals"]
    assert len(meals) == 24 and 14_000 < min(meals) < max(meals) < 22_000
