"""The five steps from nothing to a live scorecard: which are done, and what the others lack.

They follow from the definitions alone, so that they can be left at any time and go on where they stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fourfold.engine.definitions import Definitions
from fourfold.engine.words import choices

#: Where a gap is mended: the form of a noun, or a page.
Place = Literal["strategy", "perspective", "objective", "link", "kpi", "target", "build", "members", "updates", "start"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing, what to do about it, and where; `about` is the code of what the form begins with."""

    text: str
    action: str
    place: Place
    about: str = ""


@dataclass(frozen=True, slots=True)
class SetUpStep:
    """One of the five; it is done where it has no gaps."""

    name: str
    gaps: tuple[Gap, ...]


def set_up(definitions: Definitions, *, has_figures: bool, has_examples: bool) -> tuple[SetUpStep, ...]:
    """The five steps in their order.

    >>> from fourfold.engine.definitions import Organisation, Strategy, Unit
    >>> o, s = Organisation(code="o", name="O"), Strategy(code="s", name="S", state="draft")
    >>> begun = Definitions(organisation=o, strategy=s, units=(Unit(code="u", name="U"),))
    >>> [(step.name, len(step.gaps)) for step in set_up(begun, has_figures=False, has_examples=False)][:2]
    [('Vision', 1), ('Perspectives', 1)]
    """
    return (
        SetUpStep("Vision", tuple(_vision(definitions))),
        SetUpStep("Perspectives", tuple(_perspectives(definitions))),
        SetUpStep("Objectives and links", tuple(_objectives(definitions))),
        SetUpStep("KPIs and targets", tuple(_kpis(definitions))),
        SetUpStep("People and figures", tuple(_people(definitions, has_figures, has_examples))),
    )


def _vision(d: Definitions) -> Iterator[Gap]:
    said = {"mission": d.strategy.mission, "vision": d.strategy.vision, "year of the vision": d.strategy.horizon}
    if lacking := [name for name, text in said.items() if not text]:
        verb = "is" if len(lacking) == 1 else "are"
        yield Gap(f"The {choices(lacking, 'and')} {verb} missing.", "Say where you want to be", "strategy")


def _perspectives(d: Definitions) -> Iterator[Gap]:
    if len(d.perspectives) == 0:
        yield Gap("There is no perspective yet.", "Take a set of perspectives", "build")
    elif len(d.perspectives) == 1:
        yield Gap("One perspective is only half of the picture.", "New perspective", "perspective")


def _objectives(d: Definitions) -> Iterator[Gap]:
    filled = {objective.perspective for objective in d.objectives}
    for perspective in d.perspectives:
        if perspective.code not in filled:
            yield Gap(f"{perspective.name} has no objective.", "New objective", "objective", perspective.code)
    if not d.perspectives:
        yield Gap("There is no objective yet.", "Perspectives come first", "build")
    elif d.objectives and not d.links:
        yield Gap("No objective drives another yet.", "New link", "link")


def _kpis(d: Definitions) -> Iterator[Gap]:
    used = {use.objective for use in d.uses}
    for objective in d.objectives:
        if objective.code not in used:
            yield Gap(f"{objective.name} has no KPI.", "New KPI", "kpi", objective.code)
    aimed = {target.kpi for target in d.targets}
    for use in d.uses:
        if use.monitor_only and use.kpi not in aimed and (kpi := d.kpi.get(use.kpi)) is not None:
            yield Gap(f"{kpi.name} is watched and has no target.", "New target", "target", kpi.code)
    if not d.objectives:
        yield Gap("There is no KPI yet.", "Objectives come first", "build")
    if d.strategy.state == "draft" and d.uses:
        yield Gap("The scorecard is a draft.", "Make it live", "build")


def _people(d: Definitions, has_figures: bool, has_examples: bool) -> Iterator[Gap]:
    if sum(bool(person.email) for person in d.people) < 2:
        yield Gap("Nobody but you can sign in.", "Invite people", "members")
    if has_examples:
        yield Gap("The figures are examples.", "Remove them", "start")
    elif not has_figures:
        yield Gap("There are no figures yet.", "Enter figures", "updates")
