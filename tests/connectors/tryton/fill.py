"""Sales, invoices, payments and opportunities of a shop, made as people make them in Tryton; run by its own Python.

`fill.py CONFIGURATION DATABASE`. What is made stands in `shop.py`.
"""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from typing import Any

import shop
from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company


def main(configuration: str, database: str) -> None:
    """Fill the database, whose modules are there and whose company is not."""
    opened = config.set_trytond(f"sqlite:///{database}", config_file=configuration)
    create_company()
    create_chart()
    fiscal = set_fiscalyear_invoice_sequences(create_fiscalyear(today=(date(2026, 1, 1), date(2026, 12, 31))))
    fiscal.click("create_period")
    opened.skip_warning = True  # such as that a payment would have been due before today
    made = Shop()
    sold = [(day, pieces, is_paid, made.quote) for day, pieces, is_paid in shop.SALES + shop.LATER]
    sold += [(day, pieces, True, made.win) for day, pieces in shop.WON]
    for day, pieces, is_paid, begin in sorted(sold, key=lambda each: each[0]):  # numbers of invoices follow their days
        made.bill(begin(day, pieces), day, is_paid)
    for day, pieces in shop.QUOTED:
        made.quote(day, pieces)
    for _ in shop.LOST:
        made.lose()
    for amount in shop.OPEN:
        made.hope(amount)


class Shop:
    """One customer, one service with a price, and cash."""

    def __init__(self) -> None:
        accounts = get_accounts()
        tax = create_tax(shop.TAX)
        tax.save()
        self.customer = Model.get("party.party")(name="Customer")
        self.customer.save()
        somebody = Model.get("party.party")(name="Employee")
        somebody.save()
        self.employee = Model.get("company.employee")(party=somebody)
        self.employee.save()
        category = Model.get("product.category")(name="Sold", accounting=True)
        category.account_revenue, category.account_expense = accounts["revenue"], accounts["expense"]
        category.customer_taxes.append(tax)
        category.save()
        template = Model.get("product.template")(name="Service", type="service", salable=True)
        template.default_uom = Model.get("product.uom").find([("name", "=", "Unit")])[0]
        template.list_price, template.account_category = shop.PRICE, category
        template.save()
        (self.product,) = template.products
        self.term = Model.get("account.invoice.payment_term")(name="Direct")
        self.term.lines.new(type="remainder")
        self.term.save()
        cash = Model.get("account.journal").find([("type", "=", "cash")])[0]
        self.method = Model.get("account.invoice.payment.method")(name="Cash", journal=cash)
        self.method.credit_account = self.method.debit_account = accounts["cash"]
        self.method.save()

    def quote(self, day: date, pieces: int) -> Any:
        sale = Model.get("sale.sale")(party=self.customer, payment_term=self.term, sale_date=day)
        sale.invoice_method = "order"
        line = sale.lines.new()
        line.product, line.quantity = self.product, pieces
        sale.click("quote")
        return sale

    def bill(self, sale: Any, day: date, is_paid: bool) -> None:
        sale.click("confirm")
        sale.reload()
        (invoice,) = sale.invoices
        invoice.invoice_date = day
        invoice.click("post")
        if is_paid:
            pay = invoice.click("pay")
            pay.form.payment_method, pay.form.date = self.method, day
            pay.execute("choice")

    def hope(self, amount: Decimal) -> Any:
        made = Model.get("sale.opportunity")(description="Hope", party=self.customer, payment_term=self.term)
        made.employee = self.employee
        made.address, made.start_date, made.amount = self.customer.addresses[0], date(2026, 1, 2), amount
        made.click("opportunity")
        return made

    def win(self, day: date, pieces: int) -> Any:
        """The order that an opportunity became; it is won when the order is confirmed."""
        made = self.hope(Decimal(1))
        line = made.lines.new()
        line.product, line.quantity = self.product, pieces
        made.save()
        (sale,) = made.click("convert")
        sale.sale_date, sale.invoice_method = day, "order"
        sale.click("quote")
        return sale

    def lose(self) -> None:
        self.hope(Decimal(50)).click("lost")


if __name__ == "__main__":
    main(*sys.argv[1:])
