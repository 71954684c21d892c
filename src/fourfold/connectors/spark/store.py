"""Folders of results where Spark keeps its files: a disk, HDFS or an object store."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fourfold.errors import Conflict, FourfoldError, Kind

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Written last: where this file is, the results are whole.
SUCCESS: Final = "_SUCCESS"


class NotWritten(FourfoldError):
    """The results could not be put in their place."""

    kind = Kind.UNAVAILABLE


def address(text: str) -> str:
    """The address as Spark reads it: `s3://` by its connector's name, a path of this machine as a `file:` address.

    >>> address("s3://figures/2026"), address("hdfs://store/figures")
    ('s3a://figures/2026', 'hdfs://store/figures')
    """
    if text.startswith("s3://"):
        return text.replace("s3://", "s3a://", 1)
    return text if re.match(r"[a-z][a-z0-9+.-]*:/", text) else Path(text).absolute().as_uri()


class Store:
    """Where results go: first to a folder beside it with a name of its own, and there when they are whole."""

    def __init__(self, session: SparkSession, out: str) -> None:
        """Say where; nothing is touched yet."""
        jvm: Any = session._jvm
        self._path = jvm.org.apache.hadoop.fs.Path
        self.out = self._path(address(out))
        parent, run = self.out.getParent(), session.sparkContext.applicationId
        self.half = self._path(parent, f".{self.out.getName()}.{run}.part")
        self._files = self.out.getFileSystem(session._jsparkSession.sessionState().newHadoopConf())

    def check_free(self) -> None:
        """Refuse a place where something is: results of two runs never mix."""
        if self._files.exists(self.out):
            raise Conflict(f"There is something at {self.out} already.", hint="Name another --out, or remove it.")

    def within(self, name: str = ".") -> str:
        """The address of the half-finished results, or of a part of them."""
        return str(self._path(self.half, name).toString())

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return bool(self._files.exists(self._path(self.half, name)))

    def remove(self, name: str) -> None:
        """Remove a part of the half-finished results."""
        self._files.delete(self._path(self.half, name), True)

    def publish(self) -> None:
        """Put the results in their place. On an object store that is a copy, so the sign that all is there is last."""
        self.check_free()
        self.remove(SUCCESS)
        if not self._files.rename(self.half, self.out):
            raise NotWritten(f"The results could not be moved to {self.out}.", hint="May you write there?")
        self._files.create(self._path(self.out, SUCCESS)).close()

    def forget(self) -> None:
        """Remove what is half finished, if there is any."""
        self._files.delete(self.half, True)
