"""Bytes → text: which encoding a file has, and whether it is a text at all, without holding it in memory."""

from __future__ import annotations

import codecs
import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fourfold.connectors.files.problems import not_readable, problem, refuse
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.words import show

#: The longest line of a table, in bytes: a note may have 1,000 characters, so this is ample.
LONGEST_LINE: Final = 100_000
_BLOCK: Final = 1 << 20
_WINDOWS: Final = "cp1252"
#: Beginnings of files that spreadsheets and other programs write under the name of a text.
_SIGNATURES: Final = (
    (b"PK\x03\x04", "an Excel workbook or another packed file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "packed with gzip"),
    (b"PAR1", "Parquet"),
    (b"%PDF", "a PDF"),
)
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to open a file as text, and what there is to say about that."""

    name: str
    findings: tuple[Finding, ...] = ()


@contextmanager
def as_plain(path: Path, file: str, largest: int) -> Iterator[tuple[Path, str]]:
    """The file, and an empty text; of one in UTF-16 a copy in UTF-8 for as long as it is read, and `utf-16`.

    Raises `Refused` where it begins as UTF-16 and is none.
    """
    with path.open("rb") as begun:
        if not begun.read(2).startswith(_UTF_16):
            yield path, ""
            return
    if path.stat().st_size > largest:
        raise _too_large(file, largest)
    with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
        plain = Path(folder) / path.name
        try:
            with plain.open("wb") as target, path.open(encoding="utf-16", newline="") as source:
                while block := source.read(_BLOCK):
                    target.write(block.encode())
        except UnicodeError:
            message = "The text begins as UTF-16, and is cut off or damaged further on."
            raise refuse("ENCODING", file, message, _AS_UTF8) from None
        yield plain, "utf-16"


def read_text(path: Path, file: str, largest: int) -> tuple[str, tuple[Finding, ...]]:
    """A small text file as a whole. Raises `Refused`."""
    encoding = survey(path, file, largest)
    try:
        return path.read_text(encoding.name), encoding.findings
    except OSError as error:
        raise not_readable(file, error) from None
    except UnicodeDecodeError:
        raise refuse("CHANGED", file, "The file changed while it was read.", "Try again.") from None


def survey(path: Path, file: str, largest: int, longest_line: int | None = None) -> Encoding:
    """Look at every byte once, a block at a time: size, lines, encoding. Raises `Refused`."""
    letters = _Letters(file)
    size, line, open_line = 0, 1, 0
    try:
        with path.open("rb") as source:
            while block := source.read(_BLOCK):
                if size == 0:
                    _check_signature(block, file)
                size += len(block)
                if size > largest:
                    raise _too_large(file, largest)
                if b"\0" in block:
                    at = line + _lines(block[: block.index(b"\0")])
                    raise refuse("BINARY", file, "There is a NUL byte; this is not a text.", _AS_CSV, at)
                if longest_line is not None:
                    open_line = _check_lines(block, open_line, file, line, longest_line)
                letters.take(block, line)
                line += _lines(block)
    except OSError as error:
        raise not_readable(file, error) from None
    return letters.encoding(line)


def sha256_of(path: Path) -> str:
    """Of the bytes of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


class _Letters:
    """Which encoding the blocks of a file are in: UTF-8 until a byte says otherwise, then Windows-1252 or none."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_ascii = True
        self._odd: tuple[int, bytes] | None = None

    def take(self, block: bytes, line: int) -> None:
        """Look at the next block, which begins on `line`. Raises `Refused`."""
        if self._odd is None:
            try:
                self._is_ascii = self._decoder.decode(block).isascii() and self._is_ascii
                return
            except UnicodeDecodeError as error:
                start = max(0, error.start - (len(error.object) - len(block)))
                self._odd = line + _lines(block[:start]), _around(block, start)
                is_mixed = not (self._is_ascii and error.object[: error.start].isascii())
            if is_mixed:
                raise _mixed(self._file, self._odd[0])
        _check_windows(block, self._file, line)

    def encoding(self, line: int) -> Encoding:
        """What to open the file with, after its last `line`."""
        rest = self._decoder.getstate()[0] if self._odd is None else b""
        if rest:  # the file ends within a letter of UTF-8
            if not self._is_ascii:
                raise _mixed(self._file, line)
            self._odd = line, rest
        return Encoding("utf-8-sig") if self._odd is None else Encoding(_WINDOWS, (_windows(self._file, *self._odd),))


def _check_signature(block: bytes, file: str) -> None:
    for signature, what in _SIGNATURES:
        if block.startswith(signature):
            raise refuse("BINARY", file, f"This is {what}, whatever its name says.", _AS_CSV)


def _too_large(file: str, largest: int) -> Exception:
    message = f"The file is larger than {largest / 1e6:,.0f} MB, which is the most that is read."
    return refuse("SIZE", file, message, "Split it into several files, or save it as Parquet.")


def _check_lines(block: bytes, open_line: int, file: str, line: int, longest: int) -> int:
    """Refuse a line that is too long; returns how long the last line is so far."""
    begin, number = -open_line, line
    for end in re.finditer(rb"\r\n|\n|\r", block):
        if end.start() - begin > longest:
            raise _long_line(file, number, longest)
        begin, number = end.end(), number + 1
    if len(block) - begin > longest:
        raise _long_line(file, number, longest)
    return len(block) - begin


def _long_line(file: str, line: int, longest: int) -> Exception:
    message = f"Line {line} is longer than {longest:,} bytes; no row of figures is."
    return refuse("LINE", file, message, "Look for missing line ends, or for a file that is no table.", line)


def _lines(block: bytes) -> int:
    """How many lines end in a block; `\\r\\n` is one."""
    return block.count(b"\n") or block.count(b"\r")


def _around(block: bytes, at: int) -> bytes:
    """The word around a byte."""
    begin = max(block.rfind(stop, 0, at) for stop in (b"\n", b",", b";", b"\t", b" ", b'"')) + 1
    return block[max(begin, at - 20) : at + 20].splitlines()[0]


def _check_windows(block: bytes, file: str, line: int) -> None:
    """Refuse bytes that Windows-1252 does not have either, and letters of UTF-8 (an Ã or Â before a sign)."""
    if found := re.search(rb"[\x81\x8d\x8f\x90\x9d]", block):
        message = "The text is neither UTF-8 nor Windows-1252."
        raise refuse("ENCODING", file, message, _AS_UTF8, line + _lines(block[: found.start()]))
    if found := re.search(rb"[\xc2\xc3][\x80-\xbf]", block):
        raise _mixed(file, line + _lines(block[: found.start()]))


def _mixed(file: str, line: int) -> Exception:
    message = "The text is UTF-8 in some lines and Windows-1252 in others."
    return refuse("ENCODING", file, message, _AS_UTF8, line)


def _windows(file: str, line: int, word: bytes) -> Finding:
    seen = show(re.split(r"[,;\t\"]", word.decode(_WINDOWS, "replace"))[0], 30)
    message = f"The file is not UTF-8. It was read as Windows-1252, which makes this {seen}."
    return problem("ENCODING", Place(file, line), message, _AS_UTF8, Level.WARNING)


_AS_UTF8: Final = "Save it as UTF-8 (in Excel: CSV UTF-8)."
_AS_CSV: Final = "Save it as CSV UTF-8 from the program that made it."
