"""Reading a page as a person does: the words of a part, and where its links lead."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(("", dict(attrs).get("href") or ""))
        if tag not in VOID:
            self._open.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if any(tag in ("script", "style") for tag, _ in self._open):
            return
        self.words.append(data)
        if any(tag == "a" for tag, _ in self._open) and self.links:
            name, url = self.links[-1]
            self.links[-1] = (name + data, url)


def main_of(response: HttpResponse) -> str:
    """The markup of the main part, without the frame round it."""
    text = response.content.decode()
    return text[text.index('<main class="main"') : text.index("</main>")]


def words_of(markup: str) -> str:
    """What one reads, with single spaces."""
    reader = _Reader()
    reader.feed(markup)
    return " ".join(" ".join(reader.words).split())


def links_of(markup: str) -> dict[str, str]:
    """Addresses by the words of their links; the first of several with the same words."""
    reader = _Reader()
    reader.feed(markup)
    links: dict[str, str] = {}
    for name, url in reader.links:
        links.setdefault(" ".join(name.split()), url)
    return links


def open_page(person: Client, address: str) -> str:
    """The main part of a page that opens."""
    response = person.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return main_of(response)
