"""A confirmed step: from a period on a KPI is judged by new limits, because something has changed for good."""

from __future__ import annotations

from typing import Literal

from fourfold.engine.definitions.base import Code, Definition, Line, Text


class Step(Definition):
    """Somebody's word that the figures lie elsewhere since a period, why, and that this will last (methodology §5.7).

    The usual range begins anew there, and forecasts use only what came later. Earlier limits stay in the picture.
    """

    kpi: Code  # the KPI whose figures have moved
    unit: Code | None = None  # the unit where they have; every unit without one, as for a new definition
    since: Line  # the first period of the new level
    #: What changed: the work, what the KPI counts, how figures are collected, or the world around.
    cause: Literal["process", "definition", "data", "external"]
    note: Text = ""  # what happened, in a sentence
    by: Code | None = None  # the person who confirmed it; not the owner of the KPI where the new figures are worse
    date: Line | None = None  # the day it was confirmed, `YYYY-MM-DD`
