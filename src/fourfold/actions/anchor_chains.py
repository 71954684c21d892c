"""Write the heads of all chains, signed, to a place outside the database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from fourfold.actions.outcome import Outcome
from fourfold.errors import ConfigurationError, NotFound
from fourfold.records.chain_anchor import ChainAnchor, chain_name, read_or_make_key, signed
from fourfold.records.models import Chain, Person


def anchor_chains(
    *, by: Person | None, folder: Path | None = None, at: datetime | None = None
) -> Outcome[tuple[ChainAnchor, ...]]:
    """Append an anchor of every chain to the month's file in the folder (that of the settings without one).

    Only the administrator of the machine and its jobs may (`by=None`): the key is the machine's.
    """
    if by is not None:
        raise NotFound
    moment = at or datetime.now(UTC)
    key = read_or_make_key(settings.AUDIT_KEY_FILE)
    heads = Chain.objects.filter(seq__gt=0).order_by("organisation").values_list("organisation", "seq", "hash")
    made = tuple(signed(chain_name(organisation), seq, head, moment, key) for organisation, seq, head in heads)
    file = file_of(folder or settings.AUDIT_ANCHORS, moment)
    _append(file, made)
    return Outcome(f"{len(made)} anchor{'s' if len(made) != 1 else ''} in {file}", made)


def file_of(folder: Path, at: datetime) -> Path:
    """The file of a month."""
    return folder / f"anchors-{at:%Y-%m}.jsonl"


def _append(file: Path, anchors: Sequence[ChainAnchor]) -> None:
    """They are on the disk when this returns."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.writelines(f"{anchor.line}\n" for anchor in anchors)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        hint = "Let FOURFOLD_AUDIT_ANCHORS name a folder that this user may write to."
        raise ConfigurationError(f"{file} cannot be written ({error.strerror}).", hint=hint) from error
