"""Bring in the files that people wait for, each in a process of its own.

A large file takes memory and processors, and could end the process that reads it: so that is not the one that serves
pages. The server hears from it how far it is, ends it when it is told to, and takes it for lost when it ends by itself.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from datetime import datetime
from typing import IO, Final

from fourfold.records.import_jobs import Stage, claim_job, end_with, forget, hear, keep, release
from fourfold.records.models import ImportJob
from fourfold.records.read_only import is_read_only

#: Seconds between two looks at whether it is to go on.
LOOK: Final = 0.5
_ending: Final = threading.Event()
_log: Final = logging.getLogger(__name__)


def run_import_jobs(*, now: datetime) -> int:
    """How many ended."""
    ended = 0
    while not (_ending.is_set() or is_read_only()) and (job := claim_job()):
        ended += _run(job)
    return ended


def end_import_jobs() -> None:
    """The server ends: what is under way is left for its next start, and nothing of it is recorded."""
    _ending.set()


def _run(job: ImportJob) -> bool:
    """Whether it ended by itself; where its process did not, it is tried again."""
    command = [sys.executable, "-m", "fourfold.jobs.bring_in_file", str(job.pk), job.token]
    is_stopped = False
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        listener = threading.Thread(target=_listen, args=(job, process.stdout), daemon=True)
        listener.start()
        while process.poll() is None:
            if _ending.wait(LOOK) or (is_stopped := not keep(job)):
                process.kill()
                process.wait()
        listener.join()
    if is_stopped:
        end_with(job, "It was stopped.", "Nothing of it is recorded.")
    elif process.returncode:
        _log.warning("The process of import job %s ended with %s", job.pk, process.returncode)
        release(job, counts=not _ending.is_set())
    forget(job)
    return not process.returncode


def _listen(job: ImportJob, told: IO[str]) -> None:
    for line in told:
        hear(job, Stage(*json.loads(line)))
