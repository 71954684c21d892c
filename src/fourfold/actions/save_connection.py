"""Save where a source is, and who asks it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._sources import complaint, find_connection, wrong_names
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.connectors.hook import HOOK, SHORTEST
from fourfold.connectors.kinds import KINDS
from fourfold.engine.words import choices
from fourfold.records.models import Connection, Person


def save_connection(
    *,
    by: Person | None,
    organisation: str | None = None,
    known: str | None = None,
    code: str,
    name: str,
    kind: str,
    options: Mapping[str, str],
    secret: str | None = None,
    at: datetime | None = None,
) -> Outcome[Connection]:
    """A new connection, or with the code `known` another form of that one, whose kind stays.

    `secret` None leaves the stored one, unless the source is another one now: whoever changes where a secret is sent
    has to know it. An empty one takes it away. The secret is kept encrypted and stands in no event.
    """
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    moment = at or datetime.now(UTC)
    found = wrong_names(code, name)
    if kind not in KINDS:
        found.append(complaint("kind", f"There is no kind {kind}.", f"Choose {choices(list(KINDS), 'or')}."))
        return Outcome("nothing was saved", findings=tuple(found))
    connector = KINDS[kind]
    fields = {option.name: option for option in connector.place if option.form != "secret"}
    kept = {name: text.strip() for name, text in options.items() if name in fields and text.strip()}
    found += [complaint(name, message) for name, message in connector.missing(connector.place, kept).items()]
    if kind == HOOK.code and secret and min(map(len, secret.split())) < SHORTEST:
        found.append(complaint("secret", f"A secret has {SHORTEST} characters at least.", "Take a random one."))
    with transaction.atomic():
        place = lock(place)
        row = find_connection(place, known) if known else Connection(organisation=place, kind=kind)
        taken = Connection.objects.filter(organisation=place, code=code).exclude(pk=row.pk).exists()
        if taken:
            found.append(complaint("code", "Another connection has this code.", "Choose another one."))
        moved = {n for n in fields if n not in _HARMLESS and row.options.get(n, "") != kept.get(n, "")}
        if known and row.secret is not None and secret is None and moved:
            message = "The secret has to be written again, since it would be sent elsewhere."
            found.append(complaint("secret", message, "Write it again."))
        if row.kind != kind:
            found.append(complaint("kind", "The kind of a connection stays as it is.", "Make a new connection."))
        if found:
            return Outcome("nothing was saved", findings=tuple(found))
        before = {"code": row.code, "name": row.name, "kind": row.kind, **row.options} if known else None
        row.code, row.name, row.options, row.changed_at = code, name, kept, moment
        if secret is not None:
            row.secret = secret or None
        row.save()
        after = {"code": code, "name": name, "kind": kind, **kept} | ({"secret": "changed"} if secret else {})
        note_event(place, by, "connection.save", f"connection {code}", at=moment, before=before, after=after)
    return Outcome(f"{name} was saved", row)


#: What may change without the secret going to somebody else.
_HARMLESS = frozenset({"scope", "header", "user", "region"})
