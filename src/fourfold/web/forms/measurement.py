"""The form for one figure of a KPI: a value, or a numerator and a denominator, for a period."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Kpi
from fourfold.engine.findings import Finding
from fourfold.engine.measurements.numbers import PATTERN, explain
from fourfold.engine.periods import Period
from fourfold.web.components.field_words import reworded

VALUE: Final = ("value",)
PARTS: Final = ("numerator", "denominator")
NUMBERS: Final = (*VALUE, *PARTS)
_NAMES: Final = {"value": "Figure", "numerator": "Numerator", "denominator": "Denominator"}
_NUMBER: Final = re.compile(PATTERN)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f]")
LONGEST_REASON: Final = 1000


def figures_of(kpi: Kpi) -> tuple[str, ...]:
    """The figures a person enters for the KPI: a ratio is entered as its two parts, so that it adds up."""
    return PARTS if kpi.kind is MeasureKind.RATIO else VALUE


class Field(NamedTuple):
    """One field as it is shown."""

    name: str
    label: str
    text: str
    errors: list[str]
    is_number: bool


@dataclass
class MeasurementForm:
    """What was typed, by field, and the complaints, by field."""

    kpi: Kpi
    periods: list[Period]  # those to choose from, newest first
    typed: dict[str, str]
    unit: str  # what the figure is entered in, such as the currency of the unit
    errors: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, Decimal | None] = field(default_factory=dict)

    @property
    def fields(self) -> list[Field]:
        """The fields in the order shown."""
        measure = " ".join(filter(None, (self.unit, self.kpi.scale)))  # "GBP m": 2.5 is two and a half million
        unit = f" ({measure})" if measure and figures_of(self.kpi) == VALUE else ""
        labels = {"period": "Period", **{n: _NAMES[n] + unit for n in figures_of(self.kpi)}, "reason": "Reason"}
        return [
            Field(name, label, self.typed.get(name, ""), self.errors.get(name, []), name in NUMBERS)
            for name, label in labels.items()
        ]

    @property
    def period(self) -> Period | None:
        """The period chosen, when it is one of those to choose from."""
        return next((p for p in self.periods if p.id == self.typed.get("period")), None)

    @property
    def is_valid(self) -> bool:
        """True when nothing was complained about."""
        return not self.errors

    def complain(self, name: str, said: str) -> None:
        """Put a complaint beside a field; one about no field of the form is about the figure."""
        known = {"period", "reason", *figures_of(self.kpi)}
        self.errors.setdefault(name if name in known else figures_of(self.kpi)[0], []).append(said)


def read_form(kpi: Kpi, periods: list[Period], posted: Mapping[str, str], unit: str) -> MeasurementForm:
    """The form as it was sent, checked as far as that needs no database."""
    fields = ("period", "reason", *figures_of(kpi))
    form = MeasurementForm(kpi, periods, {name: posted.get(name, "").strip() for name in fields}, unit)
    if form.period is None:
        form.complain("period", "Choose one of the periods in the list.")
    for name in figures_of(kpi):
        form.numbers[name] = _read_number(form, name)
    if complained := complaint(form.typed["reason"]):
        form.complain("reason", complained)
    return form


def complaint(reason: str) -> str:
    """What is wrong with a reason; nothing where it can be kept."""
    if len(reason) > LONGEST_REASON:
        return f"Shorten the reason to {LONGEST_REASON:,} characters."
    if _CONTROL.search(reason):
        return "The reason holds characters that cannot be seen. Type it anew instead of pasting it."
    return ""


def without_place(finding: Finding) -> str:
    """What a check says, as a form says it, without the names of KPI, unit and period that the page says already."""
    _, colon, rest = finding.message.partition(": ")
    message = rest if colon and finding.message.startswith("KPI ") else finding.message
    return reworded(f"{message[:1].upper()}{message[1:]} {finding.fix}".strip(), "kpi")


def _read_number(form: MeasurementForm, name: str) -> Decimal | None:
    text = form.typed[name]
    if not text:
        form.complain(name, "Enter a number. Zero is written 0.")
        return None
    if _NUMBER.match(text):
        return Decimal(text)
    _, said, fix = explain(text)
    if said == "is not a number.":
        fix = "Write it with digits and a decimal point, such as 1234.5."
    form.complain(name, f"“{text[:40]}” {said} {fix}")
    return None
