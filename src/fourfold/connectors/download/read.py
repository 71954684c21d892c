"""A file is fetched as a whole, then read; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fourfold.connectors.download.forms import FORM, rows_in_file
from fourfold.connectors.keys import stored_path
from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, Window, filled
from fourfold.connectors.service import SIGN_IN, Service, reach_service

_PLACE: Final = (
    Option("url", "Address", "Of the file or of the folder it is in, such as https://files.example.org/exports. For S3 "
           "the bucket: https://figures.s3.eu-central-1.amazonaws.com", True),
)  # fmt: skip
_ASK: Final = (
    Option("path", "File", "Below the address, where that is not the file itself; it may name {since} and {until}."),
    *FORM,
)


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of the file. Raises `SourceError`; of a file that is cut off nothing is read."""
    service, path = Service(access, limits), filled(ask.get("path", ""), window)
    if access.options.get("auth") == "s3":
        path = stored_path(path)  # the signature is about the name as it stands in the address
    return rows_in_file(service.ask(service.address(path)).content, ask, limits)


DOWNLOAD: Final = Connector("download", "File at an address", _PLACE + SIGN_IN, _ASK, read, reach_service)
