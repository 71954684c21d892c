"""`fourfold what-if FOLDER`."""

from __future__ import annotations

import re
from typing import Annotated, Final, TypeAlias

import typer

from fourfold.cli.options import AsOf, AtPeriod, AtUnit, Folder, Form, Out
from fourfold.cli.output import VIEW, Format, Misused, folder, print_explanation, show
from fourfold.cli.sources import Source, sources

NAME: Final = "what-if"
_FIGURE: Final = re.compile(r"(?P<kpi>[^@=]+)(@(?P<unit>[^:=]+))?:(?P<period>[^=]+)=(?P<value>[^/]+)(/(?P<by>.+))?")
_TARGET: Final = re.compile(r"(?P<kpi>[^@=]+)(@(?P<unit>[^=]+))?=(?P<value>.+)")


Figures: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--figure", metavar="KPI@UNIT:PERIOD=VALUE", help="Another figure, or NUMERATOR/DENOMINATOR; repeatable."
    ),
]
Targets: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="KPI@UNIT=VALUE", help="Another value of the target in force; repeatable."),
]
Weights: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--weight", metavar="NAME=WEIGHT", help="Of perspective:, objective:CODE, use:OBJECTIVE/KPI; repeatable."
    ),
]
Removed: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--remove", metavar="NAME", help="Without this perspective:, theme:, objective:, kpi:CODE; repeatable."
    ),
]


def run(
    path: Folder,
    figure: Figures = None,
    target: Targets = None,
    weight: Weights = None,
    remove: Removed = None,
    name: Annotated[str, typer.Option(help="What the scenario is called.")] = "this",
    unit: AtUnit = None,
    period: AtPeriod = None,
    as_of: AsOf = None,
    view: Annotated[str | None, typer.Option(help=VIEW)] = None,
    why: Annotated[str | None, typer.Option("--explain", metavar="NODE", help="Say why this node changes.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --explain: inputs and answer as JSON.")] = False,
    form: Form = Format.TABLE,
    out: Out = None,
    source: Source = None,
) -> None:
    """Show what the scorecard would say with other figures, targets, weights or parts; nothing is changed or stored.

    Without @UNIT a figure is that of the whole organisation, and a target the one all units share. With several kinds
    of change each gets its share of the points. Exit code 1 when the folder or a figure has errors, 2 when the scenario
    does not fit, 4 when there is no such KPI, unit, period or name.
    """
    from fourfold.scorecard import load

    if not (figure or target or weight or remove):
        raise Misused("Nothing is to be different.", hint="Add --figure, --target, --weight or --remove.")
    scorecard = load(folder(path), sources=sources(source))
    root = scorecard.definitions.root.code
    overlay = {
        "name": name,
        "targets": [_target(text) for text in target or ()],
        "weights": dict(_pair(text) for text in weight or ()),
        "remove": remove or (),
    }
    if figure:
        overlay["figures"] = [_figure(text, root) for text in figure]
    found = scorecard.what_if(overlay, unit, period, as_of=as_of, view=view or scorecard.view_of(period))
    if why is None:
        show(found, form, out)
    else:
        print_explanation(found.explain(why), as_json)


def _figure(text: str, root: str) -> dict[str, str | None]:
    """A row of figures."""
    if (m := _FIGURE.fullmatch(text)) is None:
        raise Misused(
            f"{text!r} is no figure.", hint="Write KPI@UNIT:PERIOD=VALUE, such as waits@north:2026-10=95/100."
        )
    row: dict[str, str | None] = {"kpi": m["kpi"], "unit": m["unit"] or root, "period": m["period"]}
    row |= {"value": m["value"]} if m["by"] is None else {"numerator": m["value"], "denominator": m["by"]}
    return dict.fromkeys(("kpi", "unit", "period", "value", "numerator", "denominator")) | row


def _target(text: str) -> dict[str, str]:
    """A target by its keys."""
    if (m := _TARGET.fullmatch(text)) is None:
        raise Misused(f"{text!r} is no target.", hint="Write KPI=VALUE or KPI@UNIT=VALUE, such as waits=95.")
    return {key: m[key] for key in ("kpi", "unit", "value") if m[key] is not None}


def _pair(text: str) -> tuple[str, str]:
    """A name and its weight."""
    name, equals, weight = text.partition("=")
    if not (name and equals and weight):
        raise Misused(f"{text!r} is no weight.", hint="Write NAME=WEIGHT, such as objective:safety=4.")
    return name, weight
