"""A field whose text is kept encrypted, and that is never seen by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core import checks
from django.db import models

from fourfold.records.secrets.data_keys import current_data_key, data_key
from fourfold.records.secrets.envelope import Unopened, lock, unlock

if TYPE_CHECKING:  # Django's Field takes no parameters when it runs
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field

FORM: Final = "1"


class Hidden:
    """A text that shows itself to nobody who does not ask with `reveal()`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text. Give it to what needs it and keep it nowhere."""
        return self._text

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Hidden(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        """The same text."""
        return isinstance(other, Hidden) and other._text == self._text

    def __hash__(self) -> int:
        """As any other one: it is no key of a table."""
        return hash(Hidden)


class Sealed(str):
    """A ciphertext as a row keeps it; a plain `str` that is set on a row is a new secret."""

    __slots__ = ()


class SecretField(_Field):
    """Text under its organisation's data key, bound to organisation, table, row and field.

    In Python it is a `Hidden`, opened when it is asked for; None stays None. The table has an `organisation`, and a
    primary key that is known before the row is written (a UUID), since the ciphertext is bound to it.
    """

    description = "encrypted text"

    def get_internal_type(self) -> str:
        """Stored as a text column."""
        return "TextField"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse a table whose rows have no id before they are written."""
        found = super().check(**kwargs)
        if not isinstance(self.model._meta.pk, models.UUIDField):
            found.append(checks.Error(f"{self.model.__name__} needs a UUID as its primary key.", obj=self))
        return found

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """The attribute opens what is stored when it is read."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """The ciphertext: a new one for a text that was set, else the one that is there."""
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Hidden):
            value = model_instance.__dict__[self.attname] = self.sealed(model_instance, value.reveal())
        return value

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Sealed | None:
        """What is stored, marked as that."""
        return None if value is None else Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        """Refuse to write or compare what is not sealed: `QuerySet.update` and `filter` know no row to bind it to."""
        if value is None or isinstance(value, Sealed):
            return value if value is None else str(value)
        raise TypeError(f"{self.name} is written by saving its row, and is never searched for.")

    def sealed(self, row: Any, text: str) -> Sealed:
        """The text as this row keeps it."""
        key, secret = current_data_key(row.organisation_id)
        return Sealed(f"{FORM}:{key.pk}:{lock(secret, text.encode(), self.place(row))}")

    def opened(self, row: Any, stored: str) -> Hidden:
        """What the row keeps."""
        form, _, rest = stored.partition(":")
        pk, _, locked = rest.partition(":")
        if form != FORM:
            raise Unopened(f"A secret is stored in a form ({form[:8]}) that this version does not know.")
        return Hidden(unlock(data_key(UUID(pk), row.organisation_id), locked, self.place(row)).decode())

    def place(self, row: Any) -> str:
        """What the ciphertext is bound to."""
        return f"{row.organisation_id}|{self.model._meta.db_table}|{row.pk}|{self.name}"

    def value_to_string(self, obj: models.Model) -> str:
        """Serialisers get the ciphertext."""
        return str(obj.__dict__.get(self.attname) or "")


class _Opened:
    """Reading opens, writing hides; the row's `__dict__` has the ciphertext, or a `Hidden` before it is saved."""

    def __init__(self, field: SecretField) -> None:
        self.field = field

    def __get__(self, row: models.Model | None, _owner: type | None = None) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        stored = row.__dict__[name]
        return self.field.opened(row, stored) if isinstance(stored, Sealed) else stored

    def __set__(self, row: models.Model, value: Hidden | str | None) -> None:
        is_new = isinstance(value, str) and not isinstance(value, Sealed)
        row.__dict__[self.field.attname] = Hidden(str(value)) if is_new else value
