"""Make .venv from a lock: `python3 .ci/setup.py web` (what a server runs), `sso` (that, to sign in with a directory),
`dev` (that and the tools) or `spark` (all).

Does nothing, at once, where the lock, the project file, the Python and the place are what they were last time.
This file is the first to run on a new machine, so it needs nothing but an old Python 3 to say what is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
LOCKS = ("web", "sso", "dev", "spark")  # each holds all of the one before it


def stop(text):
    """End with what is wrong and what to do."""
    sys.exit("\n" + text + "\n")


def fingerprint(lock):
    """Everything the environment is made from, as one line."""
    digest = hashlib.sha256()
    for part in (ROOT / "requirements" / (lock + ".txt"), ROOT / "pyproject.toml"):
        digest.update(part.read_bytes())
    digest.update("{} {}.{}".format(ROOT, *sys.version_info[:2]).encode())
    return digest.hexdigest()


def stamp(lock):
    """Where the fingerprint of a finished installation is kept."""
    return VENV / ("fourfold-" + lock + ".stamp")


def is_ready(lock):
    """Whether .venv already holds this lock, or a larger one."""
    wanted = LOCKS[LOCKS.index(lock) :]
    return PYTHON.exists() and any(stamp(x).exists() and stamp(x).read_text() == fingerprint(x) for x in wanted)


def check_python():
    """Refuse a Python that is too old, or one from which Debian took `ensurepip`."""
    if sys.version_info < (3, 11):
        stop(
            "Fourfold needs Python 3.11 or newer; {} is {}.{}.\n"
            "Install one, or name it:  make PYTHON=/path/to/python3.12 …".format(sys.executable, *sys.version_info[:2])
        )
    try:
        import ensurepip  # noqa: F401  (only whether it is there)
        import venv  # noqa: F401
    except ImportError:
        stop(
            "This Python cannot make environments: Debian and Ubuntu keep that in a package of its own.\n"
            "Run:  sudo apt install python3-venv    (or python{}.{}-venv)".format(*sys.version_info[:2])
        )


def make_environment():
    """A fresh .venv, where there is none or the one there does not run here."""
    works = (
        PYTHON.exists()
        and subprocess.run(
            [
                str(PYTHON),
                "-c",
                "import pip, sys; sys.exit(sys.version_info[:2] != {})".format(tuple(sys.version_info[:2])),
            ],
            stderr=subprocess.DEVNULL,
        ).returncode
        == 0
    )
    if works:
        return
    print("  making .venv with Python {}.{}".format(*sys.version_info[:2]), flush=True)
    shutil.rmtree(str(VENV), ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def pip(*arguments, expect=0):
    """Run pip, show how far it is, and show its own words only if it fails."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines, seen, live = [], 0, sys.stdout.isatty()
    for line in process.stdout:
        lines.append(line)
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            seen += 1
            name = line.replace("Requirement already satisfied: ", "Collecting ").split()[1]
            if live:
                print("\r\033[K  {} of about {}: {}".format(seen, expect, name), end="", flush=True)
            elif expect and seen % 20 == 0:
                print("  {} of about {}".format(seen, expect), flush=True)
        elif line.startswith("Installing collected packages") and expect:
            print("{}  unpacking".format("\r\033[K" if live else ""), flush=True)
    if process.wait():
        stop(
            "".join(lines[-15:]) + "\npip could not install what requirements/ asks for (its words are above).\n"
            "Behind a mirror? Tell pip where it is (pip config set global.index-url …) and run the same command again."
        )


def main(lock):
    """Bring .venv to the lock, or say at once that it is there already."""
    if is_ready(lock):
        return
    check_python()
    packages = (ROOT / "requirements" / (lock + ".txt")).read_text().count("==")
    print("Setting up: {} packages from requirements/{}.txt (a minute or two, once)".format(packages, lock), flush=True)
    make_environment()
    pip("--require-hashes", "--no-deps", "-r", str(ROOT / "requirements" / (lock + ".txt")), expect=packages)
    print("  the project itself, editable", flush=True)
    pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    stamp(lock).write_text(fingerprint(lock))
    print("Ready.", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in [[x] for x in LOCKS]:
        stop("Say which lock:  python3 .ci/setup.py " + "|".join(LOCKS))
    main(sys.argv[1])
