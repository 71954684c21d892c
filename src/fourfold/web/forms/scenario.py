"""What somebody wants to try: changes that stand in the address, one after another, and the next one being typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from fourfold.engine.definitions import Kpi
from fourfold.engine.measurements.numbers import PATTERN, explain
from fourfold.engine.periods import Period
from fourfold.web.forms.measurement import PARTS, figures_of

#: What can be different, as the form says it, and of which kinds of thing.
CHANGES: Final = {
    "target": "The target of",
    "figure": "The figure of",
    "weight": "The weight of",
    "without": "Without",
}
_OF: Final = {
    "target": ("kpi",), "figure": ("kpi",), "weight": ("objective", "perspective"),
    "without": ("kpi", "objective", "perspective"),
}  # fmt: skip
_WRONG: Final = {
    "target": "A target belongs to a KPI. Choose one, or change something else.",
    "figure": "A figure belongs to a KPI. Choose one, or change something else.",
    "weight": "Here objectives and perspectives are weighed. Choose one of them, or change something else.",
    "without": "Choose what to leave out.",
}
#: So many changes can be tried together.
MOST: Final = 12
_NUMBER: Final = re.compile(PATTERN)
Kpis: TypeAlias = Mapping[str, Kpi]  # by code


class Change(NamedTuple):
    """One change: what is different of which node, such as `kpi:waits`, and the new value as it was typed."""

    what: str
    node: str
    value: str = ""

    def __str__(self) -> str:
        """As the address has it."""
        return f"{self.what} {self.node} {self.value}".rstrip()

    @property
    def code(self) -> str:
        """The code of the KPI, objective or perspective."""
        return self.node.partition(":")[2]


#: What the form shows before anything was typed.
NOTHING: Final = Change("target", "")


@dataclass(frozen=True)
class ScenarioForm:
    """The changes so far, and the one that was typed where it will not do, with the complaint."""

    changes: tuple[Change, ...]
    typed: Change = NOTHING
    error: str = ""


def read_scenario(given: Sequence[str], typed: Change | None, nodes: Collection[str], kpis: Kpis) -> ScenarioForm:
    """The changes of an address and the one typed last; those about nothing that is there are left out.

    A change of the same thing takes the place of the one before.
    """
    kept: dict[tuple[str, str], Change] = {}
    for text in given:
        change = Change(*[*text.split(" ", 2), "", "", ""][:3])
        if not wrong_with(change, nodes, kpis):
            kept[change.what, change.node] = change
    if typed is None:
        return ScenarioForm(tuple(kept.values())[:MOST])
    if error := wrong_with(typed, nodes, kpis):
        return ScenarioForm(tuple(kept.values())[:MOST], typed, error)
    if len(kept) >= MOST and (typed.what, typed.node) not in kept:
        return ScenarioForm(tuple(kept.values())[:MOST], typed, f"{MOST} changes are the most. Take one back first.")
    kept[typed.what, typed.node] = typed
    return ScenarioForm(tuple(kept.values()))


def wrong_with(change: Change, nodes: Collection[str], kpis: Kpis) -> str:
    """What is wrong with a change and what to do; empty where nothing is."""
    if change.what not in CHANGES or change.node not in nodes:
        return "Choose what is to be different."
    if change.node.partition(":")[0] not in _OF[change.what]:
        return _WRONG[change.what]
    if change.what == "without":
        return ""
    parts = change.value.split("/")
    if change.what == "figure" and figures_of(kpis[change.code]) == PARTS and len(parts) != 2:
        return "It is entered as two parts: write numerator / denominator, such as 95/100."
    if len(parts) > 1 and change.what != "figure":
        return "Enter one number."
    for part in parts:
        if not _NUMBER.match(part.strip()):
            return _complaint(part.strip())
    return ""


def _complaint(text: str) -> str:
    if not text:
        return "Enter a number. Zero is written 0."
    _, said, fix = explain(text)
    return f"“{text[:40]}” {said} {fix}"


def overlay_of(
    changes: Sequence[Change], *, unit: str, is_root: bool, period: Period, kpis: Kpis
) -> dict[str, Any]:
    """The changes as the library takes a scenario: targets and figures of this unit, figures of this month."""
    own = {} if is_root else {"unit": unit}
    by_what: dict[str, list[Change]] = {what: [c for c in changes if c.what == what] for what in CHANGES}
    overlay: dict[str, Any] = {
        "name": "what you try",
        "targets": [{"kpi": c.code, "value": c.value.strip(), **own} for c in by_what["target"]],
        "weights": {c.node: c.value.strip() for c in by_what["weight"]},
        "remove": [c.node for c in by_what["without"]],
    }
    if by_what["figure"]:
        overlay["figures"] = [_row(c, unit, period, kpis[c.code]) for c in by_what["figure"]]
    return overlay


def _row(change: Change, unit: str, period: Period, kpi: Kpi) -> dict[str, str | None]:
    """A figure of the KPI's own period that ends where the one shown does."""
    own = period.calendar.period(kpi.frequency, period.last_day)
    row: dict[str, str | None] = {"kpi": kpi.code, "unit": unit, "period": own.id}
    row |= dict.fromkeys(("value", "numerator", "denominator"))
    values = [part.strip() for part in change.value.split("/")]
    return row | dict(zip(PARTS if len(values) == 2 else ("value",), values, strict=True))
