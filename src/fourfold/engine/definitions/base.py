"""What all definitions share: frozen, no unknown keys, exact decimals, text without surprises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import AfterValidator, AllowInfNan, BaseModel, ConfigDict, Field, StringConstraints

#: Control characters, half surrogate pairs, and what is no character at all; tab and line feed are text.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_END: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")


def _tidy(text: str) -> str:
    """One kind of line end, whatever the form or file it came from, and no unprintable characters."""
    text = _LINE_END.sub("\n", text).strip()
    if (bad := _UNPRINTABLE.search(text)) is not None:
        raise ValueError(f"holds the unprintable character U+{ord(bad.group()):04X}")
    return text


def _one_line(text: str) -> str:
    if "\n" in (text := _tidy(text)) or "\t" in text:
        raise ValueError("must be on one line, without tabs")
    return text


#: A code names a thing for ever: letters, digits and `_ - .`, beginning with a letter or digit.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=80)]
#: Text of any number of lines.
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000), AfterValidator(_tidy)]
#: Text on one line; may be empty.
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_one_line)]
#: Text on one line; never empty.
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(_one_line)]
#: An exact finite decimal; the engine computes with its double, storage keeps every digit (A4).
Exact = Annotated[Decimal, AllowInfNan(False), Field(max_digits=34)]
#: Points of weight; only their proportion among siblings counts.
Weight = Annotated[Decimal, AllowInfNan(False), Field(ge=0, max_digits=20)]
#: true or false; `yes`, `on` and `1` are text and numbers.
Flag = Annotated[bool, Field(strict=True)]


class Definition(BaseModel):
    """A frozen definition; an unknown key is refused, so a slip of the pen never passes in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants", protected_namespaces=())

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy that has nothing of what was worked out from the original."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy
