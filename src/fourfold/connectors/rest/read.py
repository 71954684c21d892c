"""All pages of an answer, the rows of each, one table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceError, Window, filled, rows_of
from fourfold.connectors.rest.paging import PAGING, first_page, next_page
from fourfold.connectors.service import SIGN_IN, Service, reach_service

_PLACE: Final = (Option("url", "Address", "Where the service begins, such as https://api.example.org/v1", True),)
_ASK: Final = (
    Option("path", "Path", "What comes after the address; it may name {since} and {until}."),
    Option("method", "Method", choices=(("GET", "GET"), ("POST", "POST"))),
    Option("body", "Body", "JSON that a POST sends; it may name {since} and {until}.", form="text"),
    Option("rows", "Rows", "JMESPath to the list of rows, such as data[].{region: region, amount: total}. Without one "
           "the answer itself is the list.", form="text"),
    *PAGING,
)  # fmt: skip


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of all pages. Raises `SourceError`; a page that is missing or half there refuses all."""
    found: list[Mapping[str, Any]] = []
    for rows in _pages(Service(access, limits), ask, window):
        found += rows
        if len(found) > limits.rows:
            break
    return table_of(found, limits)


REST: Final = Connector("rest", "Service with JSON (REST)", _PLACE + SIGN_IN, _ASK, read, reach_service)


def table_of(found: list[Mapping[str, Any]], limits: Limits) -> Rows:
    """Objects as a table: a column for each name, in the order in which names first appear."""
    columns = tuple(dict.fromkeys(name for row in found for name in row))
    return rows_of(columns, [tuple(row.get(name) for name in columns) for row in found], limits)


#: What stays as it is in a path that somebody wrote; a space, a quote or a bracket is encoded, and % is taken as such.
_IN_ADDRESSES: Final = "/?&=%+:,;@!$*'()~"


def expression(text: str) -> Any:
    """A path to rows, ready to `search`; None where nothing is said. Raises `SourceError` where it cannot be read."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(text) if text.strip() else None
    except JMESPathError as error:
        said = str(error).splitlines()[0].rstrip(".:")
        raise SourceError(f"The path to the rows cannot be read: {said}.", hint="Write it as JMESPath.") from None


def _pages(service: Service, ask: Mapping[str, str], window: Window) -> Iterator[list[Mapping[str, Any]]]:
    """The rows of each page, to the last one. Raises `SourceError` where a page comes again."""
    is_post = ask.get("method") == "POST"
    body = filled(ask.get("body", ""), window, is_address=False).encode() if is_post else None
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if is_post else {})
    chosen, next_one = expression(ask.get("rows", "")), expression(ask.get("next", ""))
    page = first_page(ask, service.address(quote(filled(ask.get("path", ""), window), safe=_IN_ADDRESSES)))
    seen: set[str] = set()
    while page.url not in seen:
        seen.add(page.url)
        answer = service.ask(page.url, method="POST" if is_post else "GET", content=body, headers=headers)
        said = service.json(answer)
        rows = chosen_rows(chosen.search(said) if chosen else said)
        yield rows
        following = next_page(ask, next_one, page, answer, said, len(rows))
        if following is None:
            return
        page = following._replace(address=service.address(following.address))
    raise SourceError("The service names a page as the next one that it gave before.")


def chosen_rows(found: Any) -> list[Mapping[str, Any]]:
    """What was found, where it is a list of objects. Raises `SourceError` where it is something else."""
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        hint = "Let the path to the rows lead to a list of objects, such as data[].{region: region, amount: total}."
        raise SourceError("The answer has no list of rows where one should be.", hint=hint)
    return found


def rows_in(body: bytes, path: str, limits: Limits) -> Rows:
    """The rows of one JSON text that somebody sent: a list of objects, or one object. Raises `SourceError`."""
    chosen = expression(path)
    try:
        said = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        where = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError(f"The body is no JSON{where}.", hint="It may have been cut off; send it again.") from None
    found = _searched(chosen, said) if chosen else said
    return table_of(chosen_rows([found] if isinstance(found, dict) else found), limits)


def _searched(chosen: Any, said: Any) -> Any:
    from jmespath.exceptions import JMESPathError

    try:
        return chosen.search(said)
    except JMESPathError as error:
        message = f"The path to the rows does not fit the body: {str(error).splitlines()[0].rstrip('.:')}."
        raise SourceError(message, hint="Look at a body that the source sends.") from None
