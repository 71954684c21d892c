"""What a goal written as a sentence says: the verb, from where to where or by how much, and until when. English.

For sentences such as "Cut the average wait from 40 to 30 days by March 2028". Only what stands there is read; nothing
is guessed. Source: methodology §2.7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fourfold.engine import wording

_UP: Final = frozenset(
    ["increase", "raise", "grow", "lift", "improve", "double", "treble", "triple", "gain", "expand", "extend", "widen",
     "boost", "earn", "attract", "strengthen", "maximise", "maximize"]
)  # fmt: skip
_DOWN: Final = frozenset(
    ["reduce", "cut", "lower", "shorten", "decrease", "halve", "shrink", "limit", "minimise", "minimize", "avoid",
     "eliminate", "end", "remove", "prevent", "save", "slow"]
)  # fmt: skip
_HOLD: Final = frozenset(["keep", "hold", "maintain", "retain", "stay", "remain", "sustain", "stabilise", "stabilize"])
_MULTIPLES: Final = {"double": 2.0, "treble": 3.0, "triple": 3.0, "halve": 0.5}
_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                  "november", "december")  # fmt: skip
_NUMBER: Final = (
    r"(?P<{0}>[-−]?\d[\d,]*(?:\.\d+)?)\s?(?P<{0}_unit>%|percent\b|per cent\b|percentage points\b|[a-z]+\b)?"
)
_SCALE: Final = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_SIGN: Final = r"(?:[£€$]\s?)?"
_FROM_TO: Final = re.compile(rf"\bfrom {_SIGN}{_NUMBER.format('a')} to {_SIGN}{_NUMBER.format('b')}", re.IGNORECASE)
_BY: Final = re.compile(rf"\bby {_SIGN}{_NUMBER.format('a')}", re.IGNORECASE)
_LIMIT: Final = "to|at least|at most|above|over|below|under|within|more than|less than|fewer than|up to"
_TO: Final = re.compile(rf"\b(?:{_LIMIT}) {_SIGN}{_NUMBER.format('a')}", re.IGNORECASE)
_DAY: Final = r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)? )?"
_DEADLINE: Final = re.compile(
    r"\b(?:by|until|before|in) (?:the )?(?:end of |close of |start of |beginning of )?(?:the )?(?:"
    rf"{_DAY}(?P<month>{'|'.join(f'{m[:3]}(?:{m[3:]})?' for m in _MONTHS)}|sept)\.? (?P<year1>(?:19|20|21)\d\d)"
    r"|(?P<quarter>Q[1-4]) ?(?P<year2>(?:19|20|21)\d\d)"
    r"|(?:FY ?)?(?P<year3>(?:19|20|21)\d\d)(?:-(?P<number>0[1-9]|1[0-2]))?)\b(?![\d,.]*%)",
    re.IGNORECASE,
)
_WITHIN: Final = re.compile(
    r"\b(?:within|in|over) (?:the (?:next|coming) )?(?P<count>\d+|one|two|three|four|five|six|nine|ten|twelve|a) "
    r"(?P<span>weeks?|months?|quarters?|years?)\b",
    re.IGNORECASE,
)
_COUNTS: Final = {
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}
_SPANS: Final = {"week": 12 / 52, "month": 1.0, "quarter": 3.0, "year": 12.0}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a sentence says; None is what it does not say.

    `direction` is 1 up, −1 down, 0 hold. `change` is an absolute or, with the unit %, a relative change; `factor` what
    double or halve multiply with. `deadline` is `2028`, `2028-Q3`, `2028-03` or `2028-03-31`; `months` a time from now.
    """

    text: str
    verb: str | None = None
    direction: int | None = None
    baseline: float | None = None
    target: float | None = None
    change: float | None = None
    factor: float | None = None
    unit: str = ""
    deadline: str | None = None
    months: float | None = None

    @property
    def has_amount(self) -> bool:
        """True where it says how much."""
        return any(x is not None for x in (self.target, self.change, self.factor))

    @property
    def has_time(self) -> bool:
        """True where it says until when."""
        return self.deadline is not None or self.months is not None


def read_goal(text: str) -> Goal:
    """Read a goal.

    >>> goal = read_goal("Cut the average wait from 40 to 30 days by March 2028")
    >>> goal.verb, goal.direction, goal.baseline, goal.target, goal.unit, goal.deadline
    ('cut', -1, 40.0, 30.0, 'days', '2028-03')
    """
    found = wording.verbs(text)
    verb = next((v for _, v in found if v in _UP | _DOWN | _HOLD), found[0][1] if found else None)
    direction = 1 if verb in _UP else -1 if verb in _DOWN else 0 if verb in _HOLD else None
    deadline, months, rest = _time(text)
    baseline = target = change = None
    unit = ""
    if pair := _FROM_TO.search(rest):
        baseline, first = _number(pair, "a")
        target, unit = _number(pair, "b")
        unit = unit or first
        direction = direction if direction is not None or target == baseline else 1 if target > baseline else -1
    elif by := _BY.search(rest):
        change, unit = _number(by, "a")
    elif to := _TO.search(rest):
        target, unit = _number(to, "a")
    factor = _MULTIPLES.get(verb or "")
    return Goal(text, verb, direction, baseline, target, change, factor, unit, deadline, months)


def _time(text: str) -> tuple[str | None, float | None, str]:
    """The deadline, the months, and the text without them, so that a year is no amount."""
    if dates := list(_DEADLINE.finditer(text)):
        found = dates[-1]
        year = found["year1"] or found["year2"] or found["year3"]
        rest = text[: found.start()] + " " + text[found.end() :]
        if found["quarter"]:
            return f"{year}-{found['quarter'].upper()}", None, rest
        if found["month"]:
            month = next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(found["month"].lower()[:3]))
            day = f"-{int(found['day']):02}" if found["day"] else ""
            return f"{year}-{month:02}{day}", None, rest
        return f"{year}-{found['number']}" if found["number"] else year, None, rest
    spans = list(_WITHIN.finditer(text))
    if spans:  # the last one: "answered within 5 weeks, within 12 months"
        last = spans[-1]
        count = _COUNTS.get(last["count"].lower()) or int(last["count"])
        months = count * _SPANS[last["span"].lower().rstrip("s")]
        return None, months, text[: last.start()] + " " + text[last.end() :]
    return None, None, text


def _number(found: re.Match[str], name: str) -> tuple[float, str]:
    value = float(found[name].replace(",", "").replace("−", "-"))
    unit = (found[f"{name}_unit"] or "").lower()
    if unit in _SCALE:
        return value * _SCALE[unit], ""
    return value, "%" if unit in ("percent", "per cent") else "" if unit in ("by", "to", "and", "in", "or") else unit
