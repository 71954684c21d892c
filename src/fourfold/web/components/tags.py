"""Template tags: the status mark and the status words. They are built in, so no template loads them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import Mark, mark_of, word_of
from fourfold.graphics.glyph import glyph as draw
from fourfold.graphics.svg import Svg

register = template.Library()


@register.simple_tag
def glyph(status: Mark, size: int = 14) -> Svg:
    """The mark of a status, named for those who do not see it."""
    return draw(status, size=size)


@register.simple_tag
def plain_glyph(status: Mark, size: int = 14) -> Svg:
    """The mark of a status where its words stand beside it."""
    return draw(status, size=size, label="")


@register.simple_tag
def status_words(status: Status, size: int = 14, cls: str = "st") -> SafeString:
    """The mark and the words in the colour of the status."""
    mark = mark_of(status)
    return format_html(
        '<span class="{} t-{}">{}{}</span>', cls, mark, draw(status, size=size, label=""), word_of(status)
    )


@register.simple_tag
def pill(status: Status) -> SafeString:
    """The one big status of a page."""
    return format_html(
        '<span class="pill p-{}">{}{}</span>', mark_of(status), draw(status, size=14, label=""), word_of(status)
    )
