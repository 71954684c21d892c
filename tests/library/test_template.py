"""Starter templates: each of the eight industries checks, evaluates and tells its story, whatever the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.findings import Level
from fourfold.engine.statuses import Status
from fourfold.errors import NotFound
from fourfold.library.set_up import set_up
from fourfold.library.template import find_template, templates
from fourfold.library.template_figures import example_figures, figures_text
from fourfold.library.template_start import begun, without_examples
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


@pytest.mark.parametrize("code", INDUSTRIES)
def test_every_template_begins_an_empty_scorecard_with_units_of_its_own_or_of_the_template(code: str) -> None:
    template = find_template(code)
    own = {"organisation": {"code": "o", "name": "O"}, "strategy": {"code": "s", "name": "S", "state": "draft"}}
    for units in (["root"], ["root", "east", "west"]):
        named = [{"code": unit, "name": unit, "parent": None if unit == "root" else "root"} for unit in units]
        after = begun(Definitions.model_validate(own | {"units": named}), template, DAYS[0], examples=True)
        assert [f for f in check(complete(after), today=DAYS[0]) if f.level is Level.ERROR] == []
        assert {row.kpi for row in example_figures(template, after, DAYS[0])} == set(after.kpi)
        left = without_examples(after, template, date(2027, 3, 1))
        assert (left.initiatives, left.notes, left.kpis) == ((), (), after.kpis)


def test_set_up_says_what_each_step_lacks_and_ends() -> None:
    made = find_template("bank").definitions(DAYS[0])
    steps = set_up(made, has_figures=True, has_examples=True)
    assert [len(step.gaps) for step in steps] == [0, 0, 0, 0, 2]
    people = tuple(p.model_copy(update={"email": f"{p.code}@bank.example"}) for p in made.people)
    done = set_up(made.model_copy(update={"people": people}), has_figures=True, has_examples=False)
    assert all(not step.gaps for step in done)
    broken = made.model_copy(update={"uses": made.uses[2:], "links": (), "objectives": made.objectives[:-1]})
    texts = [gap.text for step in set_up(broken, has_figures=False, has_examples=False) for gap in step.gaps]
    assert texts[0] == "No objective drives another yet." and "has no KPI" in texts[1]
    assert texts[-1] == "There are no figures yet."
