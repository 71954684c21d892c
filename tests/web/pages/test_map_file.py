"""The map as a file: what it shows on the page, with nothing left outside."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import pypdfium2
from django.test import Client
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"


def test_the_file_is_the_map_with_its_colours_and_type_inside(alice: Client) -> None:
    answer = alice.get("/s/bakery/map.svg?p=2026-04")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"] == 'attachment; filename="strategy-map-harbour-bakery-apr-2026.svg"'
    text = answer.content.decode()
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert {e.text for e in root.iter(f"{SVG}text")} >= {"Earn our keep", "Delight customers", "Finance"}
    style = root.find(f"{SVG}style")
    assert style is not None and style.text is not None
    assert not re.search(r"var\(|light-dark|url\(|@", style.text)
    used = {name for e in root.iter() for name in e.get("class", "").split()}
    assert {"bx", "nn", "lk", "bandline"} <= used
    assert all(f".{name}" in style.text for name in ("bx", "nn", "lk", "bandline"))
    assert all(e.get("href", "#").startswith("#") for e in root.iter())


def test_the_file_is_for_whoever_may_take_figures_out(alice: Client, bob: Client) -> None:
    assert "map.svg" in alice.get("/s/north/map/").content.decode()
    assert "map.svg" not in bob.get("/s/north/map/").content.decode()
    refused = bob.get("/s/north/map.svg")
    assert refused.status_code == 403 and "take figures out as a file" in refused.content.decode()


def test_the_file_shows_nobody_more_than_the_page(bob: Client, charlie: Client) -> None:
    assert bob.get("/s/south/map.svg").status_code == 404
    assert charlie.get("/s/bakery/map.svg").status_code == 404


def test_the_map_is_one_page_of_pdf_with_its_words(alice: Client) -> None:
    answer = alice.get("/s/bakery/map.pdf?p=2026-04")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="strategy-map-harbour-bakery-apr-2026.pdf"'
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == 1
    words = document[0].get_textpage().get_text_bounded()
    assert {"Earn our keep", "Delight customers", "Finance", "Customers"} <= set(words.splitlines())


def test_the_picture_has_the_colours_of_the_map(alice: Client) -> None:
    answer = alice.get("/s/bakery/map.png?p=2026-04")
    assert answer["Content-Type"] == "image/png"
    picture = Image.open(BytesIO(answer.content)).convert("RGB")
    assert picture.width > 700, "twice as sharp as on the screen"
    found = {colour for _, colour in picture.getcolors(1 << 20) or ()}
    assert (255, 255, 255) in found
    assert any(abs(r - 0xB3) < 8 and abs(g - 0x20) < 8 and abs(b - 0x2C) < 8 for r, g, b in found), "off target"


def test_files_of_every_kind_are_for_whoever_may_take_figures_out(bob: Client, charlie: Client) -> None:
    for kind in ("svg", "png", "pdf"):
        assert bob.get(f"/s/north/map.{kind}").status_code == 403
        assert charlie.get(f"/s/bakery/map.{kind}").status_code == 404
