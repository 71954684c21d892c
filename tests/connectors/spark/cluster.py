"""A Spark cluster on this machine: a master and two workers, each a process, from the package pyspark."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

HERE = "127.0.0.1"
PATIENCE = 90
#: Why these tests cannot run here; empty where they can.
LACKING = "; ".join(
    [
        *([] if find_spec("pyspark") else ["Spark is not installed (make setup-spark)"]),
        *([] if os.environ.get("JAVA_HOME") or shutil.which("java") else ["there is no java"]),
    ]
)
#: What a session needs here: drivers and workers find one another on loopback, and little memory.
SETTINGS = {
    "spark.driver.host": HERE,
    "spark.driver.bindAddress": HERE,
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
}


@dataclass
class Cluster:
    """The processes, and the address of the master once it has said it."""

    folder: Path
    master: str = ""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """The master on a port that is free, and two workers of one core."""
        self._launch("Master", "master.log", "--host", HERE, "--port", "0", "--webui-port", "0")
        self.master = self._said("master.log", r"Starting Spark master at (spark://\S+)")
        for _ in range(2):
            self.add_worker()

    def add_worker(self) -> None:
        """One more worker, once the master knows it."""
        name = f"worker{len(self.running)}"
        options = ("--host", HERE, "--cores", "1", "--memory", "1g", "--webui-port", "0")
        worker = self._launch("Worker", f"{name}.log", *options, "--work-dir", str(self.folder / name), self.master)
        self.workers.append(worker)
        self._said(f"{name}.log", r"Successfully registered with master (\S+)")

    def kill_worker(self) -> None:
        """As if the machine of the first worker lost its power: nothing it started says goodbye."""
        worker = self.workers.pop(0)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        """End what was started here."""
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running:
            process.wait(PATIENCE)

    def _launch(self, role: str, log: str, *options: str) -> subprocess.Popen[bytes]:
        import pyspark

        home = Path(pyspark.__file__).parent
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{role.lower()}.{role}", *options]
        surroundings = os.environ | {
            "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HERE, "SPARK_LOCAL_DIRS": str(self.folder / "scratch"),
            "PYSPARK_PYTHON": sys.executable, "SPARK_DAEMON_MEMORY": "256m",
        }  # fmt: skip
        with (self.folder / log).open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=surroundings,
                start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def _said(self, log: str, pattern: str) -> str:
        """What a process says in its log, waited for."""
        for _ in range(PATIENCE * 10):
            if found := re.search(pattern, (self.folder / log).read_text(errors="replace")):
                return found[1]
            time.sleep(0.1)
        raise TimeoutError(f"{log} does not say {pattern}: {(self.folder / log).read_text(errors='replace')[-2000:]}")
