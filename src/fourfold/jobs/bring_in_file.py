"""The process of one import job: `python -m fourfold.jobs.bring_in_file JOB TOKEN`.

It says on its output how far it is, once a second, as lines of JSON. Where nobody reads them any more it ends: what it
was recording is one transaction, of which nothing is left then.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Final
from uuid import UUID

_EVERY: Final = 0.9  # seconds


def main(job: str, token: str) -> int:
    """0 when the job has ended, well or not."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fourfold.project.settings")
    import django

    django.setup()
    from fourfold.actions.run_import_job import run_import_job

    try:
        run_import_job(by=None, job=UUID(job), token=token, tell=_Teller())
    except BrokenPipeError:  # the server is gone
        os._exit(1)
    return 0


class _Teller:
    """Says a new stage at once, and the same one again after a while."""

    def __init__(self) -> None:
        self._stage, self._said = "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == self._stage and time.monotonic() - self._said < _EVERY:
            return
        self._stage, self._said = stage, time.monotonic()
        sys.stdout.write(json.dumps([stage, done, total]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
