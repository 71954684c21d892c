"""What was seen around initiatives: driver and outcome of each link before and after (methodology §7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from fourfold.engine.definitions import Definitions, Initiative
from fourfold.engine.evidence.link_test import Hypothesis, Pair
from fourfold.engine.evidence.step import Intervention, before_and_after
from fourfold.engine.periods import Period


@dataclass(frozen=True, slots=True)
class Around:
    """An initiative that should move the driver of a link, and what driver and outcome did from `since` on."""

    initiative: Initiative
    hypothesis: Hypothesis
    since: Period
    found: Intervention

    @property
    def name(self) -> str:
        """How it is asked for: the initiative and the link."""
        return f"{self.initiative.code}/{self.hypothesis.link}"


def around_initiatives(definitions: Definitions, pairs: Iterable[tuple[Hypothesis, Pair]]) -> tuple[Around, ...]:
    """Before and after of each link whose driver an initiative names among its KPIs, link by link.

    It counts from the period in which the initiative started, which nobody chose by looking at the outcome. Left out is
    a link without a lag window or pooled over units, an initiative that is only planned or was stopped, and one that
    started outside the periods of the figures.
    """
    return tuple(one for hypothesis, pair in pairs for one in _around(definitions, hypothesis, pair))


def _around(definitions: Definitions, hypothesis: Hypothesis, pair: Pair) -> Iterator[Around]:
    if hypothesis.lags is None or not pair.periods or len(pair.x) != 1:
        return
    first, lags = pair.periods[0], hypothesis.lags
    for initiative in definitions.initiatives:
        if hypothesis.driver not in initiative.kpis or initiative.state not in ("active", "done"):
            continue
        with suppress(ValueError):  # a date that is none is a finding of the checks
            since = first.calendar.period(first.frequency, date.fromisoformat(initiative.start))
            at = since.ordinal - first.ordinal
            if 0 < at < len(pair.periods):
                yield Around(initiative, hypothesis, since, before_and_after(pair.x[0], pair.y[0], at, lags))
