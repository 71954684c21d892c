"""Services that answer in JSON: pages followed to the last, rows chosen by JMESPath."""

from fourfold.connectors.rest.read import REST

__all__ = ["REST"]
