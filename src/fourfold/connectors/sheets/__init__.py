"""Sheets of Google Sheets that are shared with a service account."""

from fourfold.connectors.sheets.read import SHEETS

__all__ = ["SHEETS"]
