"""What is asked of Spark: a few methods of its session and its tables, under their own names."""
# ruff: noqa: D102 (what they mean is in Spark's reference)

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Scalar(Protocol):
    """One value of Arrow."""

    def as_py(self) -> int: ...


class Grouped(Protocol):
    """Rows in groups."""

    def applyInArrow(self, func: Callable[[tuple[Scalar, ...], object], object], schema: str) -> Table: ...


class Writer(Protocol):
    """How a table is written."""

    def mode(self, mode: str) -> Writer: ...

    def partitionBy(self, *columns: str) -> Writer: ...

    def parquet(self, path: str) -> None: ...


class Table(Protocol):
    """A table spread over the workers."""

    @property
    def columns(self) -> list[str]: ...

    @property
    def dtypes(self) -> list[tuple[str, str]]: ...

    @property
    def write(self) -> Writer: ...

    def selectExpr(self, *columns: str) -> Table: ...

    def where(self, condition: str) -> Table: ...

    def join(self, other: Table, on: str, how: str) -> Table: ...

    def hint(self, name: str) -> Table: ...

    def drop(self, *columns: str) -> Table: ...

    def distinct(self) -> Table: ...

    def limit(self, num: int) -> Table: ...

    def unionByName(self, other: Table, allowMissingColumns: bool) -> Table: ...

    def groupBy(self, *columns: str) -> Grouped: ...

    def repartition(self, numPartitions: int, *columns: str) -> Table: ...

    def collect(self) -> list[Sequence[str]]: ...

    def count(self) -> int: ...


class Reader(Protocol):
    """How tables are read."""

    def parquet(self, *paths: str) -> Table: ...


class Broadcast(Protocol[T_co]):
    """A value that every worker gets once."""

    @property
    def value(self) -> T_co: ...


class Context(Protocol):
    """The connection to the cluster."""

    @property
    def defaultParallelism(self) -> int: ...

    def broadcast(self, value: T) -> Broadcast[T]: ...


class Session(Protocol):
    """A Spark session."""

    @property
    def read(self) -> Reader: ...

    @property
    def sparkContext(self) -> Context: ...

    def createDataFrame(self, data: Iterable[tuple[str | int, ...]], schema: str) -> Table: ...

