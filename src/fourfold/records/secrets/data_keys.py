"""The data key of an organisation: made when it is first needed, and opened with the master key that locked it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from fourfold.errors import ConfigurationError
from fourfold.records.models.data_key import DataKey
from fourfold.records.secrets.envelope import lock, unlock
from fourfold.records.secrets.master_key import LENGTH, MasterKey, read_keys, write_keys

HINT: Final = "Put that key back into {path}: `fourfold restore --keys FILE`, or copy the file from where it was kept."


def master_keys() -> tuple[MasterKey, ...]:
    """The keys of this installation, the newest first."""
    return read_keys(Path(settings.MASTER_KEY_FILE))


def master_key() -> MasterKey:
    """The newest key, which locks what is new; made where there is none and nothing waits for one."""
    if keys := master_keys():
        return keys[0]
    if needed := missing_keys(()):
        raise _missing(needed[0])
    key = MasterKey.new()
    write_keys(Path(settings.MASTER_KEY_FILE), (key,))
    return key


def missing_keys(keys: tuple[MasterKey, ...] | None = None) -> list[str]:
    """Ids of the master keys that data keys are locked with and that this installation does not have."""
    there = {key.id for key in (master_keys() if keys is None else keys)}
    return [id_ for id_ in needed_keys() if id_ not in there]


def needed_keys() -> list[str]:
    """Ids of all master keys that data keys are locked with."""
    used = DataKey.objects.order_by("master_key").values_list("master_key", flat=True)  # house: keys are nobody's
    return list(used.distinct())


def new_data_key(organisation: int, under: MasterKey) -> tuple[DataKey, bytes]:
    """A fresh data key, stored locked, and what it is."""
    row = DataKey(organisation_id=organisation, master_key=under.id)
    secret = os.urandom(LENGTH)
    row.locked = lock(under.secret, secret, place_of(row))
    row.save()
    return row, secret


def current_data_key(organisation: int) -> tuple[DataKey, bytes]:
    """The organisation's newest data key, made where it has none."""
    row = DataKey.objects.filter(organisation=organisation).order_by("-made_at").first()  # house: keys are nobody's
    if row is None:
        return new_data_key(organisation, master_key())
    return row, open_data_key(row)


def data_key(pk: UUID, organisation: int) -> bytes:
    """The data key with this id, if it is this organisation's."""
    return open_data_key(DataKey.objects.get(pk=pk, organisation=organisation))  # house: keys are nobody's


def open_data_key(row: DataKey, keys: tuple[MasterKey, ...] | None = None) -> bytes:
    """What the row holds; `ConfigurationError` names the master key where that is missing."""
    for key in master_keys() if keys is None else keys:
        if key.id == row.master_key:
            return unlock(key.secret, row.locked, place_of(row))
    raise _missing(row.master_key)


def place_of(row: DataKey) -> str:
    """What a locked data key is bound to."""
    return f"{row.organisation_id}|data key|{row.pk}"


def _missing(id_: str) -> ConfigurationError:
    path = settings.MASTER_KEY_FILE
    return ConfigurationError(f"The master key {id_} is not in {path}.", hint=HINT.format(path=path))
