"""Fields of the organisation's own: what fits them, what the checks say, that text keeps them, taking one away."""

from __future__ import annotations

from typing import Any

import pytest

from fourfold.engine.amendments import amend
from fourfold.engine.checks import check
from fourfold.engine.custom_fields import filled, why_unfit, without_field
from fourfold.engine.definitions import CustomField, Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.write import write
from fourfold.engine.findings import Level
from fourfold.testing.bakery import BAKERY, bakery

FIELDS: list[dict[str, Any]] = [
    {"code": "centre", "name": "Cost centre", "of": "kpi", "required": True},
    {"code": "region", "name": "Region", "of": "objective", "kind": "choice", "choices": ["North", "South"]},
]


def company(custom: dict[str, str] | None = None, fields: list[dict[str, Any]] | None = None) -> Definitions:
    """The bakery with fields of its own; `custom` stands at its sales."""
    kpis = [dict(k) for k in BAKERY["kpis"]]
    kpis[0]["custom"] = {"centre": "4711"} if custom is None else custom
    organisation = BAKERY["organisation"] | {"custom_fields": FIELDS if fields is None else fields}
    return bakery(organisation=organisation, kpis=kpis)


def said(d: Definitions, level: Level) -> list[str]:
    return [f.message for f in check(complete(d)) if f.code == "CUSTOM-FIELD" and f.level is level]


@pytest.mark.parametrize(
    ("kind", "fits", "unfit"),
    [("number", "-1.50", "1,5"), ("number", "0", "NaN"), ("date", "2026-02-28", "2026-02-30"),
     ("date", "2026-11-29", "20261129"), ("flag", "no", "false"), ("text", "§ 12", None)],
)  # fmt: skip
def test_what_is_written_fits_the_kind_of_the_field(kind: Any, fits: str, unfit: str | None) -> None:
    field = CustomField(code="f", name="F", kind=kind)
    assert why_unfit(field, fits) == ""
    assert unfit is None or why_unfit(field, unfit)


def test_a_field_nobody_defined_and_a_word_that_is_no_choice_are_errors() -> None:
    assert said(company({"centre": "1", "sponsor": "Eve"}), Level.ERROR) == [
        "There is no field sponsor of the noun kpi, and sales has it."
    ]
    objectives = [o | {"custom": {"region": "West"}} for o in BAKERY["objectives"][:1]]
    d = company().model_copy(update={"objectives": bakery(objectives=objectives).objectives})
    assert said(d, Level.ERROR) == ["“West” does not fit the field Region of objective earn."]
    assert "two fields centre" in said(company(fields=[FIELDS[0], FIELDS[0]]), Level.ERROR)[0]
    assert said(company(fields=[FIELDS[0], {**FIELDS[1], "choices": []}]), Level.ERROR)


def test_a_required_field_that_is_empty_is_a_warning() -> None:
    assert "Kpi costs has nothing in the field Cost centre." in said(company(), Level.WARNING)
    assert not any("sales" in text for text in said(company(), Level.WARNING))


def test_text_keeps_fields_and_what_is_written_in_them() -> None:
    d = company()
    parsed = parse(write(d))
    assert parsed.definitions == d, parsed.findings
    assert [(f.name, text) for f, text in filled(d, d.kpi["sales"])] == [("Cost centre", "4711")]


def test_a_field_goes_with_what_is_written_in_it_and_comes_back() -> None:
    d = company()
    gone = without_field(d, d.organisation.custom_fields[0])
    left = amend(d, gone)
    assert left.kpi["sales"].custom == {} and [f.code for f in left.organisation.custom_fields] == ["region"]
    assert said(left, Level.ERROR) == []
    assert amend(left, [each.undone for each in reversed(gone)]) == d
