"""Build the wheel and try it as a stranger would: in an empty environment, in an empty folder, without the checkout."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("django", "polars", "pandas", "pyarrow", "sqlite3")


def say(text: str) -> None:
    """One line of progress."""
    print(f"  {text}", flush=True)


def run(*command: object, cwd: Path) -> str:
    """The output of a command; a failure ends everything and shows it."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        words = " ".join(str(part) for part in command)
        sys.exit(f"\nThe wheel failed at:  {words}\n{done.stdout}{done.stderr}")
    return done.stdout


def build() -> Path:
    """The one wheel in dist/."""
    say("building the wheel")
    for old in (ROOT / "dist").glob("*.whl"):
        old.unlink()
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", ROOT / "dist", ROOT, cwd=ROOT)
    (wheel,) = (ROOT / "dist").glob("*.whl")
    return wheel


def check_contents(wheel: Path) -> None:
    """Every file git knows under src/ is in the wheel, and nothing else but the wheel's own notes."""
    known = run("git", "ls-files", "src", cwd=ROOT).splitlines()
    expected = {name.removeprefix("src/") for name in known if (ROOT / name).exists()}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    if missing := sorted(expected - packed):
        sys.exit(
            f"\nThe wheel lacks {len(missing)} files, the first is {missing[0]}: "
            "mend [tool.hatch.build] in pyproject.toml."
        )
    if strange := sorted(packed - expected):
        say(f"note: {len(strange)} files in the wheel are not in git, the first is {strange[0]}")
    say(f"{wheel.name}: {len(packed)} files, {wheel.stat().st_size / 1e6:.1f} MB")


def check_library(python: Path, folder: Path) -> None:
    """What a reader of the README does first, with the base lock alone."""
    say("import fourfold, with nothing heavy loaded")
    code = f"import sys, fourfold; sys.exit(' '.join(m for m in {HEAVY!r} if m in sys.modules) or 0)"
    run(python, "-c", code, cwd=folder)
    fourfold = python.with_name("fourfold")
    for arguments in (["--version"], ["init", "starter"], ["check", "starter"], ["evaluate", "starter"]):
        say("fourfold " + " ".join(arguments))
        if not run(fourfold, *arguments, cwd=folder).strip():
            sys.exit(f"\n`fourfold {' '.join(arguments)}` said nothing.")


def check_server(python: Path, folder: Path) -> None:
    """The server half: its settings load, its templates and static files are there, its tables can be made."""
    say("the same environment with the server's lock: system checks and tables")
    code = (
        "import os; os.environ |= {'DJANGO_SETTINGS_MODULE': 'fourfold.project.settings', 'FOURFOLD_DATA': 'var'};"
        "os.environ.pop('DATABASE_URL', None);"
        "import django; django.setup();"
        "from django.core.management import call_command;"
        "call_command('check'); call_command('migrate', verbosity=0)"
    )
    run(python, "-c", code, cwd=folder)


def main() -> None:
    """Build, look inside, install, use."""
    wheel = build()
    check_contents(wheel)
    with tempfile.TemporaryDirectory(prefix="fourfold-wheel-") as name:
        folder = Path(name)
        say("an empty environment with the base lock")
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        install = [python, "-m", "pip", "install", "-q", "--no-deps", "--disable-pip-version-check"]
        run(*install, "--require-hashes", "-r", ROOT / "requirements" / "base.txt", cwd=folder)
        run(*install, wheel, cwd=folder)
        check_library(python, folder)
        run(*install, "--require-hashes", "-r", ROOT / "requirements" / "web.txt", cwd=folder)
        check_server(python, folder)
    print(f"The wheel works: dist/{wheel.name}")


if __name__ == "__main__":
    main()
