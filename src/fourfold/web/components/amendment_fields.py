"""How the fields of definitions are laid out and called in forms; what they take is what their types say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

#: Groups of fields, each with its heading; the first is open, the rest opens when it is needed.
Layout: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]

#: The noun of each address, and its key in the definitions.
NOUNS: Final[Mapping[str, str]] = {
    "kpi": "kpis", "objective": "objectives", "perspective": "perspectives", "theme": "themes", "link": "links",
    "use": "uses", "target": "targets", "initiative": "initiatives", "unit": "units", "strategy": "strategy",
    "organisation": "organisation",
}  # fmt: skip
CALLED: Final = {"kpi": "KPI", "use": "place of a KPI", "theme": "theme", "link": "link"}
#: What a new thing of each noun begins with.
LAYOUTS: Final[Mapping[str, Layout]] = {
    "kpi": (
        ("", ("name", "unit", "polarity", "owner")),
        ("What exactly is counted", ("definition", "purpose", "population", "category", "synonyms", "tags", "code")),
        ("How it is computed", ("kind", "formula", "numerator", "denominator", "factor", "scale", "decimals",
                                "aggregate_time", "aggregate_units", "weighted_by", "convert_at", "normalise",
                                "levels")),
        ("When and where", ("frequency", "lag", "since", "only_in", "not_applicable_in", "season",
                             "season_factors")),
        ("Where its figures come from", ("source", "automated", "steward", "approver", "needs_approval",
                                         "valid_min", "valid_max", "resolution", "effort_minutes", "signal_rules",
                                         "explain")),
        ("How it is judged and guarded", ("tolerance", "ratio_scale", "result_type", "indicator_class",
                                          "controllability", "paired_with", "gaming_risk", "used_for_pay",
                                          "side_effects_reviewed", "review_by", "classification", "state")),
    ),
    "objective": (
        ("", ("name", "perspective", "owner", "weight", "themes")),
        ("What is meant", ("description", "result", "code", "slot")),
        ("Whose it is", ("unit", "cascaded_from", "cascade_type", "cascade_sign", "contribution", "accepted_by",
                         "local")),
    ),
    "perspective": (("", ("name", "question", "weight", "rank")), ("More", ("code",))),
    "theme": (("", ("name", "result")), ("More", ("code",))),
    "link": (("", ("source", "target", "hypothesis", "sign", "lag", "strength")), ("More", ("feedback",))),
    "use": (("", ("kpi", "objective", "weight", "role", "monitor_only")), ("More", ("critical", "fit_confirmed"))),
    "target": (
        ("", ("since", "value", "low", "high", "red_line")),
        ("How it is reached", ("due", "path", "baseline", "half_life", "steps", "shares", "growth", "denominators")),
        ("Anchors", ("floor", "stretch", "red_low", "red_high")),
        ("Whose it is, and why", ("unit", "kind", "author", "approver", "reason", "source", "source_date", "note")),
    ),
    "initiative": (
        ("", ("name", "objectives", "owner", "start", "end")),
        ("How it stands", ("state", "status", "progress", "expected_end", "budget", "spent", "milestones")),
        ("More", ("description", "kpis", "code")),
    ),
    "unit": (
        ("", ("name", "parent", "kind", "size")),
        ("More", ("description", "code", "currency", "time_zone", "work_days", "holidays", "needs_approval")),
    ),
    "strategy": (
        ("", ("name", "mission", "vision", "horizon", "values", "success_factors", "state")),
        ("How scores roll up", ("roll_up", "missing", "minimum_coverage", "amber", "green", "allow_over", "power",
                                "weights_sum_to_100", "unit")),
    ),
    "organisation": (
        ("", ("name", "description", "currency", "fiscal_year_start", "fiscal_year_label")),
        ("Calendar", ("time_zone", "work_days", "holidays", "week_pattern", "year_end_day", "year_end", "extra_week",
                      "year_comparison")),
        ("Exchange rates", ("rates",)),
        ("When months close", ("values_due", "approval_due", "lock_due", "lock_complete")),
        ("More", ("locale", "signal_rules", "explain", "unexplained", "reminder_links")),
    ),
}  # fmt: skip
#: What a new KPI asks as well, so that it is on the scorecard at once.
NEW_KPI: Final = (("use", ("objective", "role", "weight")), ("target", ("value", "low", "high", "red_line", "since")))
#: What is called otherwise than its key.
_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "kpi": {
        "unit": "Unit of measurement", "polarity": "Which way is better", "kind": "Kind of figure",
        "aggregate_time": "Over time", "aggregate_units": "Over units", "lag": "Due after",
        "since": "Figures from", "only_in": "Only in", "not_applicable_in": "Not in", "state": "State",
        "classification": "Who may see it", "factor": "Times",
        "valid_min": "Smallest possible figure", "valid_max": "Largest possible figure", "paired_with": "Guarded by",
        "effort_minutes": "Minutes of work for one figure", "result_type": "It is evidence of", "levels": "Words",
        "season_factors": "What each period of the year is multiplied with",
        "population": "Who or what is in and out", "explain": "Which figures need an explanation",
    },
    "objective": {
        "name": "What should become true", "result": "What people would see", "slot": "Place on the map",
        "unit": "Whose own objective it is", "cascaded_from": "Carries this one above",
        "cascade_type": "How it carries it", "cascade_sign": "Direction", "contribution": "How it contributes",
        "accepted_by": "Accepted above by", "local": "Needs no counterpart above",
    },
    "perspective": {"rank": "Row on the map", "question": "The question it answers"},
    "theme": {"result": "What it should bring"},
    "link": {
        "source": "This objective", "target": "drives this one", "hypothesis": "Why should it", "sign": "Direction",
        "lag": "After how many months", "feedback": "Part of a circle that is meant", "strength": "How sure are you",
    },
    "use": {"kpi": "KPI", "monitor_only": "Only watched, not scored", "role": "When does it move"},
    "target": {
        "since": "From which period", "due": "Reached in", "value": "Target", "low": "Band from", "high": "Band to",
        "red_line": "Red line", "path": "Way there", "baseline": "Level when it was set", "kind": "Kind of target",
        "source_date": "Date of the source",
    },
    "initiative": {"kpis": "KPIs that should show it", "start": "First day", "end": "Last day"},
    "unit": {"parent": "Part of"},
    "strategy": {
        "horizon": "Year of the vision", "state": "State", "missing": "What a missing score does",
        "success_factors": "What must go right",
    },
    "organisation": {
        "fiscal_year_start": "Month in which the year starts", "fiscal_year_label": "A year is called by",
        "rates": "Rates",
        "values_due": "Business days until figures are due", "approval_due": "Business days until they are approved",
        "lock_due": "Business days until a month closes by itself", "explain": "Which figures need an explanation",
        "unexplained": "One from a program or file that has none", "reminder_links": "The link of a reminder",
    },
}  # fmt: skip
#: What stands below a field where the comment of its key is for people who write files.
_HINTS: Final[Mapping[str, Mapping[str, str]]] = {
    "kpi": {
        "formula": "Computes it from other KPIs, by the codes on their forms: 100 * costs / sales.",
        "convert_at": "At which rate amounts of units in other currencies are converted; follows from the kind.",
        "lag": "From the end of a period until its figure is due: at once, 3 days, 5 business days, 2 weeks, 1 month.",
        "since": "The first period whose figure is asked for: 2026-11, 2026-Q4. Before it the KPI does not apply.",
        "season": "Whether figures have a season: found by a test, no, yes, or known from the calendar.",
        "decimals": "Decimals shown; a new KPI has those of its target. Nothing is ever rounded inside.",
        "levels": "For a KPI that is judged in words, a line for each word and its score: good: 100.",
    },
    "link": {
        "sign": "Whether more of the one means more or less of the other.",
        "lag": "A number of months, or from and to: 1 to 6.",
    },
    "target": {
        "low": "Lower edge of the band in which it should be.", "high": "Upper edge of that band.",
        "since": "The first period it holds for: 2026-04, 2027-Q1, FY2027 …",
    },
    "strategy": {
        "horizon": "The year in which it should be true.",
        "success_factors": "One on each line, and after a colon the KPIs that watch it, by name or code: "
                           "Bread is fresh all day: Hours with warm bread.",
    },
    "organisation": {"rates": "One on each line: EUR GBP average 2026-04 0.85, and who published it."},
}  # fmt: skip
#: Words of choices that say more than their keys.
WORDS: Final = {
    "higher_better": "higher is better", "lower_better": "lower is better", "in_range": "best inside a band",
    "neutral": "neither, it is only watched", "lead": "before the objective is reached",
    "lag": "when the objective is reached", "+": "more of one, more of the other",
    "-": "more of one, less of the other", "": "as usual",
    "off_target_or_unusual": "those off target or unusual", "off_target": "those off target",
    "unusual": "those that are unusual", "nothing": "none", "recorded": "is recorded, and the sender is told",
    "refused": "is refused", "enter": "lets its person enter at once", "sign_in": "asks its person to sign in",
}  # fmt: skip
#: What a field names: the noun whose codes it takes.
REFERENCES: Final[Mapping[str, str]] = {
    "owner": "people", "steward": "people", "approver": "people", "author": "people", "accepted_by": "people",
    "perspective": "perspectives", "themes": "themes", "objective": "objectives", "objectives": "objectives",
    "cascaded_from": "objectives", "kpi": "kpis", "kpis": "kpis", "weighted_by": "kpis", "paired_with": "kpis",
    "parent": "units", "only_in": "units", "not_applicable_in": "units",
}  # fmt: skip


def names(noun: str, field: str) -> str:
    """The noun whose codes a field takes; empty where it takes none."""
    if noun == "link" and field in ("source", "target"):
        return "objectives"
    if field == "unit":
        return "" if noun == "kpi" else "units"
    return REFERENCES.get(field, "")


def label(noun: str, field: str) -> str:
    """How a field is called."""
    return _LABELS.get(noun, {}).get(field) or field.replace("_", " ").replace("kpi", "KPI").capitalize()


def hint(noun: str, field: str) -> str:
    """What stands below a field instead of the comment of its key; empty where that will do."""
    return _HINTS.get(noun, {}).get(field, "")


def called(noun: str) -> str:
    """How a noun of an address is called in a sentence."""
    return CALLED.get(noun, noun)


def noun_of(key: str) -> str:
    """The noun of an address by its key in the definitions."""
    return next(noun for noun, known in NOUNS.items() if known == key)
