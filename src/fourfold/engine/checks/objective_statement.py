"""An objective is a short sentence with one aim."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine import wording
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.words import show

MOST = 12


@rule("OBJECTIVE-STATEMENT", "An objective is no short sentence with one verb (V15)")
def objective_statement(d: Definitions) -> Iterator[Said]:
    """The name of an objective is a verb and a result, in at most twelve words, and one aim: "Shorten the wait for
    treatment". Two verbs joined by "and" are two objectives. Verbs are recognised in English only; where the
    organisation's `locale` is of another language, only the words are counted.
    """
    english = d.organisation.locale.startswith("en")
    for o in d.objectives:
        thing, count = f"objective:{o.code}.name", len(o.name.split())
        if count > MOST:
            message = f"The name of objective {o.code} has {count} words; at most {MOST} can be remembered (V15)."
            yield Said(thing, message, "Keep verb and result, and move the rest to `description`.", Level.WARNING)
        if not english:
            continue
        if not (wording.verbs(o.name) or wording.begins_with_activity(o.name) or wording.opening(o.name)):
            message = f"The name of objective {o.code}, {show(o.name)}, has no verb (V15)."
            yield Said(thing, message, "Say what should become true: a verb and a result.", Level.WARNING)
        elif (both := wording.is_double(o.name)) is not None:
            message = f"The name of objective {o.code} joins two verbs, {both[0]} and {both[1]} (V15)."
            yield Said(thing, message, "Make it two objectives, or name the one result of both.", Level.WARNING)
