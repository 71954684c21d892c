"""What must be right before the server starts, as Django system checks with ids; the command line runs them.

| id | what is wrong |
|---|---|
| `fourfold.E001` | the secret key is short or guessable |
| `fourfold.E002` | FOURFOLD_DEBUG is on for an address that is not on this machine |
| `fourfold.E003` | FOURFOLD_URL is not an address |
| `fourfold.E004` | the database cannot be opened |
| `fourfold.E005` | a newer version of Fourfold has changed the database |
| `fourfold.E010` | people would send their passwords over HTTP |
| `fourfold.E011` | FOURFOLD_ALLOWED_HOSTS lets requests name any host |
| `fourfold.E012` | the token for metrics is short or guessable |
| `fourfold.E013` | the files of this installation can be read by others on the machine |
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

#: The tag of all checks here: these and no others are run before every command that needs the database.
INSTALLATION: Final = "installation"
#: A key has at least this many characters, and this many different ones.
KEY_LENGTH: Final = 50
KEY_VARIETY: Final = 10
#: A key that packs to less than this share of its length repeats itself.
PACKS_TO: Final = 0.5
TOKEN_LENGTH: Final = 32
#: What stands in keys that the world knows: from examples, guides and other products.
EXAMPLES: Final = (
    "insecure", "secret", "changeme", "change_me", "change-me", "password", "example", "your-", "your_", "default",
    "placeholder", "scretkey", "qwerty", "12345678",
)  # fmt: skip
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


#: What `sslmode` says where the certificate of a database is looked at.
VERIFIED = {"verify-ca", "verify-full"}


@register(Tags.security, INSTALLATION)
def check_secret_key(**_: Any) -> list[CheckMessage]:
    """Long, varied, and not the one of an example."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if all(len(key) >= KEY_LENGTH and is_random(key) for key in keys):
        return []
    hint = (
        f"Give FOURFOLD_SECRET_KEY {KEY_LENGTH} or more random characters, or leave it out: one is made at first start."
    )
    return [Error("The secret key is short or guessable.", hint=hint, id="fourfold.E001")]


def is_random(text: str) -> bool:
    """False for what somebody has typed, repeated or copied from an example; a guess, on the safe side.

    >>> is_random("abcdefghij" * 6), is_random("gN0x3LqvKc2ZrYtB8uWmSd5JpHfA7eQi4oXkV1aR9lTzMbCyGw6")
    (False, True)
    """
    packed = len(zlib.compress(text.encode(), 9)) / len(text) if text else 0
    return len(set(text)) >= KEY_VARIETY and packed > PACKS_TO and not any(w in text.casefold() for w in EXAMPLES)


@register(Tags.security, INSTALLATION)
def check_transport(**_: Any) -> list[CheckMessage]:
    """Passwords and sessions travel under TLS, or stay on this machine."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme != "http" or address.hostname in LOCAL or not address.hostname or settings.INSECURE_HTTP:
        return []
    message = f"FOURFOLD_URL is {settings.PUBLIC_URL}: everybody on the way could read passwords."
    hint = (
        "Serve it over https:// (deploy/ has examples). In a network where that does no harm: "
        "FOURFOLD_INSECURE_HTTP=true."
    )
    return [Error(message, hint=hint, id="fourfold.E010")]


@register(Tags.security, INSTALLATION)
def check_database_transport(**_: Any) -> list[CheckMessage]:
    """What travels to a database on another machine is encrypted, and goes to that machine alone."""
    given = settings.DATABASES[DEFAULT_DB_ALIAS]
    host, mode = given.get("HOST", ""), given.get("OPTIONS", {}).get("sslmode", "")
    if not host or host in LOCAL or host.startswith("/") or mode in VERIFIED or settings.INSECURE_DATABASE:
        return []
    message = f"DATABASE_URL names {host}, and everybody on the way could read what is in the database."
    hint = (
        "Add ?sslmode=verify-full (and &sslrootcert=FILE where the system does not know who signs its certificate). "
        "In a network of this machine alone, as between containers: FOURFOLD_INSECURE_DATABASE=true."
    )
    return [Error(message, hint=hint, id="fourfold.E014")]


@register(Tags.security, INSTALLATION)
def check_hosts(**_: Any) -> list[CheckMessage]:
    """Links in messages are made of the host of a request, which therefore must be one of ours."""
    wild = [host for host in settings.ALLOWED_HOSTS if "*" in host or host.startswith(".")]
    if not wild:
        return []
    message = f"FOURFOLD_ALLOWED_HOSTS has “{wild[0]}”: a request could name any host."
    return [Error(message, hint="List the names that people use, between commas.", id="fourfold.E011")]


@register(Tags.security, INSTALLATION)
def check_metrics_token(**_: Any) -> list[CheckMessage]:
    """Nobody guesses it."""
    token = settings.METRICS_TOKEN
    if not token or (len(token) >= TOKEN_LENGTH and is_random(token)):
        return []
    hint = "Give FOURFOLD_METRICS_TOKEN 32 or more random characters, or leave it out: there is no /metrics then."
    return [Error("The token for metrics is short or guessable.", hint=hint, id="fourfold.E012")]


@register(Tags.security, INSTALLATION)
def check_files(**_: Any) -> list[CheckMessage]:
    """Keys are for the server's user alone."""
    if os.name != "posix":
        return []
    secret = (settings.DATA_DIR / "secret_key", Path(settings.MASTER_KEY_FILE))
    open_ = [path for path in secret if path.exists() and path.stat().st_mode & 0o007]
    if not open_:
        return []
    message = f"Everybody on this machine may read {open_[0]}."
    return [Error(message, hint=f"Take that right away: chmod 600 {open_[0]}", id="fourfold.E013")]


@register(Tags.security, INSTALLATION)
def check_debug(**_: Any) -> list[CheckMessage]:
    """Details of errors are for the machine they happen on."""
    if not settings.DEBUG or urlsplit(settings.PUBLIC_URL).hostname in LOCAL:
        return []
    message = f"FOURFOLD_DEBUG is on and FOURFOLD_URL is {settings.PUBLIC_URL}: anybody could read passwords."
    return [Error(message, hint="Set FOURFOLD_DEBUG=false.", id="fourfold.E002")]


@register(Tags.urls, INSTALLATION)
def check_address(**_: Any) -> list[CheckMessage]:
    """An address people can open."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme in ("http", "https") and address.hostname and address.path in ("", "/"):
        return []
    hint = "Write FOURFOLD_URL=https://scorecard.example.org, without a path."
    return [Error(f"FOURFOLD_URL is “{settings.PUBLIC_URL}”, which is not an address.", hint=hint, id="fourfold.E003")]


@register(Tags.database, INSTALLATION)
def check_database(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """It opens, and this version of Fourfold knows everything that was done to it."""
    if not databases or DEFAULT_DB_ALIAS not in databases:
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        connection.ensure_connection()
        loader = MigrationLoader(connection, ignore_no_migrations=True)
    except DatabaseError as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        where = connection.settings_dict["NAME"]
        hint = "Check DATABASE_URL, that the server runs, and that this user may read and write there."
        return [Error(f"The database {where} cannot be opened: {why}", hint=hint, id="fourfold.E004")]
    from fourfold.records.schema import known_migrations

    unknown = set(loader.applied_migrations or ()) - known_migrations(loader)
    names = sorted(name for app, name in unknown if app == "records")
    if not names:
        return []
    message = f"The database was changed by a newer version of Fourfold ({names[-1]})."
    hint = "Start that version or a later one, or restore a backup that was made before the change."
    return [Error(message, hint=hint, id="fourfold.E005")]
