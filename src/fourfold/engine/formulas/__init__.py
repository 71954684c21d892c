"""The formula language: text → typed tree → checks → array operations."""

from fourfold.engine.formulas.calculate import calculate
from fourfold.engine.formulas.dimensions import Unit, mismatch
from fourfold.engine.formulas.functions import FUNCTIONS, Function
from fourfold.engine.formulas.names import calculation_order, references, unknown_names
from fourfold.engine.formulas.parse import parse
from fourfold.engine.formulas.problems import FormulaCycle, FormulaError, Problem
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
    "Node",
    "Problem",
    "Series",
    "TimeAxis",
    "Unit",
    "calculate",
    "calculation_order",
    "check",
    "mismatch",
    "parse",
    "parse_unit",
    "references",
    "unknown_names",
    "write",
]
