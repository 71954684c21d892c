"""Lock everything that is secret with new keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import Forbidden
from fourfold.records.models import DataKey, Organisation, Person
from fourfold.records.secrets.data_keys import master_keys, new_data_key, open_data_key
from fourfold.records.secrets.field import SecretField
from fourfold.records.secrets.master_key import MasterKey, write_keys


@dataclass(frozen=True, slots=True)
class Rotated:
    """Ids of the newest master key and of those before it, and how much was locked anew."""

    master_key: str
    earlier: tuple[str, ...]
    data_keys: int
    secrets: int


def rotate_keys(*, by: Person | None, dry_run: bool = False, at: datetime | None = None) -> Outcome[Rotated]:
    """A new master key, a new data key for each organisation that has one, and every secret under it.

    One organisation after the other, each in a transaction; what was interrupted is done by running it again. Earlier
    master keys stay in their file, since backups made before need them; earlier data keys are removed, since nothing
    needs them. `dry_run` opens everything and changes nothing. For the administrator of the machine.
    """
    if by is not None:
        raise Forbidden("Only the administrator of the machine can rotate keys.")
    keys, moment = master_keys(), at or datetime.now(UTC)
    for row in DataKey.objects.all():
        open_data_key(row, keys)  # all or none: a key that is missing is found before anything is changed
    waiting = list(Organisation.objects.filter(pk__in=DataKey.objects.values("organisation")).order_by("pk"))
    fresh = MasterKey.new()
    if not dry_run:
        write_keys(Path(settings.MASTER_KEY_FILE), (fresh, *keys))
    secrets = sum(_rotate(organisation, fresh, moment, dry_run) for organisation in waiting)
    done = Rotated("" if dry_run else fresh.id, tuple(key.id for key in keys), len(waiting), secrets)
    count = f"{secrets} secrets of {len(waiting)} organisations"
    return Outcome(f"{count} can be locked anew" if dry_run else f"{count} locked anew under {fresh.id}", done)


def _rotate(organisation: Organisation, under: MasterKey, moment: datetime, dry_run: bool) -> int:
    """How many secrets the organisation has; all of them under a new data key."""
    count = 0
    with transaction.atomic():
        held = lock(organisation)
        before = list(DataKey.objects.filter(organisation=held).values_list("pk", flat=True))
        if not dry_run:
            new_data_key(held.pk, under)
        for model, field in secret_fields():
            for row in model._default_manager.filter(organisation=held).exclude(**{field.attname: None}):
                count += 1
                text = getattr(row, field.attname).reveal()
                if not dry_run:
                    setattr(row, field.attname, text)
                    row.save(update_fields=(field.name,))
        if not dry_run:
            DataKey.objects.filter(pk__in=before).delete()
            note_event(held, None, "keys.rotate", "data key", at=moment, after={"secrets": count, "key": under.id})
    return count


def secret_fields() -> list[tuple[type[models.Model], SecretField]]:
    """Every field of every table that keeps a secret."""
    fields: list[tuple[type[models.Model], Any]] = [(m, f) for m in apps.get_models() for f in m._meta.get_fields()]
    return [(model, field) for model, field in fields if isinstance(field, SecretField)]
