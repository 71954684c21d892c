"""The functions of the formula language, a module for each page of the reference."""

from fourfold.engine.formulas.function import FUNCTIONS

# The order of the pages. Importing a module adds its functions.
from fourfold.engine.formulas.functions import (  # isort: skip
    arithmetic,
    choices,
    statistics,
    other_units,
    shifts,
    to_date,
    rolling,
    growth,
    targets,
    calendar,
)

FAMILIES = (arithmetic, choices, statistics, other_units, shifts, to_date, rolling, growth, targets, calendar)
#: What people who know other languages write, and what it is called here.
ELSEWHERE: dict[str, str] = {
    "avg": "mean(a, b), mean(children(x)) or rolling_mean(x, n)",
    "average": "mean(a, b), mean(children(x)) or rolling_mean(x, n)",
    "std": "stdev(a, b), stdev(children(x)) or rolling_stdev(x, n)",
    "iif": "if(condition, a, b)",
    "case": "ifs(condition, a, …, otherwise) or switch(x, v, a, …, otherwise)",
    "ifnull": "coalesce(a, b)",
    "iferror": "coalesce(a, b)",
    "isnull": "is_missing(x)",
    "isblank": "is_missing(x)",
    "nvl": "coalesce(a, b)",
    "div": "a / b, or safe_divide(a, b) where b may be 0",
    "divide": "a / b, or safe_divide(a, b) where b may be 0",
    "mod": "a % b",
    "log": "ln(x) or log10(x)",
    "pow": "x ^ 2",
    "power": "x ^ 2",
    "int": "floor(x)",
    "trunc": "floor(x) or ceil(x)",
    "ceiling": "ceil(x)",
    "lag": "previous(x)",
    "prev": "previous(x)",
    "ytd": "to_date(x)",
    "qtd": "quarter_to_date(x)",
    "mtd": "month_to_date(x)",
    "yoy": "yoy_growth(x)",
    "cumsum": "cumulative(x)",
    "running_sum": "cumulative(x)",
    "moving_average": "rolling_mean(x, n)",
    "share": "share_of(x, parent(x))",
    "goal": "target(x)",
    "days": "days_in_period() or business_days()",
    "hours": "hours_in_period()",
    "working_days": "business_days()",
    "workdays": "business_days()",
    "networkdays": "business_days()",
    "month": "period_number()",
    "quarter": "period_number()",
}
#: What would look ahead.
AHEAD = frozenset({"next", "lead", "following", "same_period_next_year", "next_period"})

__all__ = ["AHEAD", "ELSEWHERE", "FAMILIES", "FUNCTIONS"]
