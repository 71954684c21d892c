"""Leading and lagging KPIs in balance."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level

#: The share of lagging KPIs that is usual, and from how many uses on it means something.
LEAST, MOST, COUNTED = 0.20, 0.80, 5


@rule("LEAD-SHARE", "Nearly all KPIs lead, or nearly all lag (V13)")
def lead_share(d: Definitions) -> Iterator[Said]:
    """Lagging KPIs say what was reached, leading ones what is coming. Fewer than 20 % or more than 80 % lagging ones
    give half of the picture. Said from five uses of KPIs on.
    """
    lagging = sum(u.role == "lag" for u in d.uses)
    if len(d.uses) < COUNTED or LEAST <= lagging / len(d.uses) <= MOST:
        return
    message = f"{lagging} of {len(d.uses)} uses of KPIs are lagging: {lagging / len(d.uses):.0%} (V13)."
    more = "lead" if lagging / len(d.uses) > MOST else "lag"
    yield Said("strategy", message, f"Look which KPIs really {more}, and write `role: {more}` there.", Level.WARNING)
