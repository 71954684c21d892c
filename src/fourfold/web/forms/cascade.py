"""What the form that applies objectives to units asks for: which, where and how."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from fourfold.engine.amendments import Amendments
from fourfold.engine.cascaded import Contribution, apply_contributory, apply_identical, withdraw
from fourfold.engine.definitions import Definitions
from fourfold.errors import Conflict

#: How units can carry an objective, and that they no longer do.
HOWS: Final[Mapping[str, tuple[str, str]]] = {
    "identical": ("With the same KPIs", "Each unit reports them, and they add up to the figure above."),
    "contributory": ("With an objective of their own", "Another KPI that moves the objective above."),
    "none": ("Not at all", "Its KPIs do not hold there, and own objectives that carry it go. Figures stay."),
}
_LONGEST: Final = 2_000


@dataclass(frozen=True)
class CascadeForm:
    """What was chosen and typed; `all_units` stands for every unit below, also those on other pages."""

    how: str = "identical"
    objectives: Sequence[str] = ()
    units: Sequence[str] = ()
    all_units: bool = False
    name: str = ""
    sentence: str = ""
    sign: str = "+"
    kpi: str = ""
    complaints: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, Sequence[str]]) -> CascadeForm:
        """What was sent; text of any length is cut short."""

        def text(name: str) -> str:
            return (list(given.get(name, ())) or [""])[-1].strip()[:_LONGEST]

        return cls(
            how=text("how") if text("how") in HOWS else "identical", objectives=tuple(given.get("o", ())),
            units=tuple(given.get("to", ())), all_units=bool(text("all")), name=text("name"),
            sentence=text("sentence"), sign="-" if text("sign") == "-" else "+", kpi=text("kpi"),
        )  # fmt: skip

    def amendments(self, definitions: Definitions, objectives: Collection[str], below: Sequence[str]) -> Amendments:
        """The amendments that make it so; `objectives` and the units `below` are those that can be chosen.

        Raises `Conflict` where nothing is chosen, and whatever the engine refuses.
        """
        chosen = [code for code in self.objectives if code in objectives]
        units = list(below) if self.all_units else [code for code in self.units if code in below]
        if not chosen or not units:
            what = "objective" if not chosen else "unit"
            raise Conflict(f"No {what} is chosen.", hint=f"Tick each {what} that you mean.")
        if self.how == "identical":
            return apply_identical(definitions, chosen, units)
        if self.how == "none":
            return withdraw(definitions, chosen, units)
        sign: Literal["+", "-"] = "-" if self.sign == "-" else "+"
        return apply_contributory(definitions, chosen, units, Contribution(self.name, sign, self.sentence, self.kpi))
