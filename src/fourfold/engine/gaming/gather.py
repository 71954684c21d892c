"""What the tests of gaming ask about, gathered from results, outlooks and revisions of a KPI in a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fourfold.engine.cells import Codes, Floats
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.gaming.ask import Asked, easings
from fourfold.engine.gaming.parts import parts_within
from fourfold.engine.gaming.turns import signs
from fourfold.engine.periods import Period

if TYPE_CHECKING:
    from fourfold.engine.health.revisions import Conduct
    from fourfold.engine.outlook import Outlook


def asked_of(
    definitions: Definitions,
    kpi: Kpi,
    unit: str,
    periods: Sequence[Period],
    results: tuple[Floats, Floats, Codes],
    *,
    outlooks: Mapping[str, Outlook],
    kept: Conduct | None,
    counted: tuple[Floats, Floats, Floats, Floats] | None,
    figures: Mapping[Period, float],
) -> Asked:
    """The KPI as `ask` wants it; `results` are its values, targets and statuses over its own `periods`.

    `outlooks` are those of the KPI and its pairs in the unit, by code; `kept` tells of corrections; `counted` is as in
    `Asked`; `figures` are the newest of the unit's own, of any length of period.
    """
    values, targets, status = results
    own = outlooks.get(kpi.code)
    worsens = {
        code: (signs(other, definitions.kpi[code].polarity, periods, better=False), _count(other))
        for code, other in outlooks.items()
        if code != kpi.code
    }
    return Asked(
        kpi, values, targets, status,
        eased=easings(definitions, kpi, unit, periods),
        corrected=None if kept is None else (kept.before, kept.after),
        counted=counted,
        improves=None if own is None else signs(own, kpi.polarity, periods, better=True),
        worsens=worsens,
        inside=parts_within(figures, kpi.frequency),
    )  # fmt: skip


def _count(outlook: Outlook) -> int:
    return outlook.reading.count if outlook.reading is not None else 0
