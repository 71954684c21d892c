"""Logs: one JSON object a line, or lines for people, and never a secret in either."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

#: Keys whose values nobody is to read, wherever they stand in an entry.
SECRET_KEYS: Final = re.compile(r"(?i)pass(word|wd)?|secret|token|api_?key|authori[sz]ation|cookie|session|credential")
#: Secrets inside a text: a password in an address, what follows such a word, a bearer token, the secret of a link.
SECRET_TEXTS: Final = (
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]+@"), r"\1:…@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"), r"\1 …"),
    (
        re.compile(r"(?i)\b((?:pass(?:word|wd)?|secret(?:_key)?|token|api_?key)[\"']?\s*[=:]\s*)[\"']?[^\s\"',;&]+"),
        r"\1…",
    ),
    (re.compile(r"([?&]link=)[^&\s'\"]+"), r"\1…"),
)
HIDDEN: Final = "…"


def hide(value: Any) -> Any:
    """The value without what looks like a secret, however deep it lies; a thing becomes the text that stands for it.

    >>> hide("connecting to postgresql://app:hunter2@db/x")
    'connecting to postgresql://app:…@db/x'
    >>> hide({"password": "hunter2", "name": "Ada"})
    {'password': '…', 'name': 'Ada'}
    """
    if isinstance(value, str):
        for pattern, shown in SECRET_TEXTS:
            value = pattern.sub(shown, value)
        return value
    if isinstance(value, Mapping):
        return {k: HIDDEN if isinstance(k, str) and SECRET_KEYS.search(k) else hide(v) for k, v in value.items()}
    if type(value) in (list, tuple, set):
        return type(value)(map(hide, value))
    return value if value is None or isinstance(value, (int, float)) else hide(repr(value))


def hide_secrets(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last step before an entry is written; a traceback is a text by then."""
    return {k: v if k.startswith("_") else hide({k: v})[k] for k, v in entry.items()}


def logging_settings(level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, as `json` or `text`."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [structlog.processors.format_exc_info, hide_secrets, structlog.processors.JSONRenderer()]
    else:
        last += [structlog.processors.format_exc_info, hide_secrets, structlog.dev.ConsoleRenderer(colors=False)]
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "processors": last, "foreign_pre_chain": before}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        # Each answer is logged once, by us; a failure keeps its traceback.
        "loggers": {"django.server": {"level": "ERROR"}, "httpx": {"level": "WARNING"}},
    }
