"""A connection as a form asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Option
from fourfold.engine.findings import Finding
from fourfold.records.models import Connection
from fourfold.web.forms.amendment import Field

_CODE: Final = "In addresses and on the command line: small letters, digits, _ and -."
_SAVED: Final = "One is stored. Write another one to change it; it is never shown."


@dataclass
class ConnectionForm:
    """What was typed, and what is wrong with it by field; the secret is never given back."""

    kind: str
    typed: dict[str, str]
    is_stored: bool = False  # whether a secret is
    secret: str = field(default="", repr=False)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def fields(self) -> list[Field]:
        """The fields in the order shown."""
        named = [Option("name", "Name", "What people call it."), Option("code", "Code", _CODE)]
        options = [*named, *KINDS[self.kind].place]
        return [field_of(o, self.typed, self.errors, stored=self.is_stored) for o in options]

    @property
    def options(self) -> dict[str, str]:
        """As `save_connection` takes them."""
        return {name: text for name, text in self.typed.items() if name not in ("name", "code")}

    def complain(self, findings: Sequence[Finding]) -> None:
        """Put what an action says beside the fields it is about."""
        complain(self.errors, findings)


def read_connection(kind: str, posted: Mapping[str, str]) -> ConnectionForm:
    """What was sent."""
    names = ("name", "code", *(o.name for o in KINDS[kind].place if o.form != "secret"))
    typed = {name: posted.get(name, "").strip()[:2000] for name in names}
    return ConnectionForm(kind, typed, secret=posted.get("secret", "")[:10_000])


def stored_connection(row: Connection) -> ConnectionForm:
    """What is stored."""
    typed = {"name": row.name, "code": row.code, **row.options}
    return ConnectionForm(row.kind, typed, is_stored=row.secret is not None)


def field_of(
    option: Option, typed: Mapping[str, str], errors: Mapping[str, list[str]], *, stored: bool = False
) -> Field:
    """An option of a kind as a field of a form."""
    kind = "choice" if option.choices else option.form
    hint = f"{option.hint} {_SAVED}".strip() if stored and kind == "secret" else option.hint
    text = "" if kind == "secret" else typed.get(option.name, "")
    return Field(option.name, option.label, hint, kind, text, (), option.choices, errors.get(option.name, ()), (), "")


def complain(errors: dict[str, list[str]], findings: Sequence[Finding]) -> None:
    """Findings by the field they are about."""
    for finding in findings:
        errors.setdefault(finding.place.thing or "", []).append(finding.words)
