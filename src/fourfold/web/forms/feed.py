"""A feed as a form asks for it: what is asked, which column is what, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from fourfold.actions.save_feed import FeedPlan
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Option
from fourfold.engine.findings import Finding
from fourfold.records.frames.feed import ADDINGS, TARGETS
from fourfold.records.models import Connection
from fourfold.web.forms.amendment import Field
from fourfold.web.forms.connection import complain, field_of

_NAMED: Final = (
    Option("name", "Name", "What people call it."),
    Option("code", "Code", "In addresses and on the command line: small letters, digits, _ and -."),
)
_HINTS: Final = {
    "kpi": "A column of the source that holds codes of KPIs, or = and one code for all rows, such as =sales.",
    "unit": "A column that holds codes of units, or = and one code for all rows.",
    "period": "A column with periods such as 2026-03, or with days, which become the period they lie in; of events the "
              "column of their moments.",
    "recorded_at": "When the source says so itself: an older figure that comes later does not count then.",
    "value": "A column of figures; or name numerator and denominator instead.",
}
_LABELS: Final = {"kpi": "KPI", "recorded_at": "Recorded at"}
_WHEN: Final = (
    Option("months", "Months", "How many months back a run looks, the running one counted.", form="number"),
    Option("schedule", "Schedule", "As cron writes it: 0 6 * * 1-5 is six o’clock on working days. Without one it runs "
           "when somebody wants it to."),
    Option("time_zone", "Time zone", "Of the schedule, such as Europe/London."),
)  # fmt: skip


@dataclass
class FeedForm:
    """What was typed, and what is wrong with it by field."""

    connection: Connection
    typed: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def sections(self) -> list[tuple[str, list[Field]]]:
        """The fields in the order shown, under their headings."""
        adding = Option("adding", "Several rows of one figure", "A source that gives single orders or tickets has many "
                        "rows for one KPI, unit and period. Events are counted or added up by the day that their "
                        "moment is in the unit.", choices=tuple(ADDINGS.items()))  # fmt: skip
        columns = [
            Option(f"column_{t}", _LABELS.get(t, t.capitalize()), _HINTS.get(t, "Where the source has it."))
            for t in TARGETS
        ]
        names = Option("names", "What the source calls them", "One a line: what the source calls a KPI or unit, =, its "
                       "code here, such as N-01 = north. What is not listed stays as it is.", form="text")  # fmt: skip
        apart = Field(
            "keeps_apart", "Load the rows that are right although others are wrong",
            "Without it one wrong row stops all.", "flag", self.typed.get("keeps_apart", ""), (), (), (), (), "",
        )  # fmt: skip
        return [
            ("The feed", self._fields(_NAMED)),
            ("What is asked", self._fields(KINDS[self.connection.kind].ask)),
            ("Which column is what", [*self._fields((*columns, names, adding)), apart]),
            ("When", self._fields(_WHEN)),
        ]

    def _fields(self, options: Sequence[Option]) -> list[Field]:
        return [field_of(option, self.typed, self.errors) for option in options]

    @property
    def plan(self) -> FeedPlan:
        """As the actions take it: a number that is none becomes one that is refused there."""
        typed, months = self.typed, self.typed.get("months", "")
        return FeedPlan(
            code=typed["code"], name=typed["name"], connection=self.connection.code,
            ask={o.name: typed.get(o.name, "") for o in KINDS[self.connection.kind].ask if typed.get(o.name)},
            columns={t: typed[f"column_{t}"] for t in TARGETS if typed.get(f"column_{t}")},
            names=dict(_pair(line) for line in _lines(typed.get("names", "")) if "=" in line),
            adding=typed.get("adding", ""), months=int(months) if months.isascii() and months.isdigit() else 0,
            keeps_apart=typed.get("keeps_apart") == "true", schedule=typed.get("schedule", ""),
            time_zone=typed.get("time_zone", "") or "UTC",
        )  # fmt: skip

    def complain(self, findings: Sequence[Finding]) -> None:
        """Put what an action says beside the fields it is about."""
        complain(self.errors, findings)


def read_feed(connection: Connection, posted: Mapping[str, str]) -> FeedForm:
    """What was sent."""
    asked = [option.name for option in KINDS[connection.kind].ask]
    names = ("name", "code", *asked, *(f"column_{t}" for t in TARGETS), "names", "adding", "keeps_apart",
             "months", "schedule", "time_zone")  # fmt: skip
    form = FeedForm(connection, {name: posted.get(name, "").strip()[:20_000] for name in names})
    if strange := [line for line in _lines(form.typed["names"]) if "=" not in line]:
        form.errors["names"] = [f"“{strange[0][:60]}” has no = in it. Write lines such as N-01 = north."]
    return form


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


def _pair(line: str) -> tuple[str, str]:
    """What the source says, and the code here, which has no = in it."""
    theirs, _, ours = line.rpartition("=")
    return theirs.strip(), ours.strip()


def stored_feed(connection: Connection, plan: FeedPlan) -> FeedForm:
    """What is stored, or what a new one begins with."""
    typed = {"name": plan.name, "code": plan.code, **plan.ask, "adding": plan.adding, "months": str(plan.months)}
    typed |= {f"column_{target}": source for target, source in plan.columns.items()}
    typed["names"] = "\n".join(f"{theirs} = {ours}" for theirs, ours in plan.names.items())
    typed |= {"keeps_apart": "true" if plan.keeps_apart else "", "schedule": plan.schedule, "time_zone": plan.time_zone}
    return FeedForm(connection, typed)


def read_day(text: str) -> date | None:
    """A day as people write it, 2026-03-31; None where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
