"""A note on a KPI and period."""

from __future__ import annotations

from typing import Literal

from fourfold.engine.definitions.base import Code, Definition, Line, Text


class Note(Definition):
    """Either a comment of the owner (why, action, outlook) or an annotation of the chart (`title` and text)."""

    kpi: Code  # the KPI it is about
    unit: Code | None = None  # the unit it is about; the whole organisation without one
    period: Line  # the period it is about
    kind: Literal["comment", "annotation"] = "comment"  # commentary on the figure, or a mark on the chart
    title: Line = ""  # short enough for the chart
    text: Text = ""  # what happened
    why: Text = ""  # why, with the evidence
    action: Text = ""  # what we do, by when
    outlook: Text = ""  # what we expect
    author: Code | None = None  # the person who wrote it
    date: Line | None = None  # the day it was written, `YYYY-MM-DD`
