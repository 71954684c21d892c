"""Files at an address, or in a store that speaks like S3: CSV, TSV, workbooks and Parquet."""

from fourfold.connectors.download.read import DOWNLOAD

__all__ = ["DOWNLOAD"]
