"""Fourfold: Balanced Scorecard software as a library, a command line and a web application.

>>> import fourfold
>>> scorecard = fourfold.load("examples/calder_vale")    # doctest: +SKIP
>>> scorecard.evaluate().results                          # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from fourfold.scorecard import Evaluated, Scorecard, check, evaluate, explain, load, replay

__all__ = ["Evaluated", "Scorecard", "__version__", "check", "evaluate", "explain", "load", "replay"]


def __getattr__(name: str) -> Any:
    """Load the façade when it is first used, so that `import fourfold` alone costs nothing."""
    if name in __all__:
        from fourfold import scorecard

        return getattr(scorecard, name)
    raise AttributeError(f"module 'fourfold' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
