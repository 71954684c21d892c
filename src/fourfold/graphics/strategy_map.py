"""The strategy map: perspectives as rows, objectives as boxes, arrows from each cause to what it drives.

An arrow is black when its cause is in trouble. A box shows status on its edge and by its mark, its score, and a small
mark per KPI; an objective without KPIs is dashed. Boxes are links with full names, so the map can be walked by
keyboard and heard; a page shows the same facts as a list beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import mark_of, shape, word_of
from fourfold.graphics.map_bands import Theme
from fourfold.graphics.map_layout import Link, Objective, Perspective
from fourfold.graphics.map_plan import NODE_HEIGHT, Box, Heading, Place, Plan, ThemeBand, Way, plan
from fourfold.graphics.svg import Format, Svg, el, finite, num, rounded, text, text_width, wrap

__all__ = ["HOT_BELOW", "WIDE", "Link", "Objective", "Perspective", "Theme", "Words", "strategy_map"]

#: A cause below this score, or off target, is in trouble: its arrows are black.
HOT_BELOW: Final = 82.0
#: A map that is edited, or wide, is not drawn smaller than this: names would not be read, and boxes not be caught.
_SMALLEST: Final = 0.75
#: A map of this width, and one with bands, takes the page: beside the objective in focus it would be that small.
WIDE: Final = 1150.0
_MARK_STEP: Final = 14


@dataclass(frozen=True, slots=True)
class Words:
    """The words in the picture; a page in another language passes its own."""

    no_kpis: str = "No KPIs yet"
    drives: str = "drives"


@dataclass(frozen=True, slots=True)
class _Look:
    """How this map is drawn."""

    id: str
    selected: str | None
    href: Callable[[str], str]
    fmt: Format
    hot: frozenset[str] = frozenset()
    words: Words = field(default_factory=Words)
    places: Mapping[str, Place] = field(default_factory=dict)  # of the boxes, on a map that is being edited


def strategy_map(
    perspectives: Sequence[Perspective],
    objectives: Sequence[Objective],
    links: Iterable[Link],
    *,
    id: str = "map",
    selected: str | None = None,
    href: Callable[[str], str] | Mapping[str, str] | None = None,
    fmt: Format = lambda score: f"{score:.1f}",
    hot_below: float = HOT_BELOW,
    label: str = "Strategy map",
    words: Words | None = None,
    is_edited: bool = False,
    drawn: Plan | None = None,
    themes: Sequence[Theme] = (),
) -> Svg:
    """The whole map. `id` makes its inner ids unique on the page; `selected` is the id of the objective in focus.

    `href` gives the address of an objective by its id (without, "#" and the id). `fmt` writes scores. A missing score
    is written as the status words. What cannot be placed (see `map_plan.plan`) is left out. A map that `is_edited`
    also shows the free slots, and each box and slot says where it is; every perspective has a free one.
    `drawn` is the plan of these where it is known already. With `themes` these are bands behind the boxes.
    """
    address = href if callable(href) else (href or {}).get
    hot = (o.id for o in objectives if mark_of(o.status) == "off" or _below(_score(o), hot_below))
    drawn = drawn or plan(perspectives, objectives, links, spare=int(is_edited), themes=themes)
    places = {taken: place for taken, place in drawn.places if taken} if is_edited else {}
    look = _Look(id, selected, lambda key: address(key) or f"#{key}", fmt, frozenset(hot), words or Words(), places)
    names = {box.objective.id: box.objective.name for box in drawn.boxes}
    body = [_heads(id), *(part for band in drawn.themes for part in _theme(band))]
    body += [el("path", cls="bandline", d=Svg(f"M0 {num(y)}H{num(drawn.width)}")) for y in drawn.bands]
    body += [_free_slot(place) for taken, place in drawn.places if is_edited and taken is None]
    body += [_heading(heading, fmt) for heading in drawn.headings]
    body += [_arrow(way, names, look) for way in sorted(drawn.ways, key=lambda way: _weight(way.link, look))]
    body += [_node(box, look) for box in drawn.boxes]
    return el(
        "svg",
        Svg("".join(body)),
        cls="map",
        width=num(_SMALLEST * drawn.width) if is_edited or themes or drawn.width >= WIDE else None,
        viewBox=f"0 0 {num(drawn.width)} {num(drawn.height)}",
        role="group",
        aria_label=label,
    )


def _score(item: Objective | Perspective) -> float | None:
    return finite(item.score)


def _below(score: float | None, limit: float) -> bool:
    return score is not None and score < limit


def _heads(id: str) -> Svg:
    """Two arrow heads, grey and black."""
    heads = [
        el(
            "marker",
            el("path", cls=cls, d=Svg("M0 .6L7.4 4L0 7.4Z")),
            id=f"{id}-{cls}",
            viewBox="0 0 8 8",
            refX=7.0,
            refY=4.0,
            markerWidth=7.0,
            markerHeight=7.0,
            orient="auto",
        )
        for cls in ("ah", "ah2")
    ]
    return el("defs", *heads)


def _heading(heading: Heading, fmt: Format) -> Svg:
    """Name over score of a perspective."""
    p, x, y = heading.perspective, heading.x, heading.y
    lines = wrap(p.name, heading.width - 4, size=14.5, lines=3)
    body = [el("title", text(p.name))]
    body += [el("text", text(words), cls="pn", x=x, y=y + 14 + i * 17) for i, words in enumerate(lines)]
    foot = y + 14 + len(lines) * 17
    score = _score(p)
    if score is not None:
        body.append(
            Svg(shape(p.status, x + 6, foot + 1, 5) + el("text", text(fmt(score)), cls="ps", x=x + 18, y=foot + 6))
        )
    elif p.status is not None:
        body.append(shape(p.status, x + 6, foot - 2, 5))
        body.append(el("text", text(word_of(p.status)), cls="nx", x=x + 18, y=foot + 2))
    return el("g", *body)


def _theme(band: ThemeBand) -> list[Svg]:
    """A theme's part of a row, with its name where it begins."""
    drawn = [el("rect", cls="tb", x=band.x, y=band.y, width=band.width, height=band.height)]
    if band.name:
        words = wrap(band.name, band.width - 16, size=13, lines=1)[0]
        drawn.append(el("text", el("title", text(band.name)), text(words), cls="tn", x=band.x + 8, y=band.y + 17))
    return drawn


def _free_slot(place: Place) -> Svg:
    x, y, width = place.x, place.y, place.width
    return el("rect", cls="slot", x=x, y=y, width=width, height=NODE_HEIGHT, rx=3, data_place=_place_name(place))


def _place_name(place: Place) -> str:
    return f"{place.perspective}:{place.slot}"


def _weight(link: Link, look: _Look) -> int:
    """Drawn later, so on top: what is hot, and above all what belongs to the selected objective."""
    return (link.cause in look.hot) + 2 * (look.selected in (link.cause, link.effect))


def _arrow(way: Way, names: Mapping[str, str], look: _Look) -> Svg:
    link = way.link
    hot, chosen = link.cause in look.hot, look.selected in (link.cause, link.effect)
    return el(
        "path",
        el("title", text(link.title or f"{names[link.cause]} {look.words.drives} {names[link.effect]}")),
        cls="lk" + (" hot" if hot else "") + (" sel" if chosen else ""),
        marker_end=f"url(#{look.id}-{'ah2' if hot or chosen else 'ah'})",
        d=rounded(way.points),
        data_cause=link.cause,
        data_effect=link.effect,
    )


def _node(box: Box, look: _Look) -> Svg:
    o, x, y = box.objective, box.x, box.y
    mark, score = mark_of(o.status), _score(o)
    empty = not o.kpis and score is None and mark == "none"
    state = _state(o, look)
    chosen = o.id == look.selected
    body = [
        el("title", text(f"{o.name}: {state}")),
        el("rect", cls="bx", x=x, y=y, width=box.width, height=NODE_HEIGHT, rx=3),
    ]
    if mark in ("on", "near", "off"):
        body.append(el("rect", cls=f"nb b-{mark}", x=x, y=y, width=5, height=NODE_HEIGHT))
    lines = wrap(o.name, box.width - 22, size=14, lines=3)
    top, step = (18, 16) if len(lines) > 2 else (20, 17)  # three stay off what is written below them
    body += [el("text", text(words), cls="nn", x=x + 15, y=y + top + i * step) for i, words in enumerate(lines)]
    foot = y + NODE_HEIGHT - 13
    if empty:
        body.append(el("text", text(state), cls="nx", x=x + 15, y=foot + 1))
    else:
        words = o.instead or (look.fmt(score) if score is not None else word_of(o.status))
        body.append(shape(o.status, x + 20, foot - 4, 5))
        body.append(el("text", text(words), cls="nx" if score is None else "ns", x=x + 32, y=foot + 1))
        body += _kpi_marks(o, x + box.width - 14, foot - 4, box.width - 50 - text_width(words, 14))
    place = look.places.get(o.id)
    if place is not None:
        handle = el("circle", cls="hdl", cx=x + box.width, cy=y + NODE_HEIGHT / 2, r=6)
        body.append(el("g", el("title", text("Drag to what it drives")), handle))
    return el(
        "a",
        *body,
        id=f"{look.id}-{o.id}",
        data_place=_place_name(place) if place is not None else None,
        href=look.href(o.id),
        cls=f"nd nd-{mark}" + (" nd-sel" if chosen else "") + (" nd-empty" if empty else ""),
        aria_current="true" if chosen else None,
    )


def _state(o: Objective, look: _Look) -> str:
    """What the box says, in words: "80.5, near target; 2 KPIs: 1 off target, 1 near target"."""
    score = _score(o)
    if not o.kpis and score is None and mark_of(o.status) == "none" and o.status is not Status.INSUFFICIENT:
        return look.words.no_kpis
    return word_of(o.status) if score is None else f"{look.fmt(score)}, {word_of(o.status).lower()}"


def _kpi_marks(o: Objective, right: float, y: float, room: float) -> list[Svg]:
    """A small mark per KPI, the last one rightmost; when they do not fit, how many more there are."""
    fit = max(0, int(room // _MARK_STEP))
    shown = list(o.kpis) if len(o.kpis) <= fit else list(o.kpis[: max(0, fit - 2)])
    more = len(o.kpis) - len(shown)
    out = []
    if more:
        out.append(el("text", text(f"+{more}"), cls="tick", x=right + 4, y=y + 4, text_anchor="end"))
        right -= 2 * _MARK_STEP
    return out + [shape(kpi, right - i * _MARK_STEP, y, 3.4) for i, kpi in enumerate(reversed(shown))]
