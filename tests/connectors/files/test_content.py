"""What a file is, told by its content; and under which name it is handed out."""

from __future__ import annotations

import io
import zipfile

import polars as pl
import pytest

from fourfold.connectors.files import content
from fourfold.connectors.files.content import KINDS, Content, content_of, fitting_name
from fourfold.connectors.files.safe_headers import safe_headers


def packed(*names: str, **texts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, b"<x/>")
        for name, text in texts.items():
            file.writestr(name, text)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_excel(out)
    return out.getvalue()


XLSX = ("[Content_Types].xml", "xl/workbook.xml")
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", content.PDF),
        (b"\n%PDF-1.4", content.PDF),
        (b"\x89PNG\r\n\x1a\n....", content.PNG),
        (b"\xff\xd8\xff\xe0....", content.JPEG),
        (b"GIF89a....", content.GIF),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", content.WEBP),
        (packed(*XLSX), content.XLSX),
        (packed(mimetype=content.ODS.media_type.encode()), content.ODS),
        (OLD, content.XLS),
        ("Umsatz März: 1.234,50 €".encode(), content.TEXT),
        ("Umsatz März".encode("cp1252"), content.TEXT),
        ("Umsatz März".encode("utf-16"), content.TEXT),
        (b"a < b, and b > c", content.TEXT),
    ],
)
def test_a_kind_is_told_by_the_content(data: bytes, kind: Content) -> None:
    assert content_of(data) is kind


def test_a_workbook_as_a_program_writes_it_is_a_spreadsheet() -> None:
    assert content_of(workbook()) is content.XLSX


@pytest.mark.parametrize(
    "data",
    [
        b"", b"  \n", b"MZ\x90\x00", b"\x7fELF\x02", b"PK\x03\x04 broken", b"\x00\x01text",
        b"<!DOCTYPE html><p>hello", b"  <svg xmlns='http://www.w3.org/2000/svg'/>", b"\xef\xbb\xbf<?xml version='1'?>",
        "<script>alert(1)</script>".encode("utf-16"), b"x\n<IFRAME src=//e.example>", b"a" * 70_000 + b"<script>",
        packed(*XLSX, "xl/vbaProject.bin"), packed("word/document.xml", "[Content_Types].xml"), packed("a.exe"),
        packed("Basic/Standard/Module1.xml", mimetype=content.ODS.media_type.encode()),
        OLD + "_VBA_PROJECT".encode("utf-16-le"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a letter",
    ],
)  # fmt: skip
def test_what_a_browser_or_an_office_would_run_is_no_kind(data: bytes) -> None:
    assert content_of(data) is None


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_no_kind() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in XLSX:
            file.writestr(name, b"0" * 3_000_000)
    assert content_of(out.getvalue()) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bill.pdf", "bill.pdf"), ("bill.PDF", "bill.PDF"), ("bill.html", "bill.html.pdf"), ("", "file.pdf"),
        ("../../etc/passwd", "passwd.pdf"), ("C:\\Users\\a\\bill.pdf", "bill.pdf"), ("..", "file.pdf"),
        ("bill\u202efdp.exe", "billfdp.exe.pdf"), ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"), ("\0", "file.pdf"),
    ],
)  # fmt: skip
def test_a_name_has_no_folder_and_ends_as_its_kind_does(name: str, told: str) -> None:
    assert fitting_name(name, content.PDF) == told


def test_a_file_is_saved_and_nothing_else() -> None:
    said = safe_headers('a"; filename="x.html\r\nX: 1')
    assert said["Content-Disposition"].startswith("attachment; ") and "\r" not in "".join(said.values())
    assert said["Content-Disposition"].count('"') == 2
    assert said["X-Content-Type-Options"] == "nosniff" and "sandbox" in said["Content-Security-Policy"]
    assert not any(kind.media_type.startswith(("text/html", "image/svg", "text/xml")) for kind in KINDS)
