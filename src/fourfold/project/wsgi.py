"""The pages as a WSGI application, which takes no body for whole that is not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fourfold.project.settings")
_django = get_wsgi_application()


class Readable(Protocol):
    """What a server gives a body as."""

    def read(self, size: int = -1) -> bytes:
        """So many bytes; fewer where there are no more."""


class WholeBody:
    """A body that says how long it is. Django takes one that ends before for a shorter one: half a figure for one."""

    def __init__(self, body: Readable, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int = -1) -> bytes:
        """So many bytes. Raises `OSError` where the body ends before it should, which Django makes an answer of."""
        content = self._body.read(size)
        self._left -= len(content)
        if self._left > 0 and (size < 0 or len(content) < size):
            raise OSError(f"The body was cut off {self._left:,} bytes before its end.")
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request."""
    length = environ.get("CONTENT_LENGTH", "")
    if length.isascii() and length.isdigit() and len(length) < 20:
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
    return _django(environ, start_response)
