"""Fields that keep exactly what was written, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression, F, Func
from django.db.models.sql.compiler import SQLCompiler

from fourfold.records.chain import canonical

if TYPE_CHECKING:  # Django's Field takes no parameters when it runs
    _DecimalField = models.Field[Decimal | str | int | None, Decimal | None]
    _JsonField = models.Field[Any, Any]
else:
    _DecimalField = _JsonField = models.Field


class ExactDecimalField(_DecimalField):
    """A decimal with every digit it was given: TEXT on SQLite (whose REAL would round), NUMERIC on PostgreSQL.

    Digits after the point are kept as written (`1.50` stays `1.50`). On SQLite the column sorts as text, so
    nothing orders or sums by it in SQL; arithmetic is the engine's.
    """

    description = "exact decimal"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """TEXT or NUMERIC without a precision."""
        return "numeric" if connection.vendor == "postgresql" else "text"

    def to_python(self, value: object) -> Decimal | None:
        """A finite Decimal, or None; a float is refused, since its digits are not those anybody wrote."""
        if value is None or isinstance(value, Decimal):
            number = value
        elif isinstance(value, (str, int)) and not isinstance(value, bool):
            try:
                number = Decimal(value)
            except ArithmeticError as error:
                raise ValidationError(f"“{value}” is not a decimal number.") from error
        else:
            raise ValidationError(f"{value!r} is not an exact decimal; give a Decimal, an integer or a text.")
        if number is not None and not number.is_finite():
            raise ValidationError(f"{number} is not a finite number.")
        return number

    def get_prep_value(self, value: object) -> Decimal | None:
        """Check before every query and write."""
        if isinstance(value, Expression):
            return value  # type: ignore[return-value]
        return self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Plain notation, so that both databases keep the same digits."""
        number = value if prepared else self.get_prep_value(value)
        if not isinstance(number, Decimal):
            return number
        return number if connection.vendor == "postgresql" else format(number, "f")

    def from_db_value(self, value: Any, _expression: Any, _connection: BaseDatabaseWrapper) -> Decimal | None:
        """A Decimal from either database."""
        return value if value is None or isinstance(value, Decimal) else Decimal(value)


class SpecField(_JsonField):
    """JSON kept as text, so that the order of keys and the form of numbers survive on every database."""

    description = "definition as JSON text"

    def get_internal_type(self) -> str:
        """Stored as a text column."""
        return "TextField"

    def get_prep_value(self, value: Any) -> Any:
        """Compact JSON; NaN and Infinity are refused."""
        if value is None or isinstance(value, Expression):
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def from_db_value(self, value: str | None, _expression: Any, _connection: BaseDatabaseWrapper) -> Any:
        """The value that was written."""
        return None if value is None else json.loads(value)

    def value_to_string(self, obj: models.Model) -> Any:
        """As JSON can hold it, for serialisers."""
        return self.value_from_object(obj)


class SpecParts(Func):
    """Parts of a spec as a list, named by their paths (`reading.lines`), None for one that is not there.

    The database takes them out, which is cheaper than reading the whole as JSON where it is long.
    """

    output_field = SpecField()

    def __init__(self, field: str, *paths: str) -> None:
        super().__init__(F(field))
        self.paths = paths

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, Any]:
        """All in one call, which reads the text once."""
        sql, params = self.source_expressions[0].as_sql(compiler, connection)
        paths = ", ".join(f"'$.{path}'" for path in self.paths)
        return f"JSON_EXTRACT({sql}, {paths})", params

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, Any]:
        """Each as JSON."""
        sql, params = self.source_expressions[0].as_sql(compiler, connection)
        parts = (f"{sql}::json #> '{{{path.replace('.', ',')}}}'" for path in self.paths)
        return f"JSON_BUILD_ARRAY({', '.join(parts)})::text", tuple(params) * len(self.paths)


class CanonicalField(SpecField):
    """JSON in the one form that is hashed: what was written cannot be written in another way."""

    description = "canonical JSON text"

    def get_prep_value(self, value: Any) -> Any:
        """Canonical JSON; a floating point number is refused."""
        return value if value is None or isinstance(value, Expression) else canonical(value)
