"""The form of a definition: its fields as they stand, what was typed, and the complaints beside each.

What was not touched stays exactly as it was written, also where it was left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from fourfold.engine.custom_fields import NO, YES
from fourfold.engine.definitions import CustomField
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.schema import field_schema
from fourfold.engine.definitions.text.about import comments
from fourfold.engine.definitions.text.complaints import TYPES, complaint
from fourfold.engine.definitions.text.nodes import Branch, Node, Scalar, Series
from fourfold.engine.findings import Place
from fourfold.records.amendment_text import text_of
from fourfold.web.components.amendment_fields import LAYOUTS, NOUNS, WORDS, called, hint, label, names
from fourfold.web.components.assessed import coded
from fourfold.web.components.field_words import in_form
from fourfold.web.forms.kpi import lag_of, lag_text
from fourfold.web.forms.link import months_of, months_text
from fourfold.web.forms.rate import rate_line, rate_of
from fourfold.web.forms.success_factor import factor_line, factor_of, in_codes, in_names

#: The group of fields of the organisation's own, and how their names begin in the form.
OWN: Final = "Fields of your own"
CUSTOM: Final = "custom."
#: More of one field is nothing that a person typed.
LONGEST: Final = 20_000
#: Of more things the code is typed: a list of a thousand is none to choose from.
MOST: Final = 150
#: The codes and names of the things that a field can name, by noun.
Known = Mapping[str, Sequence[tuple[str, str]]]


class _Words(NamedTuple):
    """How a field is typed in words: what a file holds, as people write it, and what they wrote, as a file holds it."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


#: The fields that are typed in words, by noun.
_IN_WORDS: Final = {("kpi", "lag"): _Words(lag_text, lag_of), ("link", "lag"): _Words(months_text, months_of)}


class Field(NamedTuple):
    """One field as it is shown; `id` is its name in the form, `taken` whether somebody else changed it meanwhile."""

    id: str
    label: str
    hint: str
    kind: str  # line, text, number, flag, choice, many
    text: str
    chosen: tuple[str, ...]
    choices: Sequence[tuple[str, str]]
    errors: Sequence[str]
    warnings: Sequence[str]
    theirs: str


@dataclass
class AmendmentForm:
    """The form of one thing. `before` is the thing as the person saw it, None for a new one; `given` what was typed."""

    noun: str
    before: Definition | None
    given: Mapping[str, list[str]]
    layout: Sequence[tuple[str, Sequence[str]]] = ()
    prefix: str = ""
    start: Mapping[str, Any] = field(default_factory=dict)  # what a new thing begins with
    errors: dict[str, list[str]] = field(default_factory=dict)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    custom: Sequence[CustomField] = ()  # the fields of the organisation's own that the thing has
    kpis: Mapping[str, str] = field(default_factory=dict)  # names by code, for lines that name KPIs
    made: dict[str, Any] = field(default_factory=dict)  # what follows from other fields where nothing was typed

    def __post_init__(self) -> None:
        """Every noun has its own layout."""
        self.layout = self.layout or LAYOUTS[self.noun]
        self._own = {CUSTOM + each.code: each for each in self.custom}
        if self.custom and not any(title == OWN for title, _ in self.layout):
            self.layout = (*self.layout, (OWN, tuple(self._own)))
        self.start = {name: self._begun(name, value) for name, value in self.start.items()}

    def _begun(self, name: str, value: Any) -> Any:
        """A value that a new thing begins with, where it came from an address as text."""
        known = isinstance(value, str) and name in self.type.model_fields
        return self._typed(name, value) if known else value

    @property
    def type(self) -> type[Definition]:
        """The type behind the noun."""
        return TYPES[NOUNS[self.noun]]

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of the form."""
        return tuple(name for _, fields in self.layout for name in fields)

    def complain(self, name: str, said: str) -> None:
        """Put a complaint beside a field, or above the form."""
        self.errors.setdefault(self._place(name), []).append(said)

    def warn(self, name: str, said: str) -> None:
        """Put a remark beside a field, or above the form."""
        self.warnings.setdefault(self._place(name), []).append(said)

    def _place(self, name: str) -> str:
        return next((each for each in (name, CUSTOM + name) if each in self.names), "")

    def shown(self, name: str) -> str:
        """What stands in a field: what was typed, else what is written."""
        raw = self._raw(name)
        return self._written(name) if raw is None else raw

    def groups(self, known: Known) -> list[dict[str, Any]]:
        """The fields as they are shown; a group is open where something in it is wrong or new."""
        groups = []
        for title, fields in self.layout:
            shown = [self._field(name, known) for name in fields]
            is_open = not title or any(f.errors or f.warnings or f.theirs for f in shown)
            groups.append({"title": title, "fields": shown, "is_open": is_open})
        return groups

    def read(self) -> Definition | None:
        """The thing as it was typed, or None with a complaint beside each field that cannot be read."""
        plain = dict(text_of(self.before) or self.start)
        for name in self.names:
            raw = self._raw(name)
            if raw is None or raw == self._written(name):
                continue
            if name in self._own:
                kept = {c: v for c, v in plain.get("custom", {}).items() if c != self._own[name].code}
                plain["custom"] = kept | ({self._own[name].code: raw} if raw else {})
                continue
            value = self._typed(name, raw)
            if value in ("", [], {}) and not isinstance(value, bool):
                plain.pop(name, None)
            else:
                plain[name] = value
        plain = self.made | plain
        try:
            return self.type.model_validate(plain)
        except ValidationError as error:
            self._complain_of(error, plain)
            return None

    def _complain_of(self, error: ValidationError, plain: dict[str, Any]) -> None:
        """The words of `fourfold check`, each beside its field."""
        key = NOUNS[self.noun]
        thing = _node(plain)
        document = Branch({key: Series([thing], Place())}, Place())
        called_ = {id(thing): f"{self.noun}:{plain.get('code') or plain.get('name') or 'new'}"}
        for each in error.errors(include_url=False):
            place = each["loc"]
            name = str(place[0]) if place else ""
            if each["type"] == "missing" and name in self.names:
                self.complain(name, f"{label(self.noun, name)} is empty. Without it there is no {called(self.noun)}.")
                continue
            found = complaint({**each, "loc": (key, 0, *place)}, document, called_)
            self.complain(name, in_form(found))

    def _typed(self, name: str, raw: str) -> Any:
        """What was typed in a field, as a text file would hold it."""
        if (said := _IN_WORDS.get((self.noun, name))) is not None:
            return said.read(raw)
        return _value(field_schema(self.type, name), in_codes(raw, self.kpis) if name == "success_factors" else raw)

    def _raw(self, name: str) -> str | None:
        """What was sent of a field, on lines where it is several; None where it was not sent."""
        key = self.prefix + name
        if key in self.given:
            values = [value[:LONGEST].replace("\r\n", "\n").strip() for value in self.given[key]]
            return "\n".join(value for value in values if value)
        if self.prefix + "sent" not in self.given:
            return None
        return "" if self._kind(name) in ("flag", "many") else None

    def _written(self, name: str) -> str:
        plain: Mapping[str, Any] = text_of(self.before) or self.start
        if name in self._own:
            return str(plain.get("custom", {}).get(self._own[name].code, ""))
        value = plain[name] if name in plain else self._usual(name)
        if (said := _IN_WORDS.get((self.noun, name))) is not None:
            return said.write(value)
        return in_names(_text(value), self.kpis) if name == "success_factors" else _text(value)

    def _usual(self, name: str) -> Any:
        """What counts where nothing is written."""
        info = self.type.model_fields[name]
        return None if info.is_required() else _plain(info.get_default(call_default_factory=True))

    def _kind(self, name: str) -> str:
        if name in self._own:
            return {"flag": "choice", "date": "line"}.get(self._own[name].kind, self._own[name].kind)
        schema, reference = field_schema(self.type, name), names(self.noun, name)
        if schema["type"] == "array" and (reference or _words_of(schema)):
            return "many"
        if reference or "enum" in schema:
            return "choice"
        if schema["type"] == "boolean":
            return "flag"
        if schema["type"] in ("number", "integer"):
            return "number"
        if "prefixItems" in schema:  # from and to
            return "line"
        if schema["type"] in ("array", "object") or int(str(schema.get("maxLength", 0))) > 300:
            return "text"
        return "line"

    def _own_field(self, name: str) -> Field:
        """A field of the organisation's own."""
        own, text = self._own[name], self.shown(name)
        words = own.choices if own.kind == "choice" else (YES, NO) if own.kind == "flag" else ()
        options = [("", "–"), *((word, word) for word in words)] if words else []
        hint = own.hint or ("A day as YYYY-MM-DD." if own.kind == "date" else "")
        return Field(self.prefix + name, own.name, hint, self._kind(name), text, (), options,
                     self.errors.get(name, ()), self.warnings.get(name, ()), self.theirs.get(name, ""))  # fmt: skip

    def _field(self, name: str, known: Known) -> Field:
        if name in self._own:
            return self._own_field(name)
        schema, text, kind = field_schema(self.type, name), self.shown(name), self._kind(name)
        reference = names(self.noun, name)
        options: list[tuple[str, str]] = []
        if reference and len(known.get(reference, ())) > MOST:
            kind = "text" if kind == "many" else "line"
        if kind in ("choice", "many"):
            words = [str(w) for w in schema.get("enum", _words_of(schema))]  # type: ignore[union-attr]
            options = list(known.get(reference, ())) if reference else [(w, _word(w)) for w in words]
            is_open = kind == "choice" and not self.type.model_fields[name].is_required()
            if is_open and not any(value == "" for value, _ in options) and "default" not in schema:
                options.insert(0, ("", "–"))
            elif kind == "choice" and not text and reference:
                options.insert(0, ("", "Choose"))
        over, below = label(self.noun, name), hint(self.noun, name) or comments(self.type)[name]
        return Field(
            self.prefix + name, over, "" if below.rstrip(".") == over else coded(below), kind, text,
            tuple(text.split("\n")) if kind == "many" else (), options, self.errors.get(name, ()),
            self.warnings.get(name, ()), self.theirs.get(name, ""),
        )  # fmt: skip


def _word(word: str) -> str:
    """A word of a choice as people read it."""
    return WORDS.get(word) or word.replace("_", " ")


def _words_of(schema: Mapping[str, Any]) -> list[str]:
    items = schema.get("items")
    return [str(word) for word in items["enum"]] if isinstance(items, dict) and "enum" in items else []


def _plain(value: Any) -> Any:
    if isinstance(value, Definition):
        return text_of(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _text(value: Any) -> str:
    """A value as a field shows it: a list on lines, a mapping as `word: value` on lines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "\n".join(_item(each) for each in value)
    return str(getattr(value, "value", value))


def _item(value: Any) -> str:
    if not isinstance(value, Mapping):
        return _text(value)
    if "rate" in value:
        return rate_line(value)
    return _milestone_line(value) if "due" in value else factor_line(value)


def _value(schema: Mapping[str, Any], raw: str) -> Any:
    """What was typed, as a text file would hold it."""
    if schema["type"] == "boolean":
        return raw == "true"
    if schema["type"] == "array":
        lines = [line.strip() for line in raw.split("\n") if line.strip()]
        items = schema.get("items")
        if not (isinstance(items, dict) and "$ref" in items):
            return lines
        return [_LINES[str(items["$ref"]).rpartition("/")[2]](line) for line in lines]
    if schema["type"] == "object":
        pairs = (line.rpartition(":") for line in raw.split("\n") if line.strip())
        return {key.strip() or value.strip(): value.strip() if key else "" for key, _, value in pairs}
    return raw


def _milestone_line(milestone: Mapping[str, Any]) -> str:
    """Its day, its name, and whether it is done."""
    done = " (done)" if milestone.get("done") in (True, "true") else ""
    return f"{milestone['due']} {milestone.get('name', '')}{done}"


def _milestone_of(line: str) -> dict[str, Any]:
    day, _, rest = line.partition(" ")
    name = rest.strip()
    return {"due": day, "name": name.removesuffix("(done)").strip(), "done": name.endswith("(done)")}


#: How a line becomes a thing inside another, by its type.
_LINES: Final = {"Rate": rate_of, "Milestone": _milestone_of, "SuccessFactor": factor_of}


def _node(value: Any) -> Node:
    """A value as the reader of text files would give it."""
    if isinstance(value, Mapping):
        return Branch({str(key): _node(each) for key, each in value.items()}, Place())
    if isinstance(value, list | tuple):
        return Series([_node(each) for each in value], Place())
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Scalar(text, Place(), quoted=isinstance(value, str) and bool(value))


def seen_text(thing: Definition | None) -> str:
    """A thing as the form carries it, to know later what somebody saw."""
    return "" if thing is None else json.dumps(text_of(thing), ensure_ascii=False, separators=(",", ":"))


def seen_thing(noun: str, text: str) -> Definition | None:
    """What somebody saw; None where the form carries nothing that can be read."""
    try:
        return TYPES[NOUNS[noun]].model_validate(json.loads(text)) if text else None
    except (ValueError, ValidationError):
        return None


def merge(form: AmendmentForm, theirs: Definition, took: Iterable[str]) -> AmendmentForm:
    """The form over what somebody else has saved meanwhile: their other fields, and this person's own.

    `took` names the fields in which theirs are wanted. Both values stand beside each field that both have changed.
    """
    fresh = AmendmentForm(form.noun, theirs, {}, form.layout, form.prefix, custom=form.custom, kpis=form.kpis)
    given = {form.prefix + "sent": ["yes"]}
    for name in form.names:
        old = form._written(name)
        mine = form.shown(name)
        new = fresh._written(name)
        kept = mine if mine != old and name not in set(took) else new
        if kept != new:
            given[form.prefix + name] = kept.split("\n") if form._kind(name) == "many" else [kept]
        elif form._kind(name) in ("flag", "many") and new:
            given[form.prefix + name] = new.split("\n")
        if mine != old and new not in (old, mine):
            fresh.theirs[name] = new or "nothing"
    fresh.given = given
    return fresh
