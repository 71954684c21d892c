"""KPIs for an objective, best first, each with the reasons; or none, where nothing fits.

Source: methodology §11.2. Relevance adds up how near the text is (`relevance`) and how the KPI fits the place of the
objective. The order then gives up a little relevance for variety, and brings a lead and a lag KPI among the first five
where a good one is there. The same text gives the same answer; there is no model, no network and no chance in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fourfold.engine.words import did_you_mean
from fourfold.library.catalogue import EVERY_INDUSTRY, UnknownIndustry, choices, kpis
from fourfold.library.kpi import LibraryKpi
from fourfold.library.relevance import Nearness, nearness, understood

#: Weights of the parts of relevance.
WORDS, GOAL, CONCEPTS, PERSPECTIVE, INDUSTRY, FOREIGN = 1.0, 0.5, 1.0, 0.4, 0.5, -1.0
#: Of the weight of concepts, the part that hangs on the quality wanted (faster, cheaper, safer).
QUALITY: Final = 0.3
#: Nothing is suggested where the nearest KPI is not this near, and each word not understood makes it less near.
THRESHOLD: Final = 0.4
#: A single KPI is not suggested below this, whatever perspective and industry say.
TOO_FAR: Final = 0.15
#: Relevance against variety in the order of suggestions.
LAMBDA: Final = 0.8
#: A lead or lag KPI is brought forward when it has this share of the best relevance.
GOOD_ENOUGH: Final = 0.6
_FIRST: Final = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A KPI, how relevant it is (about 0 to 3), why, and the guard that belongs beside it."""

    kpi: LibraryKpi
    relevance: float
    reasons: tuple[str, ...]
    guard: LibraryKpi


@dataclass(frozen=True, slots=True)
class _Rated:
    kpi: LibraryKpi
    near: Nearness
    text: float
    relevance: float


def suggest(
    text: str, *, perspective: str = "", industry: str = "", present: Iterable[str] = (), count: int = 5
) -> tuple[Suggestion, ...]:
    """KPIs that could show whether an objective is reached, best first; empty where nothing is a good match.

    `perspective` is financial, customer, process, learning or mission; `industry` one of those of the library; both
    may be left out. `present` are ids of KPIs that the objective has already: they are not suggested again. Raises
    `UnknownIndustry` where the library has no such industry.
    """
    known = choices()["industry"]
    if industry and industry not in (*known, EVERY_INDUSTRY):
        hint = did_you_mean(industry, known, "industry")
        raise UnknownIndustry(f"The library has no industry “{industry}”.", hint=hint)
    near = nearness(text)
    chosen = frozenset(present)
    rated = [_rate(kpi, near[kpi.id], perspective, industry) for kpi in kpis().values() if kpi.id not in chosen]
    if max((r.text for r in rated), default=0.0) * understood(text) < THRESHOLD:
        return ()
    rated.sort(key=lambda r: (-r.relevance, r.kpi.id))
    ordered = _mixed(_varied([r for r in rated if r.text >= TOO_FAR], count))
    return tuple(
        Suggestion(r.kpi, round(r.relevance, 3), _reasons(r, perspective, industry), kpis()[r.kpi.pair])
        for r in ordered[:count]
    )


def _rate(kpi: LibraryKpi, near: Nearness, perspective: str, industry: str) -> _Rated:
    meant = near.concepts * (1 - QUALITY + QUALITY * near.qualities)
    text = WORDS * near.words + GOAL * near.goal + CONCEPTS * meant
    place = PERSPECTIVE if kpi.perspective == perspective else 0.0
    if kpi.industry != EVERY_INDUSTRY:
        place += INDUSTRY if kpi.industry == industry else FOREIGN / (1 if industry else 4)
    return _Rated(kpi, near, text, text + place)


def _varied(rated: Sequence[_Rated], count: int) -> list[_Rated]:
    """Maximal marginal relevance: each next one is relevant and not merely more of the same."""
    left, taken = list(rated), list[_Rated]()
    best, likest = rated[0].relevance, dict.fromkeys((r.kpi.id for r in rated), 0.0)
    while left and len(taken) < count:
        chosen = max(left, key=lambda r: LAMBDA * r.relevance / best - (1 - LAMBDA) * likest[r.kpi.id])
        left.remove(chosen)
        taken.append(chosen)
        likest |= {r.kpi.id: max(likest[r.kpi.id], _alike(r.kpi, chosen.kpi)) for r in left}
    return [*taken, *left]


def _mixed(ordered: list[_Rated]) -> list[_Rated]:
    """At least one lead and one lag KPI among the first five, where a good one is there at all."""
    first, rest = ordered[:_FIRST], ordered[_FIRST:]
    for role in ("lead", "lag"):
        if not first or any(r.kpi.role == role for r in first):
            continue
        best = max(r.relevance for r in first)
        for r in rest:
            if r.kpi.role == role and r.relevance >= GOOD_ENOUGH * best:
                return [*first[:-1], r, first[-1], *(x for x in rest if x is not r)]
    return ordered


def _alike(one: LibraryKpi, other: LibraryKpi) -> float:
    """How much two KPIs show the same: the share of their concepts that they have in common."""
    a, b = {*one.about, *one.qualities}, {*other.about, *other.qualities}
    return len(a & b) / len(a | b)


def _reasons(rated: _Rated, perspective: str, industry: str) -> tuple[str, ...]:
    """Why a KPI is suggested, the strongest first."""
    kpi, near = rated.kpi, rated.near
    found = [f"it is evidence for “{near.nearest}”"] if near.goal >= 0.3 and near.nearest in kpi.goals else []
    if near.shared:
        found.append(f"it is about {_listed([name.replace('_', ' ') for name in near.shared[:3]])}")
    if kpi.perspective == perspective:
        found.append(f"it belongs to the {perspective} perspective")
    if kpi.industry == industry != EVERY_INDUSTRY:
        found.append(f"it is usual in this industry: {industry}")
    found.append("it moves early (lead)" if kpi.role == "lead" else "it shows the result (lag)")
    return tuple(found)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
