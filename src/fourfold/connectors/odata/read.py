"""An entity set as a table: what to select, filter and sum up is asked of the service, pages are followed to the last.

See OData v4.01, part 1 (protocol) and the JSON format: rows stand in `value`, `@odata.nextLink` leads on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceError, Window, filled
from fourfold.connectors.rest.read import table_of
from fourfold.connectors.service import SIGN_IN, Service, reach_service

_PLACE: Final = (
    Option("url", "Address", "The root of the service, such as https://erp.example.org/odata/v4/sales", True),
)
_PARTS: Final = (("select", "$select"), ("filter", "$filter"), ("apply", "$apply"), ("orderby", "$orderby"))
_ASK: Final = (
    Option("entity", "Entity set", "Such as salesInvoices.", True),
    Option("select", "$select", "The properties that are needed, between commas."),
    Option("filter", "$filter", "Such as postingDate ge {since} and postingDate le {until}.", form="text"),
    Option("apply", "$apply", "Summing up at the service, where it can.", form="text"),
    Option("orderby", "$orderby"),
)
_HEADERS: Final = {"Accept": "application/json", "OData-MaxVersion": "4.01"}


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of all pages. Raises `SourceError`; a page that is missing or half there refuses all."""
    service = Service(access, limits)
    parts = [f"{name}={quote(filled(ask[key], window), safe='')}" for key, name in _PARTS if ask.get(key)]
    url: str | None = service.address(quote(ask["entity"], safe="/(),'=")) + ("?" + "&".join(parts) if parts else "")
    found: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    while url is not None and len(found) <= limits.rows:
        if url in seen:
            raise SourceError("The service names a page as the next one that it gave before.")
        seen.add(url)
        said = service.json(service.ask(url, headers=_HEADERS))
        rows = said.get("value") if isinstance(said, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            hint = "Name an entity set; a single entity or a count has no rows."
            raise SourceError("The answer has no list “value”, as OData v4 would.", hint=hint)
        found += [{name: value for name, value in row.items() if "@" not in name} for row in rows]
        link = said.get("@odata.nextLink") or said.get("@nextLink")
        url = service.address(str(link)) if link else None
    return table_of(found, limits)


ODATA: Final = Connector("odata", "OData v4 service", _PLACE + SIGN_IN, _ASK, read, reach_service)
