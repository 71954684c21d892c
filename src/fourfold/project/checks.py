"""What must be right before the server starts, as Django system checks with ids; the command line runs them.

| id | what is wrong |
|---|---|
| `fourfold.E001` | the secret key is short or guessable |
| `fourfold.E002` | FOURFOLD_DEBUG is on for an address that is not on this machine |
| `fourfold.E003` | FOURFOLD_URL is not an address |
| `fourfold.E004` | the database cannot be opened |
| `fourfold.E005` | a newer version of Fourfold has changed the database |
"""

from __future__ import annotations

from collections.abc import Sequence
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
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@register(Tags.security, INSTALLATION)
def check_secret_key(**_: Any) -> list[CheckMessage]:
    """Long, varied, and not the one of an example."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if all(len(k) >= KEY_LENGTH and len(set(k)) >= KEY_VARIETY and "insecure" not in k for k in keys):
        return []
    hint = (
        f"Give FOURFOLD_SECRET_KEY {KEY_LENGTH} or more random characters, or leave it out: one is made at first start."
    )
    return [Error("The secret key is short or guessable.", hint=hint, id="fourfold.E001")]


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
    done = [key for key in loader.applied_migrations or () if key[0] == "records"]
    unknown = sorted(name for app, name in done if (app, name) not in loader.disk_migrations)
    if not unknown:
        return []
    message = f"The database was changed by a newer version of Fourfold ({unknown[-1]})."
    hint = "Start that version or a later one, or restore a backup that was made before the change."
    return [Error(message, hint=hint, id="fourfold.E005")]
