"""How far a unit pulls in one direction, in words: four shares with what they lack, and findings with names."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from fourfold.engine.alignment import Share
from fourfold.engine.findings import Finding
from fourfold.records.queries.together import Together
from fourfold.web.address import Here
from fourfold.web.components.assessed import share_bar, whole
from fourfold.web.components.cascade import share_url
from fourfold.web.components.numbers import plural


class _Kind(NamedTuple):
    """The words of one share: its name, what counts (for one and for several), and why there may be nothing."""

    name: str
    one: str
    many: str
    nothing: str
    mend: str


_KINDS: Final = {
    "up": _Kind("Upwards", "carries one of the unit above", "carry one of the unit above", "There is no unit above.",
                "Say in its form which objective above it carries and how, or that it is local."),
    "down": _Kind("Downwards", "is carried by a unit below", "are carried by a unit below", "There is no unit below.",
                  "Ask which unit below it depends on."),
    "side": _Kind("Sideways", "has one KPI with all neighbours in its theme",
                  "have one KPI with all neighbours in their theme", "It shares no theme with a neighbour.",
                  "Agree on one KPI for the theme."),
    "people": _Kind("People", "has a KPI or work for an objective", "have a KPI or work for an objective",
                    "There are no people here or below.",
                    "Make them owner or steward of a KPI, or owner of an initiative."),
}  # fmt: skip


def pull_of(here: Here, found: Together) -> dict[str, Any]:
    """What the template shows of it."""
    return {
        "shares": [_share(here, key, kind, getattr(found.shares, key)) for key, kind in _KINDS.items()],
        "findings": [_finding(here, f) for f in found.findings],
        "fine": _fine(here) if found.compared else "",
    }


def _fine(here: Here) -> str:
    """What can be said where nothing was found."""
    has_below = bool(here.scope.structure.children.get(here.scope.unit.pk))
    agree = "Figures and targets agree with those of the units below, and somebody" if has_below else "Somebody"
    return f"{agree} works on every objective that stays off target."


def _share(here: Here, key: str, kind: _Kind, share: Share) -> dict[str, Any]:
    noun = plural(share.of, "person", "people") if key == "people" else plural(share.of, "objective")
    verb = kind.one if 1 in (share.counted, share.of) else kind.many
    is_none = math.isnan(share.value)
    name = _person if key == "people" else _objective
    return {
        "name": kind.name,
        "score": whole(share.value),
        "bar": share_bar(share.value),
        "words": kind.nothing if is_none else f"{share.counted} of {noun} {verb}",
        "lacking": [name(here, code) for code in share.lacking],
        "count": f"{len(share.lacking)} not yet",
        "mend": kind.mend if share.lacking else "",
    }


def _objective(here: Here, code: str) -> tuple[str, str]:
    found = here.scope.structure.objective[code]
    return found.name, here.objective(found)


def _person(here: Here, code: str) -> tuple[str, str]:
    found = here.scope.structure.people.get(code)
    return found.name if found else code, ""


def _finding(here: Here, finding: Finding) -> dict[str, str]:
    """A finding as a sentence about the thing of that name; what says its code and unit is left out."""
    noun, _, rest = (finding.place.thing or "").partition(":")
    code, _, unit = rest.partition("@")
    structure = here.scope.structure
    thing = structure.kpi[code] if noun == "kpi" else structure.objective[code]
    text = finding.message.removeprefix(f"KPI {code} of unit {unit} ").removeprefix(f"Objective {code} ")
    url = here.kpi(structure.kpi[code]) if noun == "kpi" else here.objective(structure.objective[code])
    mend = share_url(here, structure.kpi[code]) if finding.code == "CASCADE-TARGETS" else ""
    return {"name": thing.name, "url": url, "text": text.replace(" (V19)", ""), "fix": finding.fix, "mend_url": mend}
