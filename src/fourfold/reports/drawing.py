"""A drawing as a document: on one page as PDF, and as a picture.

WeasyPrint sets the page, PDFium makes the picture of it, so that both show the same. Both are loaded when first asked
for: they take a second, and a server that never makes a file does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from fourfold.errors import FourfoldError, Kind

#: Points of a picture for each point of the page, and the widest picture.
_SHARP: Final = 2.0
_WIDEST: Final = 8_000
_MARGIN: Final = 24
_PAGE: Final = """<!doctype html><html lang="en"><head><title>{title}</title><style>{faces}
@page {{ size: {page_width}px {page_height}px; margin: {margin}px; }} body {{ margin: 0; }}
svg {{ width: {width}px; height: {height}px; }}
</style></head><body>{svg}</body></html>"""
_FACE: Final = '@font-face {{ font-family: "{family}"; src: url("{url}"); font-weight: 200 900; }}'


class NoPdf(FourfoldError):
    """A library that makes PDF is not there."""

    kind = Kind.UNAVAILABLE


def pdf_of(svg: str, size: tuple[float, float], *, title: str, fonts: Mapping[str, Path]) -> bytes:
    """The drawing on one page of its own size, as PDF with text that can be selected.

    `svg` refers to nothing outside; `size` is its width and height in pixels; `fonts` are files by family. Raises
    `NoPdf` where Pango, which WeasyPrint needs, is not installed.
    """
    width, height = size
    faces = "\n".join(_FACE.format(family=family, url=path.as_uri()) for family, path in fonts.items())
    page = _PAGE.format(
        title=escape(title), faces=faces, svg=svg, margin=_MARGIN,
        width=width, height=height, page_width=width + 2 * _MARGIN, page_height=height + 3 * _MARGIN,
    )  # fmt: skip
    made: bytes = _weasyprint().HTML(string=page).write_pdf()
    return made


def picture_of(pdf: bytes) -> bytes:
    """The first page of a PDF as PNG, twice as sharp as the page, at most 8,000 points wide."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        sharp = min(_SHARP / 0.75, _WIDEST / page.get_width())  # a point of the page is four thirds of a pixel
        made = BytesIO()
        page.render(scale=sharp).to_pil().save(made, "PNG", optimize=True)
    finally:
        document.close()
    return made.getvalue()


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:  # a library of the system that it loads
        hint = "Install Pango (libpango-1.0-0 and libpangoft2-1.0-0) on the server. SVG and printing work without."
        raise NoPdf("This server cannot make PDF: Pango is not installed.", hint=hint) from error
    return weasyprint
