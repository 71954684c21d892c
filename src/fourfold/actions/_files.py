"""What is kept of a file when its work is done: how files like it are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fourfold.records.models import Mapping as KeptMapping
from fourfold.records.models import Organisation, Person, Upload


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Of a file: the SHA-256 of its bytes, how its columns were read, and the shape of its header, which is remembered.

    `upload` is the one it came by, which has done its work then.
    """

    sha256: str
    mapping: Mapping[str, Any] | None = None
    shape: str = ""
    upload: UUID | None = None


def remember(organisation: Organisation, file: FileFacts, *, by: Person | None, at: datetime) -> None:
    """How files of this shape are read; the upload goes."""
    if file.upload and by is not None:
        Upload.objects.visible_to(by).filter(pk=file.upload).delete()
    if file.shape and file.mapping:
        KeptMapping.objects.update_or_create(
            organisation=organisation, shape=file.shape, defaults={"spec": file.mapping, "by": by, "at": at}
        )
