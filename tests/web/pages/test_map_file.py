"""The map as a file: what it shows on the page, with nothing left outside."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from django.test import Client

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
