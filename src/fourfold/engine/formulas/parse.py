"""Text → tree. The grammar is in `formula.lark`; nothing is ever executed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, cast

from fourfold.engine.formulas.check import first_problem
from fourfold.engine.formulas.problems import FormulaError, Problem
from fourfold.engine.formulas.syntax import unexpected_end, unexpected_word, unknown_sign
from fourfold.engine.formulas.tree import (
    Binary,
    BinaryOperator,
    Call,
    Compare,
    CompareOperator,
    Logic,
    Name,
    Node,
    Number,
    Span,
    Text,
    Unary,
)

if TYPE_CHECKING:  # lark takes 40 ms to import, and most runs find every tree they need elsewhere
    from lark import Lark, Token, Tree, UnexpectedInput

MAX_TEXT: Final = 4_000


@lru_cache(maxsize=4_096)
def parse(text: str) -> Node:
    """The tree of a formula, checked for limits, functions and types (but not for names and units); cached.

    Raises `FormulaError` with the place, and what to do about it. Depth and size are limited (500 parts, 40 levels,
    4,000 characters), so a formula from anybody is safe to parse.

    >>> parse("2 * revenue")
    Binary(operator='*', left=Number(value=2.0), right=Name(code='revenue'))
    """
    if len(text) > MAX_TEXT:
        raise FormulaError(
            Problem(
                f"The formula has {len(text)} characters; {MAX_TEXT} are allowed.",
                Span(MAX_TEXT, MAX_TEXT + 1),
                "Give a part of it a KPI of its own and use its code here.",
            ),
            text,
        )
    from lark import UnexpectedInput

    try:
        parsed = _grammar().parse(text)
    except UnexpectedInput as error:
        raise FormulaError(_explain(error, text), text) from None
    tree = _build(parsed)
    if problem := first_problem(tree):
        raise FormulaError(problem, text)
    return tree


@cache
def _grammar() -> Lark:
    from lark import Lark

    grammar = resources.files(__package__).joinpath("formula.lark").read_text("utf-8")  # house: part of this module
    # The basic lexer knows `and`, `or` and `not` everywhere; a contextual one would take them for codes.
    return Lark(grammar, parser="lalr", lexer="basic", propagate_positions=True)


def _explain(error: UnexpectedInput, text: str) -> Problem:
    from lark import UnexpectedCharacters, UnexpectedToken

    if isinstance(error, UnexpectedCharacters):
        return unknown_sign(text, error.pos_in_stream or 0)
    if not isinstance(error, UnexpectedToken):
        raise error
    at = len(text) if error.token.type == "$END" else error.token.start_pos or 0
    if error.token.type == "$END":
        return unexpected_end(text, _open_bracket(text), error.expected)
    return unexpected_word(text, error.token.type, Span(at, at + len(error.token)), error.expected)


def _open_bracket(text: str) -> int | None:
    """Offset of the innermost bracket that is still open at the end."""
    opened: list[int] = []
    for token in _grammar().lex(text):
        if token.type == "OPEN":
            opened.append(token.start_pos or 0)
        elif token.type == "CLOSE" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _build(parsed: Tree[Token]) -> Node:
    """Our tree from lark's, bottom up and without recursion."""
    nodes: dict[int, Node] = {}
    for part in parsed.iter_subtrees():
        words = [str(child) for child in part.children if isinstance(child, str)]
        operands = [nodes[id(child)] for child in part.children if not isinstance(child, str)]
        nodes[id(part)] = _node(str(part.data), words, operands, Span(part.meta.start_pos, part.meta.end_pos))
    return nodes[id(parsed)]


def _node(rule: str, words: Sequence[str], operands: Sequence[Node], span: Span) -> Node:
    match rule:
        case "number":
            return Number(float(words[0]), span)
        case "exponent":
            return Number(float("".join(words)), span)
        case "name":
            return Name(words[0], span)
        case "quoted":
            return Name(words[0][1:-1], span)
        case "text":
            return Text(words[0][1:-1], span)
        case "negate":
            return Unary(operands[0], span)
        case "binary" | "raise":
            return Binary(cast(BinaryOperator, words[0]), operands[0], operands[1], span)
        case "compare":
            return Compare(cast(CompareOperator, words[0]), operands[0], operands[1], span)
        case "call":
            return Call(words[0], tuple(operands), span)
        case "opposite":
            return Logic("not", tuple(operands), span)
        case "both":
            return Logic("and", tuple(operands), span)
        case "either":
            return Logic("or", tuple(operands), span)
    raise ValueError(f"The grammar has a rule {rule} that the tree does not know.")
