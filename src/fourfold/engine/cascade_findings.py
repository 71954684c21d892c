"""What an evaluation says about the units of a scorecard together: figures, targets, objectives nobody works on.

Cheap where nothing is cascaded: without units below others, and without figures or targets at both levels, nothing
is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

import numpy as np

from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.engine.once import once
from fourfold.engine.reconciliation import reconcile_targets, reconcile_values
from fourfold.engine.results import Results
from fourfold.engine.rows import Lanes, unit_tree
from fourfold.engine.unanswered import unanswered_where_they_belong

#: At most this many are listed one by one.
LISTED: Final = 100


def cascade_findings(definitions: Definitions, lanes: Lanes, kpis: Results, nodes: Results) -> tuple[Finding, ...]:
    """Figures and targets of units that are not those of the units below, then objectives off target and unanswered.

    `lanes` are where the figures behind the results are: only where one was reported for a unit above others can the
    two disagree. Each objective is looked at in the unit it belongs to. At most `LISTED` in all.
    """
    found = chain(_values(definitions, lanes, kpis), _targets(definitions, kpis))
    return tuple(islice(chain(found, unanswered_where_they_belong(definitions, nodes)), LISTED))


def _values(definitions: Definitions, lanes: Lanes, kpis: Results) -> Iterator[Finding]:
    upper = _upper(definitions)
    if upper.any() and (there := np.flatnonzero(upper[lanes.unit])).size:
        codes, units = tuple(definitions.kpi), unit_tree(definitions).codes
        places = np.unique(np.stack([lanes.kpi[there], lanes.unit[there]]), axis=1)
        yield from reconcile_values(definitions, kpis, only={(codes[k], units[u]) for k, u in places.T.tolist()})


def _targets(definitions: Definitions, kpis: Results) -> Iterator[Finding]:
    if only := _with_targets_at_both_levels(definitions):
        yield from reconcile_targets(definitions, kpis, only=only)


@once
def _upper(definitions: Definitions) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """True for each unit that has units below it."""
    return np.array([len(below) > 0 for below in unit_tree(definitions).children], dtype=np.bool_)


@once
def _with_targets_at_both_levels(definitions: Definitions) -> frozenset[tuple[str, str]]:
    """KPIs and units above others where one has a target of its own, and the other has it or takes that of all.

    A unit above others without any target asks for what those below ask for together, and always agrees with them.
    """
    tree = unit_tree(definitions)
    for_all = {t.kpi for t in definitions.targets if t.unit is None}
    own = {(t.kpi, t.unit) for t in definitions.targets if t.unit in tree.index}
    above = {(kpi, tree.codes[p]) for kpi, unit in own if unit and (p := tree.parent[tree.index[unit]]) >= 0}
    upper = _upper(definitions)
    lower = {(kpi, unit) for kpi, unit in own if unit and upper[tree.index[unit]] and kpi in for_all}
    return frozenset(lower | {(kpi, unit) for kpi, unit in above if kpi in for_all or (kpi, unit) in own})
