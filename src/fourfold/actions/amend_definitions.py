"""Change definitions thing by thing, as a form does: the same checks as for text, and what was there is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._amended_results import store_amended
from fourfold.actions._amendment_checks import checked
from fourfold.actions._grants import without_gain
from fourfold.actions._runs import is_evaluated
from fourfold.actions._steps import advance, find_organisation, lock, note_event, require
from fourfold.actions.follow_outlooks import follow_outlooks, is_serving
from fourfold.actions.outcome import Outcome
from fourfold.engine.amendment_reach import reach_of
from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import Kpi as KpiDefinition
from fourfold.engine.definitions.text.folder import NOUNS
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import Conflict, NotFound
from fourfold.records.amendment_text import text_of
from fourfold.records.frames.definition import write_amendments
from fourfold.records.frames.result import stored_span
from fourfold.records.frames.veil import has_groups
from fourfold.records.models import Person
from fourfold.records.queries.amendment import EVENT
from fourfold.records.ready import Ready, keep_ready, ready_definitions

#: KPIs times units times months, up to which a change of everything is evaluated before it is answered; above it the
#: server does that afterwards. Whole requests in which a unit moved, measured and divided by the yardstick: 426 took
#: 64 ms and at most 75, 639 70 and 77, 1,065 73 and 88, where 80 are wanted (`benchmarks/README.md`).
_AT_ONCE: Final = 600
#: What is said then.
FOLLOW: Final = Finding(
    "RESULTS-FOLLOW", Level.INFO, Place(thing="scorecard"), "All scores are computed now, and pages follow."
)
#: What cannot be amended one by one: people have pages of their own, notes and confirmed steps belong to figures.
_OTHERS: Final = frozenset({"people", "notes", "steps"})


def amend_definitions(
    *,
    by: Person | None,
    organisation: str | None = None,
    amendments: Iterable[Amendment],
    reason: str = "",
    at: datetime | None = None,
    undoes: int | None = None,
) -> Outcome[Amendments]:
    """Write these amendments in one transaction and evaluate what they reach; the event keeps both sides of each.

    Whoever may change the definitions of the organisation may do this. What would be broken comes back as findings, and
    nothing is written; what else the checks say about the amended things comes with the outcome. Raises `Outdated`
    where a thing is no longer as it was `before`. `undoes` is the number of the event that this takes back. Where a
    server runs, a large organisation is evaluated after the answer if everything is reached, which a finding says.
    """
    found = find_organisation(by, organisation)
    wanted = tuple(each for each in amendments if each.before != each.after)
    closed = any(isinstance(t, KpiDefinition) and t.is_confidential for e in wanted for t in (e.before, e.after))
    require(by, Action.DEFINE, found, confidential=closed)
    if not wanted:
        return Outcome("nothing is different", ())
    if others := {each.noun for each in wanted} & _OTHERS:
        hint = "They belong to figures: a KPI that has some is archived, and keeps its past."
        raise Conflict(f"{', '.join(sorted(others)).capitalize()} are not changed here.", hint=hint)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        locked = lock(found)
        before = ready_definitions(locked)
        if before is None:
            raise NotFound(f"{found.name} has no definitions yet.")
        after, said = checked(locked, before, wanted, today=moment.date())
        if said.broken:
            return Outcome("nothing was changed", findings=said.broken)
        was_evaluated = is_evaluated(locked, on=moment)
        with without_gain(by, locked):
            write_amendments(locked, after, wanted, at=moment)
        advance(locked, definitions=True)
        ready = keep_ready(locked, after, None if _moves_rows(wanted) else before)
        told = {"amendments": [_told(each) for each in wanted]} | ({} if undoes is None else {"undoes": undoes})
        note_event(locked, by, EVENT, _names(wanted), at=moment, after=told, reason=reason)
        reach = reach_of(before.definitions, ready.definitions, wanted)
        follows = reach.everything and _may_follow(before, ready)
        if not follows:
            why = f"Changed {_names(wanted)}"
            count = store_amended(locked, ready, reach, was_evaluated=was_evaluated, as_of=moment, reason=why[:200])
    if reach.everything:
        follow_outlooks(by=by, organisation=locked, at=moment)
    if follows:
        return Outcome(f"{_names(wanted)} saved; results follow", wanted, (*said.own, FOLLOW))
    return Outcome(f"{_names(wanted)} saved; {count:,} result{'s' if count != 1 else ''} changed", wanted, said.own)


def _may_follow(before: Ready, after: Ready) -> bool:
    """True where all results can be left to the server: there are many, and none of them is of a few people.

    What is hidden of small groups goes by the results, so those are made with the change.
    """
    if not is_serving() or has_groups(before.definitions) or has_groups(after.definitions):
        return False
    span = stored_span(after.units[after.definitions.root.code], "month")
    months = 0 if span is None else span[1] - span[0] + 1
    return len(after.kpis) * len(after.units) * months > _AT_ONCE


def _moves_rows(amendments: Amendments) -> bool:
    """True where rows of KPIs or units come, go, or stand elsewhere."""
    return any(e.noun == "units" or (e.noun == "kpis" and (e.before is None or e.after is None)) for e in amendments)


def _names(amendments: Amendments) -> str:
    """What was changed, as events name it: the first thing, and how many more."""
    first, *rest = amendments
    name = f"{NOUNS.get(first.noun, first.noun)} {first.name}"
    return f"{name} and {len(rest)} more" if rest else name


def _told(each: Amendment) -> dict[str, Any]:
    return {"noun": each.noun, "name": each.name, "before": text_of(each.before), "after": text_of(each.after)}
