"""Units as people write them → dimensions."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from functools import lru_cache

from fourfold.engine.formulas.dimensions import THINGS, UNKNOWN, Unit, sorted_powers
from fourfold.engine.formulas.unit_words import CURRENCIES, CURRENCY_SIGNS, MEASURES, MULTIPLES, PURE, SPELLINGS


@lru_cache(maxsize=4_096)
def parse_unit(text: str, scale: str = "") -> Unit:
    """The unit in a text such as `GBP m`, `%`, `days`, `kWh/m²`, `GBP per patient` or `per 10k bed days`.

    `scale` is a KPI's own `k`, `m` or `bn`. Every text is a unit: a word that is not known is a noun, a dimension of
    its own, in singular or plural. No text: a unit that fits anything.

    >>> parse_unit("hours") == parse_unit("h"), str(parse_unit("EUR", "m"))
    (True, 'EUR m')
    """
    words = re.sub(r"^(number|count|no\.) of ", "", " ".join(text.split()), flags=re.IGNORECASE)
    if not words:
        return UNKNOWN
    shown = f"{words} {scale}" if scale else words
    multiple = Fraction(MULTIPLES.get(scale, 1))
    if (worth := _pure(words)) is not None:
        return Unit((), worth * multiple, text=shown)
    parts = [part.strip() for part in re.split(r"\s*/\s*|\bper\b", words)]
    powers: Counter[str] = Counter()
    for place, part in enumerate(parts):
        sign = 1 if place == 0 else -1
        worth, symbols = _factors(part)
        multiple *= worth**sign
        for symbol in symbols:
            powers[symbol] += sign
    if not parts[0] and powers:
        powers[THINGS] += 1
    return Unit(sorted_powers(powers), multiple, text=shown)


def _pure(words: str) -> Fraction | None:
    """The worth of a pure number; `% of beds` is a percentage as well."""
    if words.startswith("%") and not re.search(r"/|\bper\b", words):
        return PURE["%"]
    return PURE.get(words.lower()) or PURE.get(_singular(words))


def _factors(part: str) -> tuple[Fraction, list[str]]:
    """`10k bed days` → 10,000 and [bed day]; `GBP m` → 1,000,000 and [GBP]."""
    worth = Fraction(1)
    if number := re.match(r"([0-9][0-9, ]{0,20}(?:\.[0-9]{1,10})?)\s*", part):
        worth *= Fraction(re.sub(r"[, ]", "", number[1])) or 1
        part = part[number.end() :]
        if multiple := re.match(r"(k|K|m|M|mn|mio|bn|thousand|million|billion)(?=\s|$)\s*", part):
            worth *= MULTIPLES[multiple[1]]
            part = part[multiple.end() :]
    symbols = []
    for word in (w.strip() for w in re.split(r"[·*×]", part)):
        if word:
            more, symbol = _symbol(word)
            worth *= more
            symbols += [symbol] if symbol else []
    return worth, symbols


def _symbol(word: str) -> tuple[Fraction, str]:
    signed = word
    for sign, code in CURRENCY_SIGNS.items():
        signed = signed.replace(sign, f"{code} ")
    names = [w for w in re.split(r"(?<=[A-Z]{3})(?=[a-z]+$)|\s+", signed) if w]
    currency = next((w for w in names if w in CURRENCIES), None)
    others = [w for w in names if w != currency]
    if currency and all(w in MULTIPLES for w in others):
        worth = Fraction(1)
        for other in others:
            worth *= MULTIPLES[other]
        return worth, currency
    if word in MULTIPLES and word not in MEASURES:
        return Fraction(MULTIPLES[word]), ""
    if (pure := _pure(word)) is not None:
        return pure, ""
    symbol = SPELLINGS.get(word, word)
    return Fraction(1), symbol if symbol in MEASURES else _singular(word)


def _singular(words: str) -> str:
    """Lower case, and the last word without its plural s: `Bed days` → `bed day`."""
    words = words.lower()
    if words.endswith("ies") and len(words) > 4:
        return f"{words[:-3]}y"
    return words[:-1] if len(words) > 3 and words.endswith("s") and not words.endswith(("ss", "us", "is")) else words
