"""What we stand on: `make audit`.

It compares what is installed with the lock, package by package, and looks at licences; both need no network. Known
holes are asked for where the tool `pip-audit` is on the PATH (it needs the network); else that is said, and they were
not asked for.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "dev.txt"
#: Licences whose terms would reach our users' own programs.
REFUSED = re.compile(r"\b(?:A?GPL)\b|Affero|(?<!Lesser )General Public", re.IGNORECASE)
#: Ours, and what brings the installer.
OWN = {"fourfold", "pip", "setuptools"}


def name_of(text: str) -> str:
    """The name of a package in its one spelling."""
    return re.sub(r"[-_.]+", "-", text).lower()


def locked() -> dict[str, set[str]]:
    """Versions in the lock by name; some packages have one for each kind of machine."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\\n]+)", LOCK.read_text(), re.MULTILINE):
        found.setdefault(name_of(name), set()).add(version)
    return found


def licence_of(distribution: importlib.metadata.Distribution) -> str:
    """The licence that a package names, in one line."""
    about = distribution.metadata
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License")]
    given = about.get("License-Expression") or ", ".join(classifiers) or about.get("License") or ""
    return given.strip().splitlines()[0] if given.strip() else "not named"


def main() -> int:
    """0 where everything is as locked and nothing is refused or known to be broken."""
    known, wrong, licences = locked(), [], []
    for distribution in importlib.metadata.distributions():
        name = name_of(distribution.metadata["Name"])
        if name in OWN:
            continue
        if distribution.version not in known.get(name, ()):
            wrong.append(f"{name} {distribution.version} is installed, and the lock has {known.get(name) or 'none'}")
        licence = licence_of(distribution)
        licences.append(licence)
        if REFUSED.search(licence) and "LGPL" not in licence and "Lesser" not in licence:
            wrong.append(f"{name} is under {licence}")
    print(f"{len(licences)} packages, as in {LOCK.name}; {licences.count('not named')} do not name their licence")
    print("\n".join(wrong))
    if tool := shutil.which("pip-audit"):
        lock = ROOT / "requirements" / "web.txt"
        return bool(wrong) or subprocess.run([tool, "--no-deps", "--disable-pip", "-r", lock]).returncode
    print("Known holes were not asked for: pip-audit is not on the PATH.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
