"""Evaluation on Apache Spark: figures and results are Parquet that the cluster reads and writes."""

from fourfold.connectors.spark.evaluate import Outcome, evaluate_on
from fourfold.connectors.spark.session import connect

__all__ = ["Outcome", "connect", "evaluate_on"]
