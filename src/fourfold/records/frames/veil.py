"""Which results are not shown because a group is too small, found from the results themselves."""

from __future__ import annotations

from fourfold.engine.definitions import Definitions
from fourfold.engine.small_groups import DENOMINATOR, Sizes, hidden_figures, nodes_above
from fourfold.records.models import Organisation, Result, Veil
from fourfold.records.ready import Ready

_Key = tuple[int, str]  # unit and node


def has_groups(definitions: Definitions) -> bool:
    """True where a KPI is about people: else there are no veils, and a change of figures makes none."""
    return any(kpi.headcount is not None for kpi in definitions.kpis)


def write_veils(organisation: Organisation, ready: Ready) -> int:
    """Make the veils those of the results as they are stored now: how many are different. The lock is held."""
    definitions = ready.definitions
    there = {(veil.unit_id, veil.node): veil for veil in Veil.objects.filter(organisation=organisation)}
    wanted: dict[_Key, int | None] = {}
    for code, units in (hidden_figures(definitions, _sizes(ready)) if has_groups(definitions) else {}).items():
        above = nodes_above((code,), definitions.uses, definitions.objectives)
        for unit in units:
            wanted |= dict.fromkeys(((ready.units[unit], node) for node in above), None)
            wanted[ready.units[unit], f"kpi:{code}"] = ready.kpis[code]
    gone = [veil.pk for key, veil in there.items() if key not in wanted]
    new = [
        Veil(organisation=organisation, unit_id=unit, node=node, kpi_id=kpi)
        for (unit, node), kpi in wanted.items()
        if (unit, node) not in there
    ]
    if gone:
        Veil.objects.filter(pk__in=gone).delete()
    Veil.objects.bulk_create(new, batch_size=500)
    return len(gone) + len(new)


def _sizes(ready: Ready) -> dict[str, Sizes]:
    """Of every KPI the units that have a figure, with the fewest people that one of them was about."""
    definitions = ready.definitions
    code_of = {pk: code for code, pk in ready.units.items()}
    rows = Result.objects.filter(unit__in=list(code_of), view="month", node__startswith="kpi:", value__isnull=False)
    found = list(rows.order_by().values_list("node", "unit", "ordinal", "value", "denominator"))
    counters = {f"kpi:{kpi.headcount}" for kpi in definitions.kpis}
    people = {(node, unit, ordinal): value for node, unit, ordinal, value, _ in found if node in counters}
    sizes: dict[str, dict[str, float | None]] = {}
    for node, unit, ordinal, _, denominator in found:
        code = node.partition(":")[2]
        headcount = definitions.kpi[code].headcount if code in definitions.kpi else None
        count = denominator if headcount == DENOMINATOR else people.get((f"kpi:{headcount}", unit, ordinal))
        known = sizes.setdefault(code, {})
        place = code_of[unit]
        known[place] = _fewer(known[place], count) if place in known else count
    return dict(sizes)


def _fewer(one: float | None, other: float | None) -> float | None:
    """The smaller; not known where one is not."""
    return None if one is None or other is None else min(one, other)
