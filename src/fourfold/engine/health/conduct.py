"""Use and Safety: people act on it, and it does no harm."""

from __future__ import annotations

from datetime import date

from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.health.record import Record, share, untold, yes
from fourfold.engine.words import counted

COMMENTED, ACTED = (0.80, 0.50), (0.50, 0.25)
ROLES = 2


def use(record: Record) -> Part:
    """The dimension Use."""
    calls = "periods off target or with a signal"
    commented = share("U1", "Is it commented on when it calls?", record.commented, record.calls, COMMENTED, calls,
                      "Ask its owner for a comment when it is off target.")  # fmt: skip
    asks = "Does something follow?"
    if record.acted is None:
        acted = untold("U2", asks, "decisions and actions are not known")
    else:
        mend = "Decide or do something, or stop measuring it."
        acted = share("U2", asks, record.acted, record.calls, ACTED, calls, mend)
    asks = "Do people look at it?"
    if record.roles is None:
        viewed = untold("U3", asks, "nobody knows who looks at it")
    else:
        evidence = f"{counted(record.roles, 'role')} in the last two periods"
        points = yes(record.roles >= ROLES, partly=record.roles == 1)
        viewed = Criterion("U3", asks, points, 2, evidence, "Put it where the review looks, or retire it.")
    asks = "Do its figures come before the review?"
    if record.before_review is None:
        timely = untold("U4", asks, "the day of the review is not known")
    else:
        evidence = "they do" if record.before_review else "they come after it"
        mend = "Hold the review later, or make the figures ready sooner."
        timely = Criterion("U4", asks, yes(record.before_review), 2, evidence, mend)
    return Part("use", "Use", (commented, acted, viewed, timely))


def safety(record: Record) -> Part:
    """The dimension Safety."""
    kpi = record.known.kpi
    pair = ", ".join(kpi.paired_with)
    evidence = f"paired with {pair}" if pair else "`paired_with` is empty"
    mend = "Name in `paired_with` what gets worse when this is gamed."
    paired = Criterion("S1", "Would another KPI show its abuse?", yes(bool(pair)), 2, evidence, mend)
    asks = "Is no question about gaming open?"
    if record.gaming_open is None:
        gaming = untold("S2", asks, "the tests of gaming were not made")
    else:
        evidence = "a question is open" if record.gaming_open else "none is open"
        gaming = Criterion("S2", asks, yes(not record.gaming_open), 2, evidence, "Answer it with its owner.")
    guards = [bool(pair), kpi.approver is not None and kpi.approver != kpi.owner]
    evidence = "tied to pay" if kpi.used_for_pay else "not tied to pay"
    evidence += f", with {sum(guards)} of pair and approver" if kpi.used_for_pay else ""
    points = yes(not kpi.used_for_pay or all(guards), partly=any(guards))
    mend = "Give it a pair and an approver, or take it off pay."
    pay = Criterion("S3", "Is nobody paid by it alone?", points, 2, evidence, mend)
    return Part("safety", "Safety", (paired, gaming, pay, _side_effects(record)))


def _side_effects(record: Record) -> Criterion:
    asks, mend = "Were its unwanted effects looked at within a year?", "Look, and write `side_effects_reviewed`."
    text = record.known.kpi.side_effects_reviewed
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None:
        return untold("S4", asks, "the owner has not been asked, and `side_effects_reviewed` is empty")
    years = record.today.year - day.year - ((record.today.month, record.today.day) < (day.month, day.day))
    return Criterion("S4", asks, yes(years < 1, partly=years < 2), 2, f"last on {day.isoformat()}", mend)
