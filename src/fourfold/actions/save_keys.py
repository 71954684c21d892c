"""Write the keys of the installation to a file of their own, apart from the backup."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings

from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict, Forbidden
from fourfold.records.models import Person
from fourfold.records.secrets.data_keys import master_keys


def save_keys(*, by: Person | None, path: str | Path) -> Outcome[Path]:
    """The secret key, all master keys and the key of the anchors, readable by this user alone.

    Whoever has this and a backup has everything.
    """
    if by is not None:
        raise Forbidden("Only the administrator of the machine can copy keys.")
    target, keys = Path(path), master_keys()
    content = {"secret_key": settings.SECRET_KEY, "master_keys": [key.line for key in keys]}
    if settings.AUDIT_KEY_FILE.exists():
        content["audit_key"] = settings.AUDIT_KEY_FILE.read_text(encoding="ascii").strip()
    text = json.dumps(content, indent=1)
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except FileExistsError:
        raise Conflict(f"{target} is there already.", hint="Keys are never overwritten; name a new file.") from None
    except OSError as error:
        raise Conflict(f"{target} cannot be written: {error.strerror}.", hint="Name another place.") from error
    ids = ", ".join(key.id for key in keys) or "none yet"
    return Outcome(f"{target}: the secret key; master keys: {ids}. Keep it where the backups are not.", target)
