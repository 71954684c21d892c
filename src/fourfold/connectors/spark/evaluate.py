"""One evaluation on a cluster, from Parquet to Parquet: all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from fourfold.connectors.spark.session import NoCluster, reason
from fourfold.connectors.spark.store import Store, address
from fourfold.engine.cluster.figures import figures_of, first_periods
from fourfold.engine.cluster.job import Job, plan
from fourfold.engine.cluster.kernel import FINDING, KPI, NODE
from fourfold.engine.cluster.stages import evaluate_kpis_on, findings_of, roll_up_nodes_on
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, errors
from fourfold.engine.progress import Progress
from fourfold.engine.results import View
from fourfold.errors import ConfigurationError, FourfoldError, NotFound

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import DataFrame, SparkSession

#: Seconds between two looks at how far it is.
PAUSE: Final = 0.5
#: Seconds without any worker after which it gives up.
PATIENCE: Final = 120


class Unreadable(FourfoldError):
    """These figures cannot be read."""


class Incomplete(FourfoldError):
    """The results are not all there."""


@dataclass(frozen=True)
class Outcome:
    """What came out: how many results of KPIs and nodes are at `out`, and what there is to say about the figures."""

    out: str
    kpis: int
    nodes: int
    errors: int
    findings: tuple[Finding, ...]


def evaluate_on(
    session: SparkSession,
    definitions: Definitions,
    measurements: str,
    out: str,
    *,
    as_of: datetime,
    view: View = "month",
    progress: Progress = lambda stage, done, total: None,
) -> Outcome:
    """Evaluate figures in Parquet at `measurements` and write the results as Parquet to the new folder `out`.

    Figures with errors give their findings and no results. `out` gets `kind=kpi` and `kind=node`, whose files have the
    columns of the long table in words, and `_SUCCESS` last. Without success nothing is at `out`.
    """
    store = Store(session, out)
    try:
        with _told(measurements):
            store.check_free()
            return _Run(session, definitions, store, progress).evaluate(address(measurements), as_of, view)
    finally:
        with suppress(Exception):  # where the cluster itself has gone, what went wrong before matters more
            store.forget()


class _Run:
    """The stages with what they share."""

    def __init__(self, session: SparkSession, definitions: Definitions, store: Store, progress: Progress) -> None:
        self.session, self.definitions, self.store, self.progress = session, definitions, store, progress

    def evaluate(self, measurements: str, as_of: datetime, view: View) -> Outcome:
        """All stages; without a place in the outcome where the figures have errors."""
        with self._stage("Looking for the first figures"):  # what is read, even the names of columns, takes a worker
            raw = self.session.read.option("mergeSchema", "false").parquet(measurements)
            figures, findings = figures_of(raw, self.definitions)
            if errors(findings):
                return Outcome("", 0, 0, 0, findings)
            first = first_periods(figures, self.definitions, self.session, as_of)
        job = plan(
            self.definitions, first, as_of=as_of, view=view,
            workers=self.session.sparkContext.defaultParallelism, version=version("fourfold"),
        )  # fmt: skip
        shared = self.session.sparkContext.broadcast(job)
        with self._stage("Evaluating KPIs"):
            rows = evaluate_kpis_on(figures, shared, self.session)
            rows.write.partitionBy("kind").parquet(self.store.within())
            if self.store.has(f"kind={FINDING}"):
                findings = findings_of(self._read(FINDING))
                self.store.remove(f"kind={FINDING}")
        if errors(findings):
            return Outcome("", 0, 0, 0, findings)
        with self._stage("Rolling up nodes"):
            nodes = roll_up_nodes_on(self._read(KPI), shared).drop("kind")
            nodes.write.parquet(self.store.within(f"kind={NODE}"))
        self.store.remove(f"kind={NODE}/_SUCCESS")
        with self._stage("Counting results"):
            outcome = self._counted(job, findings)
        self.store.publish()
        return outcome

    def _read(self, kind: str) -> DataFrame:
        return self.session.read.parquet(self.store.within(f"kind={kind}"))

    def _counted(self, job: Job, findings: tuple[Finding, ...]) -> Outcome:
        """Each KPI and node has a result at each unit and period, or something got lost on the way."""
        kpis, nodes = self._read(KPI), self._read(NODE)
        found, wrong = kpis.count(), kpis.where("state = 'error'").count()
        if (found, nodes.count()) != job.results():
            raise Incomplete(
                "The results are not all there; nothing was kept.",
                hint="Can every worker write where --out is? A disk must be shared by all of them.",
            )
        return Outcome(str(self.store.out.toString()), *job.results(), wrong, findings)

    @contextmanager
    def _stage(self, text: str) -> Iterator[None]:
        """Tell how far it is until the block is done; give up where no worker is left for long."""
        context, done, alone = self.session.sparkContext, Event(), Event()
        context.setJobGroup(text, text)

        def watch() -> None:
            waited = 0.0
            while not done.wait(PAUSE):
                self.progress(text, *_tasks(context, text))
                waited = 0.0 if _workers(self.session) else waited + PAUSE
                if waited > PATIENCE:
                    alone.set()
                    context.cancelJobGroup(text)

        self.progress(text, 0, 0)
        watcher = Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        except Exception as error:
            if alone.is_set():
                hint = "Start workers, or ask for less with --spark spark.executor.memory=1g."
                raise NoCluster(f"No worker took the work for {PATIENCE} seconds.", hint=hint) from error
            raise
        finally:
            done.set()
            watcher.join()


def _tasks(context: SparkContext, group: str) -> tuple[int, int]:
    """How many tasks of a group of jobs are done, and how many there are."""
    tracker = context.statusTracker()
    jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup(group)]
    stages = [tracker.getStageInfo(stage) for job in jobs if job is not None for stage in job.stageIds]
    known = [s for s in stages if s is not None]
    return sum(s.numCompletedTasks for s in known), sum(s.numTasks for s in known)


def _workers(session: SparkSession) -> int:
    """How many processes take work; the first one told of is this program, which does where there is no cluster."""
    found = len(session._jsc.sc().statusTracker().getExecutorInfos())
    return found if session.sparkContext.master.startswith("local") else found - 1


@contextmanager
def _told(place: str) -> Iterator[None]:
    """What Spark and Java complain about, in words that help."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except FourfoldError:
        raise
    except (PySparkException, Py4JJavaError, Py4JError, OSError) as error:
        raise explained(error, place) from error


def explained(error: Exception, place: str) -> FourfoldError:
    """The error behind an exception of Spark, which names it only in its text."""
    text = str(error)
    condition = getattr(error, "getCondition", lambda: None)() or ""
    if said := re.search(r"VersionError: (.+)", text):
        return ConfigurationError(said[1], hint="Install the same version on every worker.")
    if "No module named 'fourfold" in text:
        return ConfigurationError(
            "The workers' Python has no Fourfold.",
            hint='Run there: pip install "fourfold[spark]", or name another Python in PYSPARK_PYTHON.',
        )
    if "S3AFileSystem not found" in text:
        return ConfigurationError(
            "This Spark has no connector for S3.",
            hint="Add --spark spark.jars.packages=org.apache.hadoop:hadoop-aws:VERSION, the version of its Hadoop.",
        )
    if condition == "PATH_NOT_FOUND":
        return NotFound(f"There is nothing at {place}.", hint="Name a Parquet file, or a folder of them.")
    unreadable = ("CANNOT_READ_FILE_FOOTER", "FAILED_READ_FILE", "UNABLE_TO_INFER_SCHEMA", "is not a Parquet file")
    if any(sign in condition or sign in text for sign in unreadable):
        return Unreadable(f"{place} cannot be read as Parquet.", hint="Name a Parquet file, or a folder of them.")
    return NoCluster(f"The cluster gave up: {reason(error)}", hint="Its log says more; try again later.")
