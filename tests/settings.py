"""The product's own settings, with a data folder that is gone after the run."""

import os
import tempfile
from pathlib import Path

_FOLDER = tempfile.TemporaryDirectory(prefix="fourfold-tests-")
os.environ["FOURFOLD_DATA"] = _FOLDER.name
Path(_FOLDER.name, "static").mkdir()

from fourfold.project.settings import *  # noqa: E402, F403

# Addresses of static files as they are written: nothing is collected for a test.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
# A test's transaction is seen by its own thread alone; those that look at threads say so.
FEEDS_AT_ONCE = 1
# Three passes over 64 MiB for each sign-in keep guessers out, not mistakes.
PASSWORD_HASHERS = ["tests.hashers.Quick", *PASSWORD_HASHERS[1:]]  # noqa: F405
