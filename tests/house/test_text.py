"""No file names a path of the machine it was written on, nor the address of a package registry."""

from __future__ import annotations

import re

import pytest

from tests.house.source import ROOT, tracked, tracked_text

# In pieces, so that this file does not find itself.
REGISTRIES = [
    "pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.(org|com)", "un" + r"pkg\.com", "jsdeli" + r"vr\.net",
    "cdn" + r"js\.", "esm" + r"\.sh", "--(extra-)?index" + "-url[ =]", "--find" + "-links[ =]",
]  # fmt: skip
REGISTRY = re.compile("|".join(REGISTRIES))
MACHINE = re.compile(
    r"(?<![\w.:~$}-])/(?:wo" + r"rk|tm" + r"p|ro" + r"ot|opt/pyp" + r"i|home/[a-z]\w+|Users/\w+)(?:/|\b(?=['\"`\s)]))"
)
EXCUSE = "house:"


def offences(pattern: re.Pattern[str], text: str) -> list[int]:
    """The lines that match, without those that give their reason."""
    return [n for n, line in enumerate(text.splitlines(), 1) if pattern.search(line) and EXCUSE not in line]


@pytest.mark.parametrize("path", ["/wo" + "rk/main/src", "'/tm" + "p/x'", "cd /ro" + "ot/a", "see /home/" + "alice/x"])
def test_a_path_of_this_machine_is_found(path: str) -> None:
    assert offences(MACHINE, path)


@pytest.mark.parametrize("text", ["https://example.org/work/", "hours/work/day", "a/tmp", "$HOME/work/x"])
def test_other_slashes_are_fine(text: str) -> None:
    assert not offences(MACHINE, text)


def test_a_registry_address_is_found() -> None:
    assert offences(REGISTRY, "https://files.python" + "hosted.org/packages/a.whl")


def test_no_file_names_a_registry() -> None:
    found = [f"{path.relative_to(ROOT)}:{n}" for path, text in tracked_text() for n in offences(REGISTRY, text)]
    assert not found, "\n".join(found)


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    found = [f"{path.relative_to(ROOT)}:{n}" for path, text in tracked_text() for n in offences(MACHINE, text)]
    assert not found, "\n".join(found)


def test_every_lock_pins_every_package_with_hashes() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        for block in re.split(r"\n(?=\S)", lock.read_text().strip()):
            assert re.match(r"[a-z0-9-]+==\S+", block), f"{lock.name}: {block.splitlines()[0]}"
            assert "--hash=sha256:" in block, f"{lock.name}: {block.splitlines()[0]}"


def test_no_build_or_database_or_secret_is_tracked() -> None:
    suffixes = {".sqlite3", ".pyc", ".whl", ".env", ".pem", ".key", ".log"}
    assert not [path for path in tracked() if path.suffix in suffixes or path.name == ".env"]
