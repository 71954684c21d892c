"""What is said with a file that somebody else brought, so that a browser saves it and does nothing else with it."""

from __future__ import annotations

import re
from urllib.parse import quote


def safe_headers(name: str) -> dict[str, str]:
    """Headers of an answer: saved under this name, never shown, guessed at or run, and kept by nobody on the way.

    The name is given twice, as RFC 6266 has it: in plain letters, and whole for whoever reads that.

    >>> safe_headers('März "1".pdf')["Content-Disposition"]
    'attachment; filename="M_rz _1_.pdf"; filename*=UTF-8\\'\\'M%C3%A4rz%20%221%22.pdf'
    """
    plain = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
