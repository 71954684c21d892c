"""Named scoring profiles in words, and the points of a custom curve as text (methodology §3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from fourfold.engine.definitions import Kpi

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "spider_0_10": "equal thirds (`spider_0_10`: 33.3 at the red line, 66.7 at the target)",
        "bands_3": "the points of one of 3 bands (`bands_3`)",
        "bands_4": "the points of one of 4 bands (`bands_4`)",
        "bands_5": "the points of one of 5 bands (`bands_5`)",
        "custom": "its own curve (`custom`: {curve})",
    }
)


class Points(NamedTuple):
    """The points of a curve."""

    curve_values: tuple[float, ...]
    curve_scores: tuple[float, ...]

    @classmethod
    def read(cls, text: str) -> Points:
        """The points that `curve_text` wrote.

        >>> Points.read("0.0:0.0 12.5:100.0")
        Points(curve_values=(0.0, 12.5), curve_scores=(0.0, 100.0))
        """
        points = [point.split(":") for point in text.split()]
        return cls(tuple(float(x) for x, _ in points), tuple(float(s) for _, s in points))


def curve_text(kpi: Kpi) -> str:
    """The points of a KPI's curve, each as `figure:score` with all digits."""
    return " ".join(f"{x!r}:{score!r}" for x, score in zip(kpi.curve_values, kpi.curve_scores, strict=True))


def profile_words(profile: str, curve: str = "") -> str:
    """How a KPI with a named profile is scored; `curve` is that of `curve_text`.

    >>> profile_words("custom", "0.0:0.0 12.5:100.0")
    'its own curve (`custom`: 0.0:0.0, 12.5:100.0)'
    """
    return _WORDS[profile].format(curve=curve.replace(" ", ", "))
