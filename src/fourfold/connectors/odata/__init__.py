"""Services that speak OData v4 or v2: SAP, Business Central, Dynamics 365."""

from fourfold.connectors.odata.read import ODATA

__all__ = ["ODATA"]
