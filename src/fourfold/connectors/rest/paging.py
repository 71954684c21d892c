"""How services give more rows than fit into one answer: by number, by offset, by a cursor, by a Link header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from fourfold.connectors.egress import Fetched
from fourfold.connectors.port import Option

PAGING: Final = (
    Option("paging", "Pages", choices=(
        ("none", "all rows in one answer"), ("page", "by page number"), ("offset", "by offset"),
        ("cursor", "by cursor or address in the answer"), ("link", "by Link header"),
    )),
    Option("page_parameter", "Parameter of the page", "Such as page, offset or cursor."),
    Option("first_page", "First page", "The number that pages begin with; 1 where nothing is said.", form="number"),
    Option("size_parameter", "Parameter of the size", "Such as per_page or limit."),
    Option("size", "Rows on a page", "A page with fewer is the last one.", form="number"),
    Option("next", "Next page", "JMESPath to the cursor, or to the address, of the next page."),
)  # fmt: skip


class Page(NamedTuple):
    """What is asked for: an address and what is added to its query."""

    address: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """The whole address."""
        return self.address + ("&" if "?" in self.address else "?") * bool(self.query) + urlencode(self.query)


def first_page(ask: Mapping[str, str], address: str) -> Page:
    """The page to begin with."""
    query = {}
    if ask.get("paging") in ("page", "offset"):
        query[_parameter(ask)] = ask.get("first_page") or ("1" if ask["paging"] == "page" else "0")
    if ask.get("size_parameter") and ask.get("size"):
        query[ask["size_parameter"]] = ask["size"]
    return Page(address, tuple(query.items()))


def next_page(ask: Mapping[str, str], cursor_at: Any, at: Page, answer: Fetched, said: Any, count: int) -> Page | None:
    """The page after one with so many rows; None after the last one. `cursor_at` finds a cursor in what is said."""
    paging = ask.get("paging", "none")
    if paging in ("page", "offset"):
        is_last = count == 0 or (ask.get("size", "") != "" and count < int(ask["size"]))
        step = 1 if paging == "page" else count
        return None if is_last else _with(at, _parameter(ask), str(int(dict(at.query)[_parameter(ask)]) + step))
    if paging == "cursor":
        cursor = cursor_at.search(said) if cursor_at else None
        if not isinstance(cursor, str | int) or cursor in ("", False):
            return None
        is_address = str(cursor).startswith(("http://", "https://", "/"))
        return Page(str(cursor)) if is_address else _with(at, _parameter(ask), str(cursor))
    if paging == "link":
        return Page(answer.next_link) if answer.next_link else None
    return None


def _parameter(ask: Mapping[str, str]) -> str:
    return ask.get("page_parameter") or ask["paging"]


def _with(at: Page, name: str, value: str) -> Page:
    return Page(at.address, tuple((dict(at.query) | {name: value}).items()))
