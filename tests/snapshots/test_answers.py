"""Every answer that Fourfold gives about its examples is the one it gave before, to the word and the ninth digit.

These answers have no oracle here (their parts have, in `tests/engine` and `tests/golden`): they tell whoever changes
something what else it changed. Where that is meant, `FOURFOLD_SNAPSHOTS=write make test` writes them anew, and the
difference is read like any other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import fourfold
from fourfold.scorecard import Scorecard
from fourfold.scorecard.evaluated import Evaluated

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WRITE = os.environ.get("FOURFOLD_SNAPSHOTS") == "write"

AS_OF = "2026-11-15"
COMPANIES = {
    "calder_vale": "examples/calder_vale",
    "marram_stores": "examples/marram_stores",
    "starter": "src/fourfold/library/starter",
}


@cache
def company(name: str) -> Scorecard:
    return fourfold.load(ROOT / COMPANIES[name])


@cache
def evaluated(name: str, view: str) -> Evaluated:
    return company(name).evaluate(as_of=AS_OF, view=view)


def rounded(thing: object) -> object:
    """Plain data with numbers of nine digits: the tenth differs between processors."""
    if isinstance(thing, float):
        return float(f"{thing:.9g}")
    if isinstance(thing, dict):
        return {key: rounded(value) for key, value in thing.items()}
    return [rounded(x) for x in thing] if isinstance(thing, list | tuple) else thing


def lines(frame: pl.DataFrame) -> Iterator[str]:
    for row in frame.iter_rows():
        yield " ".join(str(rounded(cell)) for cell in row)


def working(answer: Any, data: bool = True) -> Iterator[str]:
    """An explanation: its words, and where asked for its data, without what it was made from, on one line."""
    yield str(answer)
    if data:
        body = answer.to_json()
        yield json.dumps(rounded(body.get("answer", body)), ensure_ascii=False, default=str, sort_keys=True)


def kpis_of(name: str) -> list[str]:
    return [kpi.code for kpi in company(name).definitions.kpis]


def units_of(name: str) -> list[str]:
    """The root and one below it: the second is measured, the first rolled up."""
    units = company(name).definitions.units
    return [unit.code for unit in units[:2]]


def results(name: str) -> Iterator[str]:
    """The results of the last four periods in each view, and every finding."""
    for view in ("month", "quarter", "year", "ytd"):
        found = evaluated(name, view)
        last = [period.id for period in found.evaluation.periods[-4:]]
        frame = found.results.filter(pl.col("period").is_in(last))
        yield from (f"{view}: {' '.join(frame.columns)}", *lines(frame))
        yield from map(str, found.evaluation.findings)
    yield from map(str, company(name).findings)
    yield str(evaluated(name, "month"))


def explanations(name: str) -> Iterator[str]:
    """Why each node has its score, and why it changed within a quarter."""
    for unit in units_of(name):
        found = evaluated(name, "month")
        period, before = found.evaluation.periods[-2].id, found.evaluation.periods[-5].id
        for node in [*found.evaluation.nodes.nodes, *found.evaluation.kpis.nodes]:
            yield from working(found.explain(node, unit=unit, period=period), unit == units_of(name)[0])
            yield from working(found.explain_change(node, since=before, unit=unit, period=period), False)


def outlooks(name: str) -> Iterator[str]:
    """Signals, forecasts and chances of all units, with the workings of two."""
    card, at = company(name), AS_OF
    for answer in (card.signals(as_of=at), card.forecasts(as_of=at), card.chances(as_of=at)):
        yield from (str(answer), *lines(answer.frame))
        for item in answer.items:
            if item.unit in units_of(name):
                yield from working(answer.explain(item.kpi, item.unit), item.unit == units_of(name)[0])


def proposals(name: str) -> Iterator[str]:
    """Targets proposed for each KPI."""
    for kpi in kpis_of(name):
        answer = company(name).propose_targets(kpi, as_of=AS_OF)
        yield from (str(answer), *lines(answer.frame), *working(answer.explain()))


def assessments(name: str) -> Iterator[str]:
    """SMART and health of each KPI in two units, and alignment."""
    card, at = company(name), AS_OF
    for unit in units_of(name):
        for answer in (card.smart(unit=unit, as_of=at), card.health(unit=unit, as_of=at)):
            yield from (str(answer), *lines(answer.frame))
            for item in answer.items:
                yield from working(answer.explain(item.thing.removeprefix("kpi:")), unit == units_of(name)[0])
    yield from (str(card.alignment()), *lines(card.alignment().frame))


def together(name: str) -> Iterator[str]:
    """The portfolio, the evidence for links, and what if a figure, a weight and a target were others."""
    card, at = company(name), AS_OF
    portfolio, evidence = card.portfolio(as_of=at), card.evidence(as_of=at)
    yield from (str(portfolio), *lines(portfolio.frame), str(evidence), *lines(evidence.frame))
    for link in card.definitions.links:
        yield from working(evidence.explain(f"{link.source}>{link.target}"))
    objective = card.definitions.objectives[0]
    overlay = {"weights": {f"objective:{objective.code}": 7}}
    answer = card.what_if(overlay, as_of=at)
    yield from (str(answer), *working(answer.explain()))


ANSWERS: dict[str, Callable[[str], Iterator[str]]] = {
    ask.__name__: ask for ask in (results, explanations, outlooks, proposals, assessments, together)
}


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("question", ANSWERS)
def test_the_answer_is_what_it_was(name: str, question: str) -> None:
    found = "\n".join(ANSWERS[question](name)) + "\n"
    kept = HERE / name / f"{question}.txt"
    if WRITE:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(found, "utf-8")
    expected = kept.read_text("utf-8")
    for number, (is_, was) in enumerate(zip(found.splitlines(), expected.splitlines(), strict=False), 1):
        assert is_ == was, f"{kept.name} differs from line {number} on"
    assert len(found) == len(expected)
