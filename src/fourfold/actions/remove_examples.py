"""Take the example figures of a template out again."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._runs import evaluate_locked
from fourfold.actions._steps import advance, find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.engine.due import latest_day
from fourfold.errors import Conflict
from fourfold.library.template import find_template
from fourfold.library.template_start import without_examples
from fourfold.records.closed_periods import refuse_closed
from fourfold.records.frames.definition import write_definitions
from fourfold.records.models import Import, Measurement, Organisation, Person
from fourfold.records.ready import ready_definitions


def remove_examples(
    *, by: Person | None, organisation: str | None = None, at: datetime | None = None
) -> Outcome[Organisation]:
    """Remove every example figure, and the initiatives and notes of the template that are still as it gave them.

    They are no facts, so that they go for good; figures that people entered stay, also where they replaced an example.
    Whoever may change definitions may do this. Raises `Conflict` where there are no example figures, `PeriodClosed`
    where one lies in a closed month.
    """
    found = find_organisation(by, organisation)
    require(by, Action.DEFINE, found)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        locked = lock(found)
        ready = ready_definitions(locked)
        if not locked.examples or ready is None:
            raise Conflict(f"{locked.name} holds no example figures.")
        runs = Import.objects.filter(organisation=locked, kind="template")
        figures = Measurement.objects.filter(organisation=locked, import_run__in=runs)
        refuse_closed(locked, ready, figures.values_list("unit_id", "period"))
        count = figures.count()
        figures.delete()
        template = find_template(locked.examples)
        after = without_examples(ready.written, template, latest_day(ready.definitions, moment))
        write_definitions(locked, after, at=moment)
        locked.examples = ""
        locked.save(update_fields=("examples",))
        advance(locked, definitions=True)
        note_event(locked, by, "examples.remove", template.code, at=moment, after={"figures": count})
        evaluate_locked(locked, as_of=moment, reason="Removed the example figures")
    return Outcome(f"{count:,} example figures removed", locked)
