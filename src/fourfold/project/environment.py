"""Read settings from environment variables, and say what to write when one is wrong."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from django.conf.global_settings import LANGUAGES

from fourfold.errors import ConfigurationError

TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off", ""})
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")

#: SQLite that keeps every acknowledged write through a power cut and lets writers wait for one another.
SQLITE_OPTIONS: Final[dict[str, Any]] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;"
        " PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;"
    ),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, its default as people would write it, and what it means."""

    name: str
    default: str
    meaning: str


def env_text(name: str, default: str = "") -> str:
    """The text of a variable, or the default where it is absent or empty."""
    return os.environ.get(name, "").strip() or default


def env_list(name: str) -> list[str]:
    """The parts of a variable between commas; none where it is absent."""
    return [part.strip() for part in env_text(name).split(",") if part.strip()]


def env_bool(name: str, default: bool = False) -> bool:
    """True or false; anything else is a ConfigurationError."""
    text = os.environ.get(name)
    if text is None:
        return default
    word = text.strip().lower()
    if word not in TRUE | FALSE:
        message = f"{name} is “{text}”, which is neither true nor false."
        raise ConfigurationError(message, hint=f"Write {name}=true or {name}=false.")
    return word in TRUE


def env_int(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number between `low` and `high`."""
    text = env_text(name, str(default))
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ConfigurationError(f"{name} is “{text}”.", hint=f"Write a whole number from {low} to {high}.")
    return int(text)


def env_networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks between commas, such as `10.1.0.0/16`."""
    try:
        return tuple(ip_network(text) for text in env_list(name))
    except ValueError as error:
        message = f"{name} names something that is no network: {error}."
        raise ConfigurationError(message, hint=f"Write networks such as {name}=10.1.0.0/16.") from None


def env_ports(name: str) -> frozenset[int]:
    """Ports between commas."""
    texts = env_list(name)
    if strange := [t for t in texts if not (t.isascii() and t.isdigit() and len(t) < 6 and 0 < int(t) < 65_536)]:
        message = f"{name} names the port “{strange[0]}”."
        raise ConfigurationError(message, hint="Write whole numbers from 1 to 65535, between commas.")
    return frozenset(map(int, texts))


def env_path(name: str) -> Path | None:
    """A file or folder; None where nothing is said."""
    text = env_text(name)
    return Path(text).expanduser().absolute() if text else None


def env_language(name: str, default: str) -> str:
    """The code of a language that Django has words for, such as `en-gb` or `de`."""
    code = env_text(name, default).lower()
    known = dict(LANGUAGES)
    if code not in known and code.partition("-")[0] not in known:
        raise ConfigurationError(f"{name} is “{code}”.", hint=f"Write the code of a language, such as {name}=en-gb.")
    return code


def env_zone(name: str, default: str) -> str:
    """The name of a time zone, such as `Europe/London`."""
    zone = env_text(name, default)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:  # not there, not a name, or a folder of zones
        hint = f"Write the name of a time zone, such as {name}=Europe/London."
        raise ConfigurationError(f"{name} is “{zone}”.", hint=hint) from error
    return zone


def env_level(name: str, default: str) -> str:
    """How much is logged."""
    level = env_text(name, default).upper()
    if level not in LEVELS:
        raise ConfigurationError(f"{name} is “{level}”.", hint=f"The levels are {', '.join(LEVELS)}.")
    return level


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    word = env_text(name, default).lower()
    if word not in choices:
        raise ConfigurationError(f"{name} is “{word}”.", hint=f"Write {' or '.join(f'{name}={c}' for c in choices)}.")
    return word


def env_secret(name: str) -> str | None:
    """The value of `NAME`, or the content of the file that `NAME_FILE` names; None when neither is given."""
    path = env_text(f"{name}_FILE")
    if not path:
        return env_text(name) or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise ConfigurationError(
            f"{name}_FILE names {path}, which cannot be read ({error.strerror}).",
            hint=f"Let {name}_FILE name a file that holds the secret and that this user may read.",
        ) from error


def secret_key(data: Path) -> str:
    """The secret key from `FOURFOLD_SECRET_KEY`, else from `<data>/secret_key`, which is made at first start."""
    given = env_secret("FOURFOLD_SECRET_KEY")
    if given is not None:
        return given
    path = data / "secret_key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        return _read_or_make(path)
    except OSError as error:
        raise ConfigurationError(
            f"{path} can be neither read nor made ({error.strerror}).",
            hint="Let FOURFOLD_DATA name a folder this user may write to, or give FOURFOLD_SECRET_KEY.",
        ) from error


def _read_or_make(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(key := secrets.token_urlsafe(64))
    return key


def database(url: str) -> dict[str, Any]:
    """Django's settings of one database from `sqlite:///path` or `postgresql://user:password@host:port/name`.

    >>> database("sqlite:////var/lib/fourfold/db.sqlite3")["NAME"]
    '/var/lib/fourfold/db.sqlite3'
    """
    hint = "Write DATABASE_URL=sqlite:////path/to/file or DATABASE_URL=postgresql://user:password@host:5432/name."
    try:
        parts = urlsplit(url)
        scheme, name, port = parts.scheme, unquote(parts.path[1:]), parts.port
    except ValueError as error:
        raise ConfigurationError(f"DATABASE_URL cannot be read: {error}.", hint=hint) from error
    if not name or scheme not in {"sqlite", "postgres", "postgresql"} or (scheme == "sqlite" and parts.netloc):
        shown = f"{scheme}://…" if scheme else "without a scheme"  # never the whole, it may hold a password
        raise ConfigurationError(f"DATABASE_URL ({shown}) is not the address of a database.", hint=hint)
    if scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port or 5432,
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def email(url: str | None) -> dict[str, Any]:
    """Host, port, user, password and kind of TLS from `smtp://user:password@host:port`; nothing without an address.

    >>> email("smtps://fourfold:secret@mail.example.org")["port"]
    465
    """
    if not url:
        return {}
    hint = "Write FOURFOLD_EMAIL_URL=smtp://user:password@host:587, or smtps://user:password@host:465."
    try:
        parts = urlsplit(url)
        scheme, port, options = parts.scheme, parts.port, dict(parse_qsl(parts.query))
    except ValueError as error:
        raise ConfigurationError("FOURFOLD_EMAIL_URL cannot be read.", hint=hint) from error
    plain = options == {"tls": "no"}
    if scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/") or (options and not plain):
        # Never the whole, it may hold a password.
        raise ConfigurationError("FOURFOLD_EMAIL_URL is not the address of a server that sends e-mail.", hint=hint)
    return {
        "host": parts.hostname,
        "port": port or (465 if scheme == "smtps" else 25 if plain else 587),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "starttls": scheme == "smtp" and not plain,
        "ssl": scheme == "smtps",
    }
