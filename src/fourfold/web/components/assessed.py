"""Shares and points from 0 to 100 as people see them: a number, a bar, and what is missing."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from fourfold.engine.assessment import Assessment, Criterion
from fourfold.graphics.svg import Svg, num
from fourfold.web.components.field_words import reworded
from fourfold.web.components.markup import fill
from fourfold.web.components.numbers import DASH, plural

_BAR: Final = Svg(
    '<svg class="share" width="100%" height="5" aria-hidden="true">'
    '<rect class="f0" width="100%" height="5"/>{done}</svg>'
)
_DONE: Final = Svg('<rect class="f1" width="{width}%" height="5"/>')


def whole(number: float) -> str:
    """A share or score of 100 in whole points, never rounded up; a dash where nothing can be told."""
    return DASH if math.isnan(number) else f"{math.floor(number + 1e-9):d}"


def share_bar(number: float) -> Svg:
    """The share as a bar as wide as there is room; empty where nothing can be told."""
    done = "" if math.isnan(number) else _DONE.format(width=num(min(max(number, 0.0), 100.0)))
    return fill(_BAR, done=Svg(done))


def coded(text: str) -> Svg:
    """A text in which what stands between backticks is code.

    >>> coded("Write `due:` <now>")
    'Write <code>due:</code> &lt;now&gt;'
    """
    parts = re.split(r"`([^`]*)`", text)
    return Svg("".join(fill("<code>{t}</code>" if i % 2 else "{t}", t=part) for i, part in enumerate(parts)))


def sentence(text: str) -> Svg:
    """A piece of evidence as a sentence of its own."""
    said = text.rstrip(".")
    return coded(said[:1].upper() + said[1:] + ".") if said else Svg("")


def assessment_of(found: Assessment) -> dict[str, Any]:
    """An assessment with its parts, the dearest gaps first, all questions, and those nobody can answer."""
    return {
        "score": whole(found.score),
        "grade": found.grade,
        "cap": f"At most {found.score:.0f}, because {found.cap}." if found.cap else "",
        "told": f"{math.floor(100 * found.coverage + 1e-9)}% of the points can be told",
        "parts": [
            {
                "name": p.name,
                "score": whole(p.score),
                "bar": share_bar(p.score),
                "told": _told(p.criteria),
                "questions": [_question(c) for c in p.criteria],
            }
            for p in found.parts
        ],
        "gaps": [_question(c) for c in found.gaps],
        "untold": [_question(c) for c in found.untold],
        "count": sum(len(p.criteria) for p in found.parts),
    }


def _told(criteria: tuple[Criterion, ...]) -> str:
    """How many questions have an answer, where that is not all of them."""
    count = sum(c.points is not None for c in criteria)
    return "" if count == len(criteria) else f"{count} of {plural(len(criteria), 'question')}"


def _question(c: Criterion) -> dict[str, Any]:
    return {
        "code": c.code,
        "asks": c.asks,
        "points": "not told" if c.points is None else f"{c.points:g} of {c.of:g}",
        "evidence": sentence(reworded(c.evidence, "kpi")),
        "mend": coded(reworded(c.mend, "kpi")) if c.gap else "",
    }
