"""How what was seen around an initiative came about (methodology §7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fourfold.engine.evidence.step import SIDE, Step, before_and_after
from fourfold.engine.words import counted
from fourfold.engine.workings.working import Plain, Series, Working, array, plain, text


@dataclass(frozen=True)
class InterventionWorking(Working):
    """The figures of driver and outcome over the same periods, and the place of the one the initiative started in."""

    kind: ClassVar[str] = "intervention"
    initiative: str
    since: str
    at: int
    lags: tuple[int, int]
    driver_name: str
    outcome_name: str
    driver: Series
    outcome: Series

    def answer(self) -> dict[str, Plain]:
        """Both sides of driver and outcome, the outcome after each lag, by the lag."""
        found = before_and_after(array(self.driver), array(self.outcome), self.at, self.lags)
        lags = range(self.lags[0], self.lags[1] + 1)
        outcome: dict[str, Plain] = {str(lag): _told(step) for lag, step in zip(lags, found.outcome, strict=True)}
        return {"driver": _told(found.driver), "outcome": outcome}

    def words(self) -> list[str]:
        """The driver, then the outcome after each lag."""
        found = before_and_after(array(self.driver), array(self.outcome), self.at, self.lags)
        said = [f"{self.initiative} started in {self.since}.", f"{self.driver_name}: {_words(found.driver)}."]
        for lag, step in zip(range(self.lags[0], self.lags[1] + 1), found.outcome, strict=True):
            said.append(f"{self.outcome_name}, {later(lag)}: {_words(step)}.")
        return said


def verdict_on(step: Step) -> str:
    """A step in a few words."""
    if min(step.points) < SIDE:
        return f"too few figures, fewer than {SIDE} on a side"
    return "a step" if step.is_step else "no step"


def later(lag: int) -> str:
    """How long after: "in the same period", "1 period later"."""
    return f"{counted(lag, 'period')} later" if lag else "in the same period"


def _told(step: Step) -> dict[str, Plain]:
    return {
        "before": plain(step.before), "after": plain(step.after), "shift": plain(step.shift),
        "points": list(step.points), "is_step": step.is_step,
    }  # fmt: skip


def _words(step: Step) -> str:
    sides = [None if (mean := plain(side)) is None else round(mean, 4) for side in (step.before, step.after)]
    shift = plain(step.shift)
    by = "" if shift is None else f", {text(round(shift, 2))} natural standard deviations on"
    before, after = step.points
    return f"{text(sides[0])} on average before ({before}), {text(sides[1])} after ({after}){by}: {verdict_on(step)}"
