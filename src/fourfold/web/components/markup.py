"""Markup with texts filled in, for what a page repeats hundreds of times."""

from __future__ import annotations

from fourfold.graphics.svg import Svg, escape


def fill(pattern: str, /, **parts: str) -> Svg:
    """The pattern with each part in its place, escaped unless it is finished markup.

    As `format_html`, which takes five times as long.

    >>> fill("<b>{name}</b>", name="R&D")
    '<b>R&amp;D</b>'
    """
    return Svg(pattern.format_map({k: v if hasattr(v, "__html__") else escape(v) for k, v in parts.items()}))
