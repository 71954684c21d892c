"""The formula language: text → typed tree → checks → array operations."""

from fourfold.engine.formulas.calculate import calculate
from fourfold.engine.formulas.dimensions import Unit, mismatch
from fourfold.engine.formulas.fitting import misfits
from fourfold.engine.formulas.function import Function
from fourfold.engine.formulas.functions import FUNCTIONS
from fourfold.engine.formulas.names import (
    calculation_order,
    figures_of,
    looks_at_other_units,
    lookups,
    references,
    unknown_names,
)
from fourfold.engine.formulas.parse import parse
from fourfold.engine.formulas.problems import FormulaCycle, FormulaError, InputError, Problem
from fourfold.engine.formulas.series import Series, TimeAxis
from fourfold.engine.formulas.tree import Node
from fourfold.engine.formulas.unit_text import parse_unit
from fourfold.engine.formulas.units import check
from fourfold.engine.formulas.write import write

__all__ = [
    "FUNCTIONS",
    "FormulaCycle",
    "FormulaError",
    "Function",
    "InputError",
    "Node",
    "Problem",
    "Series",
    "TimeAxis",
    "Unit",
    "calculate",
    "calculation_order",
    "check",
    "figures_of",
    "looks_at_other_units",
    "lookups",
    "misfits",
    "mismatch",
    "parse",
    "parse_unit",
    "references",
    "unknown_names",
    "write",
]
