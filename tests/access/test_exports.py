"""Every place that hands over a file, and the right that it asks for."""

from __future__ import annotations

import re
from typing import Final

from tests.house.source import modules

#: How a file is handed over: by a header of its own, or with those that make a file of a figure safe.
HANDS_OVER: Final = r"attachment; filename=|safe_headers\("
#: What is no file of figures of the organisation, and what it asks instead.
OTHERS: Final = {
    "web/pages/attachments.py": "a file that a figure rests on, for whoever sees the figure",
    "api/v1/attachment.py": "the same",
    "web/components/upload.py": "rows that somebody's own file had wrong, for those who may record there",
    "web/pages/audit.py": "the log, for those with the right to read it",
}


def test_a_file_of_figures_asks_the_export_right() -> None:
    handing_over = {m.path: m.text for m in modules("web", "api", "mcp") if re.search(HANDS_OVER, m.text)}
    assert handing_over.keys() > OTHERS.keys()
    silent = [path for path, text in handing_over.items() if path not in OTHERS and "Action.EXPORT" not in text]
    assert not silent, "ask scope.require(Action.EXPORT), or say in OTHERS which right it asks and why"
