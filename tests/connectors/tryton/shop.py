"""What is in the Tryton of the tests, as numbers: `fill.py` makes it, and sums are checked against it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

PRICE = Decimal("10.25")
TAX = Decimal("0.10")
#: Day of the sale, pieces, whether its invoice was paid.
SALES = [(date(2026, month, day), 1 + 7 * day % 23, day % 3 == 0) for month in (1, 2) for day in range(1, 27, 6)]
#: Sold in March, and only quoted in February: neither is revenue of the first two months.
LATER = [(date(2026, 3, 3), 900, False)]
QUOTED = [(date(2026, 2, 10), 800)]
#: Opportunities won: day, pieces; the invoices of those are paid.
WON = [(date(2026, 1, 9), 12), (date(2026, 1, 20), 5), (date(2026, 2, 11), 3)]
LOST = [date(2026, 1, 12), date(2026, 2, 2), date(2026, 2, 3)]
OPEN = [Decimal("1500.50"), Decimal("99.75"), Decimal(2400)]


def sold(month: int) -> list[Decimal]:
    """Net amounts of the orders of a month, which are those of its invoices."""
    return [PRICE * pieces for day, pieces, *_ in (*SALES, *WON) if day.month == month]


def unpaid() -> Decimal:
    """What customers owe of the first two months, with tax, each invoice rounded to cents as Tryton does."""
    return sum((PRICE * n + (PRICE * n * TAX).quantize(Decimal("0.01")) for _, n, is_paid in SALES if not is_paid),
               Decimal(0))  # fmt: skip
