"""Tryton, by the JSON-RPC that its own clients speak."""

from fourfold.connectors.tryton.read import TRYTON

__all__ = ["TRYTON"]
