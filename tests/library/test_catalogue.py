"""The 226 entries: complete, computable, legal, paired, and each in its own words."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from fourfold import library
from fourfold.engine.aggregation import why_illegal
from fourfold.engine.formulas import parse, parse_unit, references
from fourfold.library import LibraryKpi, UnknownKpi, kpis
from fourfold.library.lexicon import known
from fourfold.library.page import anatomy, page

EVERY = tuple(kpis().values())


def texts(kpi: LibraryKpi) -> tuple[str, ...]:
    return (kpi.definition, kpi.purpose, kpi.scope, kpi.gaming, *kpi.pitfalls)


def problems(kpi: LibraryKpi) -> list[str]:
    """What is wrong with an entry."""
    found = []
    if set(references(parse(kpi.expression))) != set(kpi.inputs):
        found.append("the formula and the inputs name different things")
    if why := why_illegal(kpi.kind, agg_time=kpi.aggregate_time, agg_units=kpi.aggregate_units):
        found.append(why)
    if kpi.pair not in kpis() or kpi.pair == kpi.id:
        found.append("it has no guard")
    if bad := [text for text in texts(kpi) if not re.fullmatch(r"[A-Z0-9].{15,}\.", text)]:
        found.append(f"no sentences: {bad}")
    if (unknown := {*kpi.about, *kpi.qualities} - known()) or not kpi.about or not kpi.qualities:
        found.append(f"concepts: {unknown}")
    if not (len(kpi.goals) >= 2 and kpi.synonyms and kpi.pitfalls and kpi.inputs):
        found.append("goals, synonyms, pitfalls or inputs are missing")
    return found


def test_there_are_226_kpis_with_ids_without_a_gap() -> None:
    assert list(kpis()) == [f"K{n:03}" for n in range(1, 227)]


def test_every_entry_is_whole_and_its_formula_can_be_computed() -> None:
    assert {kpi.id: found for kpi in EVERY if (found := problems(kpi))} == {}


def test_perspectives_roles_and_polarities_are_as_many_as_the_outline_has() -> None:
    assert Counter(k.perspective for k in EVERY) == {
        "financial": 44, "customer": 53, "process": 87, "learning": 36, "mission": 6,
    }  # fmt: skip
    assert Counter(k.role for k in EVERY) == {"lead": 99, "lag": 127}
    assert Counter(str(k.polarity) for k in EVERY) == {"higher_better": 120, "lower_better": 92, "in_range": 14}


def test_units_are_units_of_the_formula_language() -> None:
    assert {kpi.unit for kpi in EVERY if kpi.unit != "currency" and parse_unit(kpi.unit).sort == "unknown"} == set()


def test_no_sentence_is_used_twice_but_what_surveys_share() -> None:
    counted = Counter(text for kpi in EVERY for text in texts(kpi))
    twice = {text for text, n in counted.items() if n > 1}
    assert {k.kind for k in EVERY if twice & set(texts(k))} <= {"survey", "percentile"}
    assert len(twice) <= 12


def test_codes_and_names_are_each_used_once() -> None:
    assert len({kpi.code for kpi in EVERY}) == len({kpi.name for kpi in EVERY}) == len(EVERY)


def test_every_kpi_becomes_a_definition_that_is_measured_and_says_its_formula() -> None:
    made = [kpi.definition_of(kpi.code, "GBP") for kpi in EVERY]
    assert not any(kpi.is_computed or kpi.unit == "currency" for kpi in made)
    assert all(kpi.expression in definition.definition for kpi, definition in zip(EVERY, made, strict=True))


def test_scores_from_surveys_are_on_a_scale_without_a_true_zero() -> None:
    made = {name: library.find(name).definition_of("x") for name in ("NPS", "DSO")}
    assert (made["NPS"].ratio_scale, made["DSO"].ratio_scale) == (False, True)


def test_a_kpi_is_found_by_id_code_name_and_synonym() -> None:
    names = ("K012", "DSO", "days_sales_outstanding", " days sales OUTSTANDING ")
    assert {library.find(name).id for name in names} == {"K012"}


def test_what_is_not_there_is_said_with_what_may_be_meant() -> None:
    with pytest.raises(UnknownKpi) as raised:
        library.find("Dayz sales outstandin")
    assert raised.value.hint == "Did you mean “Days sales outstanding”?"


def test_an_industry_brings_the_kpis_of_every_industry_along() -> None:
    found = library.browse(industry="health", perspective="process")
    assert {k.industry for k in found} == {"health", "all"}
    assert {k.perspective for k in found} == {"process"}


def test_a_page_says_all_there_is() -> None:
    for kpi in EVERY:
        said = re.sub(r"\s+", " ", page(kpi))
        assert [text for text in (*texts(kpi), kpi.expression, kpis()[kpi.pair].name) if text not in said] == []
        assert all(text for _, text in anatomy(kpi))
