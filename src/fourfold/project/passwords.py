"""How passwords are kept, and which are refused because they are easy to guess. Nothing is asked of their letters."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError

from fourfold.errors import ConfigurationError
from fourfold.records.models import Organisation

if TYPE_CHECKING:
    from fourfold.records.models import Person

#: Longer than any phrase somebody types, short enough that hashing it costs nothing extra.
LONGEST: Final = 128
PRODUCT: Final = ("fourfold", "balanced", "scorecard", "password")
#: So many characters have to be left when the words that anybody can guess are taken out.
LEAST_LEFT: Final = 8


class Argon2(Argon2PasswordHasher):
    """Argon2id with the parameters of RFC 9106 for machines that have other work to do: 3 passes over 64 MiB."""

    time_cost = 3
    memory_cost = 64 * 1024  # KiB
    parallelism = 4


class LongestPassword:
    """At most `LONGEST` characters."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Refuse a longer one instead of cutting it off."""
        if len(password) > LONGEST:
            raise ValidationError(f"This password has {len(password)} characters. Use at most {LONGEST}.")

    def get_help_text(self) -> str:
        """What is asked for."""
        return f"At most {LONGEST} characters."


class BreachedPasswords:
    """Refuse what is in the file of breached passwords that the operator names; any capitals are the same."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Refuse a known one."""
        if settings.BREACHED_PASSWORDS and password.lower().strip() in _breached(settings.BREACHED_PASSWORDS):
            raise ValidationError("This password is known from a breach, and is tried first. Choose another one.")

    def get_help_text(self) -> str:
        """What is asked for."""
        return "Not one that is known from a breach."


@cache
def _breached(path: str) -> frozenset[str]:
    """The lines of the file, packed or not; read once by a process."""
    try:
        content = Path(path).read_bytes()
        text = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError) as error:
        hint = "Let FOURFOLD_BREACHED_PASSWORDS name a file that this user may read."
        raise ConfigurationError(f"The breached passwords in {path} cannot be read: {error}.", hint=hint) from error
    return frozenset(line.strip().lower() for line in text.decode("utf-8", "replace").splitlines())


class ContextWords:
    """Refuse a password that is little more than the product, the organisation or the person's own name."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Take the words out; what is left has to be long enough by itself."""
        left, found = password.lower(), []
        for word in sorted(self.words(user), key=len, reverse=True):
            if word in left:
                found.append(word)
                left = left.replace(word, "")
        if found and len(left) < LEAST_LEFT:
            said = "”, “".join(found)
            raise ValidationError(
                f"This password is little more than “{said}”, which is tried first. Use words that only you know."
            )

    def get_help_text(self) -> str:
        """What is asked for."""
        return "Not the name of the organisation, the product or yourself."

    def words(self, user: Any) -> set[str]:
        """What anybody would try: words of four letters or more from the names around this person."""
        names = [*PRODUCT]
        if user is not None and user.pk:
            names += [user.name, (user.email or "").replace("@", " ")]
            for organisation in Organisation.objects.filter(membership__person=user):
                names += [organisation.name, organisation.code]
        return {word for name in names for word in re.findall(r"[^\W_]{4,}", name.lower())}
