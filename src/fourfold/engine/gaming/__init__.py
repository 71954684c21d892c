"""What a target does to a figure: ten questions to the owner, never an accusation (methodology §2.9)."""

from fourfold.engine.gaming.ask import Asked, ask, easings
from fourfold.engine.gaming.entries import entries_of, just_on_target, last_minute, one_sided
from fourfold.engine.gaming.flag import Flag, findings_of
from fourfold.engine.gaming.gather import asked_of
from fourfold.engine.gaming.parts import hockey_stick, parts_within, shrinking_denominator
from fourfold.engine.gaming.shape import bunching, digit_preference, exact_hits, too_smooth
from fourfold.engine.gaming.turns import changed_after_miss, pair_diverges, signs

__all__ = [
    "Asked",
    "Flag",
    "ask",
    "asked_of",
    "bunching",
    "changed_after_miss",
    "digit_preference",
    "easings",
    "entries_of",
    "exact_hits",
    "findings_of",
    "hockey_stick",
    "just_on_target",
    "last_minute",
    "one_sided",
    "pair_diverges",
    "parts_within",
    "shrinking_denominator",
    "signs",
    "too_smooth",
]
