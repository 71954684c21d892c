"""Start the scorecard of an organisation that has none, from the template of an industry."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._grants import without_gain
from fourfold.actions._runs import evaluate_locked
from fourfold.actions._steps import advance, find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.engine.checks import check
from fourfold.engine.definitions.complete import complete
from fourfold.engine.due import latest_day
from fourfold.engine.findings import errors
from fourfold.errors import Conflict
from fourfold.library.template import find_template
from fourfold.library.template_figures import example_figures
from fourfold.library.template_start import begun, is_empty
from fourfold.records.frames.definition import read_definitions, write_definitions
from fourfold.records.frames.example import write_examples
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import Ready


def start_scorecard(
    *, by: Person | None, organisation: str | None = None, template: str, examples: bool, at: datetime | None = None
) -> Outcome[Organisation]:
    """Write the scorecard of a template into the definitions, live, and evaluate the organisation.

    With `examples` it comes with two years of figures, marked as such; `remove_examples` takes them out again. Whoever
    may change definitions and manage members may do this, as the people of the template become members who cannot sign
    in. Raises `NotFound` where there is no such template, `Conflict` where a scorecard has been begun.
    """
    found = find_organisation(by, organisation)
    require(by, Action.DEFINE, found)
    require(by, Action.MANAGE, found)
    chosen, moment = find_template(template), at or datetime.now(UTC)
    with transaction.atomic():
        locked = lock(found)
        before = read_definitions(locked)
        if before is None or not is_empty(before):
            raise Conflict(f"{locked.name} has a scorecard already.", hint="Change it under Build.")
        today = latest_day(before, moment)
        after = begun(before, chosen, today, examples=examples)
        findings = check(complete(after), today=today)
        if errors(findings):
            return Outcome("nothing was started", findings=tuple(errors(findings)))
        with without_gain(by, locked):
            write_definitions(locked, after, at=moment)
        count = 0
        if examples:
            ready, figures = Ready.of(locked, complete(after), after), example_figures(chosen, after, today)
            count = write_examples(locked, ready, figures, by=by, at=moment)
            locked.examples = chosen.code
            locked.save(update_fields=("examples",))
        advance(locked, definitions=True)
        told = {"template": chosen.code, "examples": count}
        note_event(locked, by, "scorecard.start", chosen.code, at=moment, after=told)
        evaluate_locked(locked, as_of=moment, reason=f"Started from the template {chosen.name}")
    brought = f" and {count:,} example figures" if count else ""
    return Outcome(f"Started with {len(after.objectives)} objectives, {len(after.kpis)} KPIs{brought}", locked)

