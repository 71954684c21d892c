"""The few words every drawing is written in: elements, numbers, paths and text that fits.

`el` escapes every string it is given except `Svg`, the type it returns; so a name from outside cannot become markup,
whatever the drawing does with it. `Svg` is a `str` that template engines and notebooks show as markup.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

Point = tuple[float, float]
Format = Callable[[float], str]

#: No coordinate leaves this range: renderers use single precision, and nothing that far away can be seen.
FAR: Final = 1e6
#: Characters XML 1.0 does not allow at all, not even escaped.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL: Final = re.compile("[&<>\"'\x00-\x1f\ud800-\udfff\ufffe\uffff]")


class Svg(str):
    """Finished markup: safe to put into a page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Template engines ask for this before they escape."""
        return self

    def _repr_svg_(self) -> str:
        """Notebooks ask for this before they print."""
        return self


def escape(text: str) -> str:
    """Text made safe for XML content and for quoted attributes; characters XML forbids become U+FFFD.

    >>> escape("R&D <b>")
    'R&amp;D &lt;b&gt;'
    """
    if not _SPECIAL.search(text):
        return text
    text = _FORBIDDEN.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def finite(value: float | None) -> float | None:
    """The value if it is a number that can be drawn, else None: missing, NaN and infinity are all gaps."""
    return None if value is None or not math.isfinite(value) else float(value)


def num(value: float) -> str:
    """A coordinate as short as it can be, to a tenth of a pixel; never NaN, infinity or minus zero.

    >>> num(3.04), num(-0.01), num(2.25e9)
    ('3', '0', '1000000')
    """
    if not -FAR < value < FAR:  # NaN too
        value = 0.0 if value != value else math.copysign(FAR, value)
    text = f"{value:.1f}"
    if text.endswith(".0"):
        text = text[:-2]
    return "0" if text == "-0" else text


@lru_cache(maxsize=256)
def _attribute(name: str) -> str:
    """Python's spelling to XML's: `cls` is class, `text_anchor` is text-anchor."""
    return " class=" if name == "cls" else f" {name.rstrip('_').replace('_', '-')}="


def el(tag: str, *children: Svg, **attributes: str | float | None) -> Svg:
    """An element. Numbers are rounded, strings escaped, None and an empty `cls` left out.

    >>> el("text", text("a < b"), cls="tick", x=1.0, data_v='"')
    '<text class="tick" x="1" data-v="&quot;">a &lt; b</text>'
    """
    parts = ["<", tag]
    for name, value in attributes.items():
        if value is None or (value == "" and name == "cls"):
            continue
        if not isinstance(value, str):
            value = num(value)
        elif not isinstance(value, Svg):
            value = escape(value)
        parts += (_attribute(name), '"', value, '"')
    if children:
        parts += (">", *children, "</", tag, ">")
    else:
        parts.append("/>")
    return Svg("".join(parts))


def text(content: str) -> Svg:
    """Text from outside, escaped."""
    return Svg(escape(content))


def drawing(
    cls: str, width: float, height: float, body: Iterable[Svg], *, label: str = "", top: float = 0, fixed: bool = True
) -> Svg:
    """A whole drawing in user units; `fixed` ones carry their size, the others fill their column.

    With a label it is an image with that name; without, it is hidden from assistive technology because the words
    stand beside it.
    """
    return el(
        "svg",
        Svg("".join(body)),
        cls=cls,
        viewBox=f"0 {num(top)} {num(width)} {num(height - top)}",
        width=width if fixed else None,
        height=height - top if fixed else None,
        role="img" if label else None,
        aria_label=label or None,
        aria_hidden=None if label else "true",
    )


def line(points: Iterable[Point]) -> Svg:
    """Path data through the points.

    >>> line([(0, 0), (10, 5)])
    'M0 0L10 5'
    """
    return Svg("M" + "L".join(f"{num(x)} {num(y)}" for x, y in points))


def runs(points: Iterable[Point | None]) -> Svg:
    """Path data through the points, broken at every None: a missing value is a gap, never a bridge.

    A point alone between two gaps becomes a dot (a segment too short to see, with the round cap of its class).

    >>> runs([(0, 0), (10, 5), None, (30, 5)])
    'M0 0L10 5M30 5h.01'
    """
    out: list[str] = []
    run: list[Point] = []
    for point in (*points, None):
        if point is not None:
            run.append(point)
        elif run:
            out.append(line(run) + ("h.01" if len(run) == 1 else ""))
            run = []
    return Svg("".join(out))


def rounded(points: Sequence[Point], radius: float = 7) -> Svg:
    """Path data through right-angled corners, each rounded as far as its two sides allow."""
    if len(points) < 3:
        return line(points)
    out = [f"M{num(points[0][0])} {num(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        r = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        (ax, ay), (bx, by) = _toward(corner, before, r), _toward(corner, after, r)
        out.append(f"L{num(ax)} {num(ay)}Q{num(corner[0])} {num(corner[1])} {num(bx)} {num(by)}")
    return Svg("".join(out) + f"L{num(points[-1][0])} {num(points[-1][1])}")


def _toward(start: Point, end: Point, by: float) -> Point:
    share = by / (math.dist(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


#: Advance widths of the house face (Source Sans 3, semibold) in hundredths of an em.
_WIDTHS: Final = {
    ch: width
    for width, chars in (
        (27, " ijl.,:;'’|"),
        (32, "I!()[]{}-f/"),
        (37, "rt"),
        (47, 'cszxvyJ*?"'),
        (51, "0123456789eELFY$+<=>_#–−"),
        (67, "HNOQU&"),
        (78, "mMwW%—@"),
        (97, "…"),
    )
    for ch in chars
}


def text_width(content: str, size: float = 12) -> float:
    """About how wide the text is in pixels, on the safe side, without a font at hand."""
    hundredths = sum(
        _WIDTHS.get(ch) or (102 if ord(ch) >= 0x2E80 else 60 if ch.isupper() else 56) for ch in content
    )
    return hundredths * size / 100


def wrap(content: str, width: float, *, size: float = 12, lines: int = 2) -> list[str]:
    """The text in at most `lines` lines of `width` pixels; what does not fit ends in an ellipsis.

    Breaks between words, inside a word only when the word alone is wider than a line.

    >>> wrap("Move patients through without delay", 110, size=14)
    ['Move patients', 'through witho…']
    """
    out: list[str] = []
    for word in content.split():
        joined = f"{out[-1]} {word}" if out else word
        if out and text_width(joined, size) <= width:
            out[-1] = joined
            continue
        while len(word) > 1 and text_width(word, size) > width:
            head = _fitting(word, width, size)
            out.append(head)
            word = word[len(head) :]
        out.append(word)
    if len(out) > lines:
        out = out[:lines]
        out[-1] = _fitting(out[-1], width - text_width("…", size), size).rstrip(" ,.;:") + "…"
    return out


def _fitting(content: str, width: float, size: float) -> str:
    end = len(content)
    while end > 1 and text_width(content[:end], size) > width:
        end -= 1
    return content[:end]
