"""What a file is, told by what is in it: a name says nothing that somebody else could not have written."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Final

#: Bytes in which a PDF may begin.
_HEAD: Final = 1024
#: Parts of a packed file, bytes it unpacks to, and how many times larger that may be.
_PARTS, _UNPACKED, _RATIO = 2_000, 200_000_000, 100
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
#: What a browser would run or draw, whatever it is called.
_MARKUP: Final = re.compile(
    r"<\s*(!doctype|!entity|html|head|body|svg|script|iframe|object|embed|style|meta|link|img|math|\?xml)", re.I
)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Content:
    """A kind of file: what people call it, how it is sent, and how its name ends."""

    word: str
    media_type: str
    endings: tuple[str, ...]


PDF: Final = Content("PDF", "application/pdf", (".pdf",))
PNG: Final = Content("image", "image/png", (".png",))
JPEG: Final = Content("image", "image/jpeg", (".jpg", ".jpeg"))
GIF: Final = Content("image", "image/gif", (".gif",))
WEBP: Final = Content("image", "image/webp", (".webp",))
XLSX: Final = Content(
    "spreadsheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)
)
ODS: Final = Content("spreadsheet", _ODS.decode(), (".ods",))
XLS: Final = Content("spreadsheet", "application/vnd.ms-excel", (".xls",))
TEXT: Final = Content("text", "text/plain; charset=utf-8", (".txt", ".csv", ".tsv", ".md", ".json", ".log"))

KINDS: Final = (PDF, PNG, JPEG, GIF, WEBP, XLSX, ODS, XLS, TEXT)
_SIGNED: Final = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"GIF87a", GIF), (b"GIF89a", GIF))


def content_of(data: bytes) -> Content | None:
    """The kind of a file that is a PDF, an image, a spreadsheet or a plain text; None for any other one.

    A spreadsheet with macros is none, nor one that unpacks to far more than it is; a text that is a page of the web or
    a drawing (HTML, SVG, XML) is none either.

    >>> content_of(b"%PDF-1.7 ...").word
    'PDF'
    >>> content_of(b"<svg onload=alert(1)>") is None
    True
    """
    if data[:_HEAD].lstrip().startswith(b"%PDF-"):
        return PDF
    for signature, kind in _SIGNED:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if data.startswith(_OLD_WORKBOOK):
        is_plain = "Workbook".encode("utf-16-le") in data and "_VBA_PROJECT".encode("utf-16-le") not in data
        return XLS if is_plain else None
    return TEXT if _is_text(data) else None


def fitting_name(name: str, kind: Content) -> str:
    """The name without any folder, ending as files of the kind do.

    >>> fitting_name("C:\\\\bills\\\\may.pdf.exe", PDF)
    'may.pdf.exe.pdf'
    >>> fitting_name("../../bill.PDF", PDF)
    'bill.PDF'
    """
    bare = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", name.replace("\\", "/")).split("/")[-1]
    bare = bare.strip(" .")[-200:] or "file"
    return bare if bare.casefold().endswith(kind.endings) else bare + kind.endings[0]


def _packed(data: bytes) -> Content | None:
    """A workbook that holds no macros, no entities and no more than it should; its cells are not read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > _PARTS or size > _UNPACKED or size > _RATIO * len(data):
                return None
            names = {part.filename for part in parts}
            if any(name.casefold().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                return None
            if "mimetype" in names and packed.open("mimetype").read(len(_ODS) + 1) == _ODS:
                return ODS
            return XLSX if {"[Content_Types].xml", "xl/workbook.xml"} <= names else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("cp1252")
        except UnicodeDecodeError:
            return False
    return bool(text.strip()) and not _CONTROL.search(text) and not _MARKUP.search(text)
