"""Complete scorecards to begin with, one for each industry, with dates that follow from the day they are taken.

A template is a scorecard folder whose dates are written as `<month -24>`, `<quarter -24>`, `<day 3>` and `<year 3>`:
so many months or years from the month it is taken in. Its figures are described, not stored: see `template_figures`.

>>> from datetime import date
>>> [template.name for template in templates().values()][:3]
['Bank', 'Charity', 'City']
>>> "horizon: 2030" in templates()["hospital"].texts(date(2027, 1, 15))["strategy.yaml"]
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

import yaml

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.parse import parse
from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.words import did_you_mean
from fourfold.errors import NotFound

FILES: Final = ("organisation.yaml", "strategy.yaml", "kpis.yaml", "initiatives.yaml", "notes.yaml")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DATE: Final = re.compile(r"<(month|quarter|day|year) (-?\d+)>")
#: The day of the month on which initiatives begin and milestones are due.
_MIDDLE: Final = 15


@dataclass(frozen=True, slots=True)
class Template:
    """A scorecard of an industry: for whom it is, the story its figures tell, and its files as they were written.

    `figures` says by the code of a KPI how its example figures run; `shares` which part of the whole a unit has.
    """

    code: str
    name: str
    words: str
    story: str
    shares: Mapping[str, float]
    figures: Mapping[str, Mapping[str, Any]]
    written: Mapping[str, str]

    def texts(self, today: date) -> dict[str, str]:
        """The files of its folder, by name, with the dates of somebody who takes it on this day."""
        calendar = _calendar(self.written["organisation.yaml"])
        return {
            file: _DATE.sub(lambda found: _dated(found[1], int(found[2]), today, calendar), text)
            for file, text in self.written.items()
        }

    def definitions(self, today: date) -> Definitions:
        """What it defines, as written; the files of every template can be read, which a test sees to."""
        definitions = parse(self.texts(today)).definitions
        assert definitions is not None
        return definitions


@cache
def templates() -> Mapping[str, Template]:
    """Every template by its code, in the order of their names."""
    folders = [folder for folder in (resources.files("fourfold.library") / "templates").iterdir() if folder.is_dir()]
    found = []
    for folder in folders:
        told = yaml.load((folder / "figures.yaml").read_text("utf-8"), _LOADER)  # house: package data
        written = {file: (folder / file).read_text("utf-8") for file in FILES}  # house: package data
        found.append(Template(folder.name, written=written, **told))
    return MappingProxyType({template.code: template for template in sorted(found, key=lambda each: each.name)})


def find_template(code: str) -> Template:
    """The template with this code; `NotFound` where there is none."""
    known = templates()
    if code not in known:
        raise NotFound(f"There is no template {code}.", hint=did_you_mean(code, list(known), "template"))
    return known[code]


def month_from(today: date, months: int) -> date:
    """The first day of the month so many months from that of today.

    >>> month_from(date(2027, 1, 15), -13)
    datetime.date(2025, 12, 1)
    """
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _dated(word: str, away: int, today: date, calendar: Calendar) -> str:
    if word == "year":
        return str(today.year + away)
    first = month_from(today, away)
    if word == "quarter":
        return calendar.period(Frequency.QUARTER, first).short_id
    return first.replace(day=_MIDDLE).isoformat() if word == "day" else f"{first:%Y-%m}"


def _calendar(organisation: str) -> Calendar:
    said = yaml.load(organisation, _LOADER)["organisation"]
    return Calendar(said.get("fiscal_year_start", 1))
