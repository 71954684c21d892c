"""Static files as they are served: hashed, compressed, and style sheets without comments and indents."""

from __future__ import annotations

import re
from typing import Final

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_COMMENT: Final = re.compile(r"/\*(?!!).*?\*/\s*", re.DOTALL)
_INDENT: Final = re.compile(r"\n\s+")


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """What `collectstatic` writes; comments and indents are for those who read the source."""

    def _save(self, name: str, content: File[bytes]) -> str:
        if name.endswith(".css"):
            sheet = b"".join(content.chunks()).decode()  # from the beginning, wherever somebody has read to
            content = ContentFile(compact(sheet).encode())
        return str(super()._save(name, content))


def compact(sheet: str) -> str:
    """A style sheet without its indents and comments, except those that begin with an exclamation mark, as licences do.

    >>> compact("/* why */ a { color: red; } /*! licence */")
    'a { color: red; } /*! licence */'
    """
    return _INDENT.sub("\n", _COMMENT.sub("", sheet))
