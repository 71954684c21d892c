"""Say whether the database holds together: what is stored, what follows from it, and what only keys can open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, IntegrityError, connection

import fourfold
from fourfold.actions._runs import VIEWS, compute
from fourfold.actions.outcome import Outcome
from fourfold.actions.verify_chains import verify_chains
from fourfold.errors import Forbidden, FourfoldError
from fourfold.records.frames.result import differing_results
from fourfold.records.models import DataKey, Evaluation, Organisation, Person, Secret
from fourfold.records.schema import missing_migrations
from fourfold.records.secrets.data_keys import open_data_key


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was looked at, whether it is well, and what was found."""

    thing: str
    ok: bool
    said: str


def verify_installation(*, by: Person | None) -> Outcome[tuple[Verdict, ...]]:
    """Integrity, references, stored results against recomputed ones, chains of events, keys.

    Nothing is written but how far each chain was followed, and when. For the administrator of the machine. The value
    has a verdict for each part.
    """
    if by is not None:
        raise Forbidden("Only the administrator of the machine can verify the installation.")
    found = tuple(_verdicts())
    bad = [v for v in found if not v.ok]
    return Outcome(f"{len(bad)} of {len(found)} checks failed" if bad else f"{len(found)} checks, all well", found)


def _verdicts() -> Iterator[Verdict]:
    missing = missing_migrations()
    yield Verdict("schema", not missing, f"{len(missing)} migrations missing" if missing else "of this version")
    if missing:  # nothing else can be read
        return
    yield _integrity()
    for organisation in Organisation.objects.order_by("pk"):
        yield _results(organisation)
    yield from _chains()
    yield _keys()


def _integrity() -> Verdict:
    """What the database says of its own pages, and whether every reference leads somewhere."""
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA integrity_check")
                (answer,) = cursor.fetchone()
            if answer != "ok":
                return Verdict("database", False, answer)
        connection.check_constraints()
    except (DatabaseError, IntegrityError) as error:
        return Verdict("database", False, str(error).splitlines()[0])
    return Verdict("database", True, f"{connection.vendor} finds it whole")


def _results(organisation: Organisation) -> Verdict:
    """Every stored result again, from the figures."""
    thing = f"results of {organisation.code}"
    last = Evaluation.objects.filter(organisation=organisation).order_by("-pk").first()
    if last is None or last.engine_version != fourfold.__version__ or last.input_version != organisation.version:
        why = f"by version {last.engine_version}, and figures came after it" if last else "there is none"
        return Verdict(thing, True, f"not compared; the last evaluation: {why}")
    computed = compute(organisation, last.as_of)
    if computed.ready is None:
        return Verdict(thing, True, "none yet")
    frames = zip(VIEWS, (run.frame() for run in computed.runs), strict=True)
    sizes, different = 0, 0
    for view, frame in frames:
        sizes += frame.height
        different += differing_results(computed.ready, view, frame)
    if different:
        return Verdict(thing, False, f"{different:,} of {sizes:,} differ from what the figures give")
    return Verdict(thing, True, f"{sizes:,} computed again, all the same")


def _chains() -> Iterator[Verdict]:
    """Every chain of events from its start to its head; anchors are for `fourfold audit verify`."""
    found = verify_chains(by=None).value
    assert found is not None
    for each in found.verdicts:
        yield Verdict(f"events of {each.name}", not each.wrong, each.wrong or f"{each.seq:,} in an unbroken chain")
    guarded = "the database refuses to change one" if found.guarded else "the database lets them be changed"
    yield Verdict("guard of the events", found.guarded, guarded)


def _keys() -> Verdict:
    """Every data key opens, and every secret with it."""
    try:
        keys = [open_data_key(row) for row in DataKey.objects.all()]
        opened = [secret.value for secret in Secret.objects.all()]
    except FourfoldError as error:
        return Verdict("keys", False, error.message)
    return Verdict("keys", True, f"{len(opened)} secrets open with {len(keys)} data keys")
