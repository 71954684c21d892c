"""An entity set as a table: what to select, filter and sum up is asked of the service, pages are followed to the last.

See OData v4.01, part 1 (protocol) and the JSON format: rows stand in `value`, `@odata.nextLink` leads on. In OData v2
(“JSON format” there, and SAP Gateway) they stand in `d.results`, `__next` leads on, and days are `/Date(ms)/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urljoin

from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceError, Window, filled
from fourfold.connectors.rest.read import chosen_rows, expression, table_of
from fourfold.connectors.service import SIGN_IN, Service, reach_service

_PLACE: Final = (
    Option("url", "Address", "The root of the service, such as https://erp.example.org/odata/v4/sales", True),
)
_PARTS: Final = (("select", "$select"), ("filter", "$filter"), ("apply", "$apply"), ("orderby", "$orderby"))
_ASK: Final = (
    Option("entity", "Entity set", "Such as salesInvoices.", True),
    Option("select", "$select", "The properties that are needed, between commas."),
    Option("filter", "$filter", "Such as postingDate ge {since} and postingDate le {until}; in OData v2 such as "
           "PostingDate ge datetime'{since}T00:00:00'.", form="text"),
    Option("apply", "$apply", "Summing up at the service, where it can.", form="text"),
    Option("orderby", "$orderby"),
    Option("rows", "Rows", "JMESPath to the list of rows, such as [].{day: EndDate, won: Won && '1' || '0'}. Without "
           "one each entity is a row.", form="text"),
)  # fmt: skip
_HEADERS: Final = {"Accept": "application/json", "OData-MaxVersion": "4.01"}
#: Milliseconds since 1970 in UTC, and the minutes by which the clock there was ahead of it.
_DATE: Final = re.compile(r"/Date\((-?\d{1,14})([+-]\d{4})?\)/")


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of all pages. Raises `SourceError`; a page that is missing or half there refuses all."""
    service = Service(access, limits)
    parts = [f"{name}={quote(filled(ask[key], window), safe='')}" for key, name in _PARTS if ask.get(key)]
    url: str | None = service.address(quote(ask["entity"], safe="/(),'=")) + ("?" + "&".join(parts) if parts else "")
    chosen = expression(ask.get("rows", ""))
    found: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    while url is not None and len(found) <= limits.rows:
        if url in seen:
            raise SourceError("The service names a page as the next one that it gave before.")
        seen.add(url)
        entities, link = _page(service.json(service.ask(url, headers=_HEADERS)))
        found += chosen_rows(chosen.search(entities)) if chosen else entities
        url = service.address(urljoin(url, link)) if link else None
    return table_of(found, limits)


def _page(said: Any) -> tuple[list[Mapping[str, Any]], str]:
    """The entities of an answer, and where it goes on; nothing after the last."""
    said = said.get("d", said) if isinstance(said, dict) else said
    held = said if isinstance(said, dict) else {"results": said}
    rows = held.get("value", held.get("results"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        hint = "Name an entity set; a single entity or a count has no rows."
        raise SourceError("The answer has no list “value” or “d.results”, as OData v4 or v2 would.", hint=hint)
    link = held.get("@odata.nextLink") or held.get("@nextLink") or held.get("__next") or ""
    return [_entity(row) for row in rows], str(link)


def _entity(row: Mapping[str, Any]) -> dict[str, Any]:
    """What it says of itself, without what the protocol says of it, and without what was not asked to be expanded."""
    return {
        name: _entity(value) if isinstance(value, dict) else _moment(value) for name, value in row.items()
        if "@" not in name and name != "__metadata" and not (isinstance(value, dict) and "__deferred" in value)
    }  # fmt: skip


def _moment(value: Any) -> Any:
    """A moment of OData v2 as a text: a day where it is midnight, as SAP writes days; anything else as it is.

    >>> _moment("/Date(1130112000000)/"), _moment("/Date(1130168212000+0120)/")
    ('2005-10-24', '2005-10-24T17:36:52')
    """
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]), minutes=int(found[2] or 0))
    except OverflowError:  # before the first year
        return value
    is_day = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date().isoformat() if is_day else moment.replace(tzinfo=None).isoformat()


ODATA: Final = Connector("odata", "OData service", _PLACE + SIGN_IN, _ASK, read, reach_service)
