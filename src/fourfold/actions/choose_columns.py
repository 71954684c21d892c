"""Which columns of the scorecard somebody sees, on every device."""

from __future__ import annotations

from collections.abc import Collection

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person
from fourfold.records.queries.scorecard import COLUMNS


def choose_columns(*, by: Person, columns: Collection[str]) -> Outcome[frozenset[str]]:
    """Leave out all but these; what is no column is passed over. No event: nothing changes for anybody else."""
    left_out = [key for key in COLUMNS if key not in columns]
    Person.objects.filter(pk=by.pk).update(columns_left_out=" ".join(left_out))
    by.columns_left_out = " ".join(left_out)
    return Outcome(f"{len(COLUMNS) - len(left_out)} of {len(COLUMNS)} columns are shown", frozenset(left_out))
