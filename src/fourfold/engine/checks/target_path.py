"""A path has what it needs to be drawn."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.checks.period_text import period
from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.findings import Level
from fourfold.engine.words import call, start

_NEEDS = {
    "linear": ("baseline", "due"),
    "exponential": ("baseline", "due"),
    "s_curve": ("baseline", "due"),
    "half_life": ("baseline", "half_life"),
    "step": ("steps",),
    "seasonal": ("shares",),
}
_ONLY = {
    "half_life": "half_life", "steps": "step", "shares": "seasonal", "denominators": "seasonal", "growth": "seasonal",
}  # fmt: skip


@rule("TARGET-PATH", "The path of a target lacks something")
def target_path(d: Definitions) -> Iterator[Said]:
    """linear, exponential and s_curve go from `baseline` (at `since`) to `value` (at `due`); half_life needs `baseline`
    and `half_life`, step needs `steps`, and seasonal one of the `shares` for each period of a year.

    A ratio may have `denominators` beside its shares, as many, in the same order; every KPI may have `growth` beside
    them. An exponential path stays on one side of zero. `due` comes after `since`.
    """
    for thing, target in targets(d):
        if (kpi := d.kpi.get(target.kpi)) is None:
            continue
        for key in _NEEDS.get(target.path, ()):
            given = getattr(target, key)
            if given is None or (not given and key in _ONLY):  # a baseline of zero is a baseline
                message = f"`path` of {call(thing)} is {target.path}, and there is no `{key}`."
                yield Said(f"{thing}.path", message, f"Add `{key}: …`, or delete `path`.")
        for key, path in _ONLY.items():
            if getattr(target, key) and target.path != path:
                message = f"{start(thing)} has `{key}`, and its path is {target.path}."
                yield Said(f"{thing}.{key}", message, f"Write `path: {path}`, or delete `{key}`.", Level.WARNING)
        yield from _values(d, thing, target, kpi)


def _values(d: Definitions, thing: str, target: Target, kpi: Kpi) -> Iterator[Said]:
    since, due = period(d, kpi, target.since), period(d, kpi, target.due)
    if since is not None and due is not None and due <= since:
        message = f"`due` of {call(thing)}, {target.due}, is not after `since`, {target.since}."
        yield Said(f"{thing}.due", message, "A target is due after it begins.")
    ends = [end for end in (target.baseline, target.value) if end is not None]
    if target.path == "exponential" and len(ends) == 2 and min(ends) <= 0:
        message = f"The exponential path of {call(thing)} goes from {ends[0]:f} to {ends[1]:f}."
        yield Said(f"{thing}.path", message, "Both must be above zero; otherwise write `path: linear`.")
    if target.path == "seasonal" and target.shares:
        if len(target.shares) != kpi.frequency.per_year:
            message = f"`shares` of {call(thing)} has {len(target.shares)} entries."
            fix = f"KPI {kpi.code} has {kpi.frequency.per_year} periods in a year; give one share for each."
            yield Said(f"{thing}.shares", message, fix)
        elif sum(target.shares) == 0:
            yield Said(f"{thing}.shares", f"`shares` of {call(thing)} are all zero.", "Only their proportion counts.")
        elif (growth := target.growth) and len(growth) != len(target.shares):
            message = f"`growth` of {call(thing)} has {len(growth)} entries, and `shares` {len(target.shares)}."
            yield Said(f"{thing}.growth", message, "Give the index of growth of each period of a year.")
        elif growth and not sum(_weighed(target)):
            message = f"`growth` of {call(thing)} is zero wherever there is a share."
            yield Said(f"{thing}.growth", message, "It weighs the shares; 1 leaves a share as it is.")
        elif target.denominators:
            yield from _denominators(thing, target, kpi)


def _weighed(target: Target) -> list[float]:
    """The shares, each as often as its index of growth says."""
    return [s * g for s, g in zip(target.shares, target.growth or [1.0] * len(target.shares), strict=True)]


def _denominators(thing: str, target: Target, kpi: Kpi) -> Iterator[Said]:
    where, given = f"{thing}.denominators", f"`denominators` of {call(thing)}"
    if kpi.kind is not MeasureKind.RATIO:
        message = f"{start(thing)} has `denominators`, and KPI {kpi.code} is a {kpi.kind.replace('_', ' ')}."
        yield Said(where, message, "Only a ratio has a denominator; delete `denominators`.")
    elif len(target.denominators) != len(target.shares):
        message = f"{given} has {len(target.denominators)} entries, and `shares` {len(target.shares)}."
        yield Said(where, message, "Give the denominator that is expected in each period of a year.")
    elif not sum(d * s for d, s in zip(target.denominators, _weighed(target), strict=True)):
        yield Said(where, f"{given} are zero wherever there is a share.", "They weigh the targets of the year.")
