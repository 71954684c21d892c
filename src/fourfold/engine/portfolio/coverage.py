"""What the scorecard leaves out: objectives without this or that, KPIs nobody needs (methodology §8.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final

from fourfold.engine.definitions import Definitions, Objective
from fourfold.engine.groups import needs
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.statuses import Status

#: A KPI that nobody has looked at for so long, or said a word about in so many of its periods, is not used.
UNSEEN: Final = timedelta(days=90)
SILENT: Final = 4


@dataclass(frozen=True, slots=True)
class Use:
    """When people last looked at a KPI, and of which period they last wrote a note; None for never."""

    viewed: date | None = None
    noted: Period | None = None

    def is_over(self, as_of: date) -> bool:
        """True where the KPI was neither looked at for 90 days nor commented on for four of its periods."""
        unseen = self.viewed is None or as_of - self.viewed > UNSEEN
        if self.noted is None:
            return unseen
        now = self.noted.calendar.period(self.noted.frequency, as_of)
        return unseen and now.ordinal - self.noted.ordinal > SILENT


@dataclass(frozen=True, slots=True)
class Coverage:
    """Codes of objectives, themes and KPIs that lack something, in the order of the definitions.

    `zombies` are the KPIs without an objective that nobody uses either; None where nobody counted. Success factors have
    no codes: `factors_without_kpi` holds the names of those that no living KPI watches.
    """

    objectives: int
    without_kpi: tuple[str, ...]
    without_lead: tuple[str, ...]
    without_target: tuple[str, ...]
    without_owner: tuple[str, ...]
    off_target_without_initiative: tuple[str, ...]
    themes_without_outcome: tuple[str, ...]
    kpis_without_objective: tuple[str, ...]
    factors_without_kpi: tuple[str, ...]
    zombies: tuple[str, ...] | None

    @property
    def share(self) -> float | None:
        """Share of what objectives should have (KPI, leading KPI, target, owner) that is there; None without any."""
        lists = (self.without_kpi, self.without_lead, self.without_target, self.without_owner)
        return 1.0 - sum(map(len, lists)) / (4 * self.objectives) if self.objectives else None

    @property
    def gaps(self) -> int:
        """How many things are missing."""
        lists = [getattr(self, f.name) for f in fields(self)]
        return sum(len(x) for x in lists if isinstance(x, tuple))


def coverage(
    definitions: Definitions,
    *,
    as_of: date,
    statuses: Mapping[str, Status] | None = None,
    use: Mapping[str, Use] | None = None,
) -> Coverage:
    """What is missing. `statuses` are those of objectives by code, to find the red ones that nobody works on.

    `use` says by KPI when people looked at it; a KPI that is not in it was never looked at.
    """
    alive = {k.code for k in definitions.kpis if k.state not in ("draft", "retired")}
    uses = [u for u in definitions.uses if u.kpi in alive]
    busy = {o for i in definitions.initiatives if i.state in ("planned", "active") for o in i.objectives}
    has_target = {t.kpi for t in definitions.targets if t.kind == "commit"}
    measured = {u.objective for u in uses}
    leading = {u.objective for u in uses if u.role == "lead"}
    aimed = {u.objective for u in uses if u.kpi in has_target and not u.monitor_only}
    lagging = {u.objective for u in uses if u.role == "lag"}

    def those(lacks: Callable[[Objective], bool]) -> tuple[str, ...]:
        return tuple(o.code for o in definitions.objectives if lacks(o))

    top = {p.code for p in definitions.perspectives if p.rank == 0}
    ends = {t for o in definitions.objectives if o.perspective in top and o.code in lagging for t in o.themes}
    used = {u.kpi for u in uses} | {name for k in definitions.kpis for name in _feeds(definitions, k.code)}
    spare = tuple(k.code for k in definitions.kpis if k.code in alive and k.code not in used)
    return Coverage(
        len(definitions.objectives),
        those(lambda o: o.code not in measured),
        those(lambda o: o.code not in leading),
        those(lambda o: o.code not in aimed),
        those(lambda o: o.owner is None),
        those(lambda o: (statuses or {}).get(o.code) is Status.OFF and o.code not in busy),
        tuple(t.code for t in definitions.themes if t.code not in ends),
        spare,
        tuple(f.name for f in definitions.strategy.success_factors if alive.isdisjoint(f.kpis)),
        None if use is None else unused(spare, use, as_of=as_of),
    )


def unused(codes: Sequence[str], use: Mapping[str, Use], *, as_of: date) -> tuple[str, ...]:
    """Those of the KPIs whose use is over; one that `use` does not have was never used."""
    return tuple(code for code in codes if use.get(code, Use()).is_over(as_of))


def uses_of(definitions: Definitions, viewed: Mapping[str, date]) -> dict[str, Use]:
    """When KPIs were last looked at, which somebody has counted, and the newest period with a note about each."""
    noted: dict[str, Period] = {}
    for note in definitions.notes:
        with suppress(PeriodError):
            period = definitions.calendar.parse(note.period)
            own = definitions.calendar.period(definitions.kpi[note.kpi].frequency, period.last_day)
            noted[note.kpi] = max(own, noted.get(note.kpi, own), key=lambda p: p.ordinal)
    return {code: Use(viewed.get(code), noted.get(code)) for code in {*viewed, *noted}}


def _feeds(definitions: Definitions, code: str) -> frozenset[str]:
    """The KPIs that another KPI needs: they are there for it."""

    return needs(definitions.kpi[code])
