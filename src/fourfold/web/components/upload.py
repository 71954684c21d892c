"""Files that were handed over: read as a grid the way the form says, and tables to take away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.http import HttpResponse

from fourfold.actions.keep_upload import LARGEST, keep_upload
from fourfold.connectors.files.grid import READ, SEPARATED, SEPARATORS, Grid, read_grid
from fourfold.engine.findings import Finding
from fourfold.records.models import Upload
from fourfold.records.uploads import write_out
from fourfold.web.address import Here
from fourfold.web.requests import Request

#: Of a larger text the pages look at so many bytes of whole lines; what is done with it reads all of it.
LOOKED_AT: Final = 2_000_000


def grid_of(
    kept: Upload, posted: Mapping[str, str], *, most: int = 0
) -> tuple[Grid | None, tuple[Finding, ...]]:
    """The cells of the file, by the sheet, encoding and separator that were sent; None and why not.

    Of a text with more bytes than `most` (`LOOKED_AT` without it) it is the first ones.
    """
    given = {name: posted.get(name, "")[:100] for name in ("sheet", "encoding")}
    separator = {"tab": "\t"}.get(posted.get("separator", ""), posted.get("separator", ""))
    if separator not in ("", *SEPARATORS):
        separator = ""
    with _file(kept, most) as path:
        return read_grid(path, kept.name, separator=separator, **given)


def line_of(posted: Mapping[str, str]) -> int:
    """The line of the header that was sent, 0 for none."""
    text = posted.get("header", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def asked_for_file() -> dict[str, object]:
    """What a form says of the files that it takes."""
    return {"endings": READ, "most": f"{LARGEST / 1e6:,.0f}"}


def handed_over(request: Request, here: Here) -> tuple[Upload | None, str]:
    """The file of a form that was sent, kept; or None and why, which is empty where nothing was sent."""
    sent = request.FILES.get("file") if request.method == "POST" else None
    if sent is None:
        return None, "Choose a file." if request.method == "POST" else ""
    organisation = here.scope.structure.organisation.code
    outcome = keep_upload(
        by=request.user, organisation=organisation, name=sent.name or "", content=sent.chunks(), size=sent.size or 0
    )  # fmt: skip
    return outcome.value, " ".join(f.words for f in outcome.findings)


def csv_file(text: str, name: str) -> HttpResponse:
    """A table to take away."""
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def is_sampled(kept: Upload, most: int = 0) -> bool:
    """Whether of this file pages that look at so much of a text, as `grid_of`, see the beginning alone."""
    return kept.size > (most or LOOKED_AT) and Path(kept.name).suffix.casefold() in SEPARATED


@contextmanager
def _file(kept: Upload, most: int) -> Iterator[Path]:
    """The upload as a file of its own, for as long as it is read; its name says nothing but its form."""
    with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
        path = Path(folder) / f"upload{Path(kept.name).suffix.casefold()}"
        write_out(kept, path, (most or LOOKED_AT) if is_sampled(kept, most) else 0)
        yield path
