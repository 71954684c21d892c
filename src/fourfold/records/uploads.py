"""The bytes of uploads: written down part by part as they come, and written out as a file to be read."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from fourfold.records.models import Upload, UploadPart

PART: Final = 1 << 20


def write_parts(upload: Upload, content: Iterable[bytes]) -> None:
    """Keep the bytes of an upload that has none yet, with how many they are and their SHA-256."""
    digest, size = hashlib.sha256(), 0
    for number, part in enumerate(_parts(content)):
        digest.update(part)
        size += len(part)
        UploadPart.objects.create(upload=upload, number=number, content=part)
    upload.sha256, upload.size = digest.hexdigest(), size
    upload.save(update_fields=("sha256", "size"))


def _parts(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of one size."""
    held = bytearray()
    for some in content:
        held += some
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def write_out(upload: Upload, path: Path, most: int = 0) -> bool:
    """Write the file, or its whole lines within the first `most` bytes of it; True where that is all of it."""
    parts = upload.parts.all()
    if most and upload.size > most:
        parts = parts.filter(number__lt=max(1, most // PART))
    with path.open("wb") as target:
        for part in parts.iterator(chunk_size=4):
            target.write(bytes(part.content))
        if not most or upload.size <= most:
            return True
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", "ignore").encode()
    path.write_bytes(content[: content.rfind(b"\n") + 1])
    return False
