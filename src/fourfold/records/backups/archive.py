"""The file of a backup: a ZIP archive of the database's dump, kept files and the manifest."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from fourfold.errors import Conflict
from fourfold.records.backups.manifest import NAME, Manifest, NotABackup, Part, parse_manifest

_CHUNK: Final = 1 << 20
_MANIFEST_LIMIT: Final = 4 << 20


def pack(target: Path, parts: Mapping[str, Path], manifest: Manifest) -> Manifest:
    """Write these files and the manifest, completed by their digests, to a file that is not there yet."""
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        written = {name: _add(archive, name, path) for name, path in parts.items()}
        manifest = manifest.model_copy(update={"parts": written})
        archive.writestr(NAME, manifest.model_dump_json(indent=1))
    target.chmod(0o600)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    return manifest


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Part:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as sink:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            sink.write(chunk)
    return Part(size=size, sha256=digest.hexdigest())


@dataclass(frozen=True)
class Opened:
    """A backup that is open: its manifest, and its parts on demand."""

    path: Path
    manifest: Manifest
    _archive: zipfile.ZipFile

    def extract(self, name: str, to: Path) -> None:
        """Write one part to a file; `NotABackup` where it is not, byte for byte, what was put in."""
        part, digest, size = self.manifest.parts[name], hashlib.sha256(), 0
        try:
            with self._archive.open(name) as source, to.open("xb") as sink:
                while size <= part.size and (chunk := source.read(_CHUNK)):
                    digest.update(chunk)
                    size += len(chunk)
                    sink.write(chunk)
                sink.flush()
                os.fsync(sink.fileno())
        except (zipfile.BadZipFile, KeyError, EOFError, zlib.error) as error:
            raise _damaged(self.path, f"{name} cannot be read") from error
        if (size, digest.hexdigest()) != (part.size, part.sha256):
            raise _damaged(self.path, f"{name} is not what was put in")

    def files(self, folder: str) -> Iterator[tuple[str, PurePosixPath]]:
        """The parts below a folder, each with its path inside it; a path that leads out of it is refused."""
        for name in self.manifest.parts:
            path = PurePosixPath(name)
            if path.parts[0] != folder:
                continue
            inside = PurePosixPath(*path.parts[1:])
            if not inside.parts or ".." in inside.parts or inside.is_absolute() or "\\" in name or "\0" in name:
                raise _damaged(self.path, f"it holds a file named {name!r}, which belongs nowhere")
            yield name, inside


@contextmanager
def open_backup(path: Path) -> Iterator[Opened]:
    """Open a backup and read its manifest; says what the file is instead where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            with archive.open(NAME) as file:
                manifest = parse_manifest(_limited(file), str(path))
            yield Opened(path, manifest, archive)
    except FileNotFoundError:
        raise Conflict(f"There is no file {path}.", hint="Name a file that `fourfold backup` wrote.") from None
    except (zipfile.BadZipFile, KeyError) as error:
        raise _damaged(path, "it is no archive, or was cut short") from error
    except IsADirectoryError:
        raise Conflict(f"{path} is a folder.", hint="Name one file that `fourfold backup` wrote.") from None


def _limited(file: IO[bytes]) -> bytes:
    text = file.read(_MANIFEST_LIMIT + 1)
    if len(text) > _MANIFEST_LIMIT:
        raise NotABackup("The manifest of this backup is too large to be one.")
    return text


def _damaged(path: Path, why: str) -> NotABackup:
    hint = "Nothing was restored from it. Take an earlier backup; `fourfold verify FILE` tries one out."
    return NotABackup(f"{path} is not a backup of Fourfold, or it is damaged: {why}.", hint=hint)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
