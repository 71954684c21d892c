"""Files at an address: CSV, TSV and Parquet."""

from fourfold.connectors.download.read import DOWNLOAD

__all__ = ["DOWNLOAD"]
