"""Parmenter's four classes as a label, never a block: most organisations call all of them KPIs (methodology §2.8)."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.formulas import parse_unit
from fourfold.engine.link_graph import LinkGraph
from fourfold.engine.periods import Frequency

NEEDED = 6


@dataclass(frozen=True, slots=True)
class Label:
    """The class (KRI, RI, PI or KPI) and the seven characteristics: True, False, or None where nobody has said."""

    name: str
    characteristics: dict[str, bool | None]
    because: str


def classify(
    definitions: Definitions, kpi: Kpi, *, top_acts: bool | None = None, is_simple: bool | None = None,
    team_owns: bool | None = None, is_significant: bool | None = None,
) -> Label:  # fmt: skip
    """The class of a KPI; what only people know is an argument.

    `KRI`: an outcome of one of the two top rows, by the month or slower. `KPI`: daily or weekly, not money, and six of
    the seven characteristics hold. `RI`: money, or otherwise an outcome. `PI`: the rest. The dark side counts as
    limited where `gaming_risk` is low, or where the KPI has a pair and the risk is not high.
    """
    frequent = kpi.frequency in (Frequency.DAY, Frequency.WEEK)
    money = bool(parse_unit(kpi.unit, kpi.scale).currencies)
    limited = None if kpi.gaming_risk is None and not kpi.paired_with else (
        kpi.gaming_risk == "low" or (bool(kpi.paired_with) and kpi.gaming_risk != "high")
    )  # fmt: skip
    held = {
        "not financial": not money,
        "measured often": frequent,
        "acted on by the top": top_acts,
        "simple": is_simple,
        "owned by a team": team_owns,
        "significant": is_significant,
        "limited dark side": limited,
    }
    count = sum(1 for value in held.values() if value)
    rank = LinkGraph.of(definitions).rank
    upper = sorted(set(rank.values()))[:2]
    high = any(u.kpi == kpi.code and rank.get(u.objective) in upper for u in definitions.uses)
    outcome = kpi.result_type in ("outcome", "impact")
    if outcome and high and not frequent:
        return Label("KRI", held, f"an outcome of an upper row, by the {kpi.frequency}")
    if frequent and not money and count >= NEEDED:
        return Label("KPI", held, f"{count} of 7 characteristics hold")
    if money or outcome:
        return Label("RI", held, "it is money" if money else f"an outcome, and {count} of 7 characteristics hold")
    return Label("PI", held, f"{kpi.result_type} by the {kpi.frequency}, and {count} of 7 characteristics hold")
