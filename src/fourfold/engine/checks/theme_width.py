"""A theme runs through perspectives."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level


@rule("THEME-WIDTH", "A theme touches fewer than two perspectives (V14)")
def theme_width(d: Definitions) -> Iterator[Said]:
    """A theme is a thread from drivers to results. One that stays inside a perspective is only another word for it,
    and one without objectives is only a word.
    """
    touched: dict[str, set[str]] = {}
    for o in d.objectives:
        for code in o.themes:
            touched.setdefault(code, set()).add(o.perspective)
    for theme in d.themes:
        if len(found := touched.get(theme.code, set())) < 2:
            where = f"only perspective {next(iter(found))}" if found else "no perspective"
            message = f"Theme {theme.code} touches {where} (V14)."
            fix = f"Add `themes: [{theme.code}]` to the objectives that carry it, or delete the theme."
            yield Said(f"theme:{theme.code}", message, fix, Level.WARNING)
