"""The guided set-up: five steps, each with the way to what it lacks."""

from __future__ import annotations

from typing import Any, Final

from fourfold.engine.definitions import Definitions
from fourfold.library.set_up import Gap, set_up
from fourfold.records.queries.amendment import may_define
from fourfold.records.queries.set_up import has_figures, hides_set_up
from fourfold.web.address import Here
from fourfold.web.components.amendment import form_of

_LISTED: Final = 3  # gaps of a step that are shown at once


def set_up_of(here: Here) -> dict[str, Any] | None:
    """The steps, for who may build, while the scorecard is a draft, holds examples or has no figures; None else, and
    for somebody who hides them.

    Nothing is asked of the database for a scorecard that is live and has a score.
    """
    scope = here.scope
    structure = scope.structure
    if not may_define(scope):
        return None
    is_live = structure.strategy is not None and structure.strategy.state != "draft"
    is_done = is_live and not structure.examples and has_figures(scope)
    return None if is_done or hides_set_up(scope) else steps_of(here)


def steps_of(here: Here) -> dict[str, Any] | None:
    """The steps with their gaps; None where all are done."""
    scope, whole = here.scope, here.scope.structure.whole
    steps = set_up(whole, has_figures=has_figures(scope), has_examples=bool(scope.structure.examples))
    done = sum(not step.gaps for step in steps)
    if done == len(steps):
        return None
    shown = [
        {
            "name": step.name,
            "gaps": [(gap.text, gap.action, _address(here, whole, gap)) for gap in step.gaps[:_LISTED]],
            "more": max(0, len(step.gaps) - _LISTED),
        }
        for step in steps
    ]
    return {"steps": shown, "done": done, "url": here.unit("start")}


def _address(here: Here, whole: Definitions, gap: Gap) -> str:
    """The form or page that mends it."""
    if gap.place == "strategy":
        return form_of(here, "strategy", whole.strategy)
    if gap.place in ("perspective", "link"):
        return form_of(here, gap.place)
    begins = {"objective": "perspective", "kpi": "objective", "target": "kpi"}
    if gap.place in begins:
        return form_of(here, gap.place, **{begins[gap.place]: gap.about})
    return here.unit(gap.place)
