"""Themes as bands of the strategy map: each objective stands in its theme's band, nothing is lost."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from fourfold.graphics.map_bands import Theme
from fourfold.graphics.map_layout import Objective, Perspective
from fourfold.graphics.map_plan import NODE_HEIGHT, Plan, plan
from fourfold.graphics.strategy_map import strategy_map
from tests.graphics.maps import Strategy, strategy

THEMES = [Theme("grow", "Grow with care"), Theme("safe", "Be safe"), Theme("lean", "Waste nothing")]


def themed(seed: int) -> Strategy:
    """A generated map whose objectives serve one theme or none."""
    chance = random.Random(seed)
    perspectives, objectives, links = strategy(seed)
    some = [replace(o, theme=chance.choice(["grow", "safe", "lean", "", "gone"])) for o in objectives]
    return perspectives, some, links


@pytest.mark.parametrize("seed", range(50))
def test_each_objective_stands_in_the_band_of_its_theme_and_in_no_other(seed: int) -> None:
    perspectives, objectives, links = themed(seed)
    drawn: Plan = plan(perspectives, objectives, links, themes=THEMES)
    theme = {o.id: o.theme if o.theme != "gone" else "" for o in objectives}
    assert {box.objective.id for box in drawn.boxes} == theme.keys()
    for box in drawn.boxes:
        middle = box.x + box.width / 2, box.y + NODE_HEIGHT / 2
        inside = [b.theme for b in drawn.themes
                  if b.x <= middle[0] <= b.x + b.width and b.y <= middle[1] <= b.y + b.height]  # fmt: skip
        assert inside == ([theme[box.objective.id]] if theme[box.objective.id] else [])
        whole = [b for b in drawn.themes if b.theme in inside and b.x <= box.x and box.x + box.width <= b.x + b.width]
        assert bool(whole) == bool(inside), "the box does not stick out of its band"
    places = [(box.x, box.y) for box in drawn.boxes]
    assert len(set(places)) == len(places)


def test_each_band_is_named_once_and_a_theme_without_objectives_has_none() -> None:
    perspectives = [Perspective("a", "A", 0), Perspective("b", "B", 1)]
    objectives = [Objective("x", "X", "a", theme="safe"), Objective("y", "Y", "b", theme="safe"),
                  Objective("z", "Z", "b")]  # fmt: skip
    svg = str(strategy_map(perspectives, objectives, [], themes=THEMES))
    assert svg.count("Be safe") == 2, "the name and its full text for who cannot read it"
    assert "Grow with care" not in svg
    spare = plan(perspectives, objectives, [], spare=1, themes=THEMES)
    assert {theme.name for theme in spare.themes if theme.name} == {t.name for t in THEMES}


def test_inside_a_band_objectives_keep_their_order() -> None:
    perspectives = [Perspective("a", "A", 0)]
    objectives = [Objective("late", "L", "a", theme="safe", slot=7), Objective("early", "E", "a", theme="safe", slot=2)]
    drawn = plan(perspectives, objectives, [], themes=THEMES)
    x = {box.objective.id: box.x for box in drawn.boxes}
    assert x["early"] < x["late"]
    assert drawn.theme_of == {("a", 0): "safe", ("a", 1): "safe"}
