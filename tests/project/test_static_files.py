"""Static files as they are served."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.core.files.base import ContentFile

import fourfold.web
from fourfold.project.static_files import StaticFiles, compact

WEB = Path(fourfold.web.__file__).parent


def test_the_style_of_a_page_is_small() -> None:
    sheets = re.findall(r"'(css/[\w-]+\.css)'", (WEB / "templates" / "base.html").read_text())
    assert len(sheets) == 7
    served = [compact((WEB / "static" / sheet).read_text()) for sheet in sheets]
    assert sum(len(gzip.compress(text.encode(), 6)) for text in served) <= 14_000


def test_a_sheet_is_kept_compact_and_other_files_as_they_are(tmp_path: Path) -> None:
    storage = StaticFiles(location=str(tmp_path), base_url="/static/")
    storage.save("a.css", ContentFile(b"/* why */a { color: red; }"))
    storage.save("a.js", ContentFile(b"/* why */"))
    assert [(tmp_path / name).read_bytes() for name in ("a.css", "a.js")] == [b"a { color: red; }", b"/* why */"]
