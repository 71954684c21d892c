"""The reference page about checks, made from their docstrings."""

from __future__ import annotations

from typing import Final

from fourfold.engine.checks import CHECKS

_INTRODUCTION: Final = """# Checks

`fourfold check FOLDER` and every load run these checks. A finding has a code, a level (error, warning, information),
a place (file, line and column), what is wrong, and how to mend it. Errors block loading; the others do not.
"""

#: What reading the texts can say, before any check runs.
READING: Final = {
    "DEF-YAML": "The file is not the plain YAML that definitions are written in: indentation, brackets, quotes, or "
    "a trick such as an anchor, a tag or a second document.",
    "DEF-CHARACTER": "There is a control character in the file; it may be damaged, or no text file.",
    "DEF-SIZE": "The file is longer than a definition file may be.",
    "DEF-EMPTY": "The folder holds no definitions.",
    "DEF-FORMAT": "The folder is written in another version of the format.",
    "DEF-KEY": "A key is not known where it stands.",
    "DEF-TWICE": "A key is given twice, or a second organisation or strategy.",
    "DEF-MISSING": "A key that is required is not there, or has no value.",
    "DEF-SHAPE": "A list, a mapping or a single value stands where another of them is wanted.",
    "DEF-VALUE": "A word is none of those the key takes, or a text is empty or holds unprintable characters.",
    "DEF-NUMBER": "A value is not a number, not a finite one, or has too many digits.",
    "DEF-LIMIT": "A number or a text is outside its limits; a negative weight (V21) is one of these.",
    "DEF-CODE": "A code has characters that codes may not have.",
}

#: What is said about waivers once every check has run.
WAIVING: Final = {"WAIVER": "A waiver of the strategy matches no finding that can be waived; information only."}
_WAIVERS: Final = """## Waivers

A warning that is right and meant can be waived under `waivers` of the strategy, with a reason and a last day. Until
then it is shown as information with that reason; afterwards it counts again. An error cannot be waived: no calculation
can use it. The exceptions are the checks marked as a gate, which block a strategy and not a calculation.

```yaml
strategy:
  waivers:
    - check: LINK-DOWN
      thing: link:within-means>skilled-teams
      reason: A margin pays for training; the board wants to see it.
      until: 2027-03-31
      author: alice
```

| code | meaning |
|---|---|
"""


def checks_page() -> str:
    """The page as Markdown: first what reading can say, then every check in the order they run."""
    parts = [_INTRODUCTION, "## Reading the files\n\n| code | meaning |\n|---|---|"]
    parts[-1] += "".join(f"\n| `{code}` | {meaning} |" for code, meaning in READING.items()) + "\n"
    parts.append(_WAIVERS + "".join(f"| `{code}` | {meaning} |\n" for code, meaning in WAIVING.items()))
    for c in CHECKS.values():
        gate = "\n\nA gate: a draft strategy does not become active with it." if c.gate else ""
        parts.append(f"## `{c.code}`: {c.title[0].lower()}{c.title[1:]}\n\n{c.meaning}{gate}\n")
    return "\n".join(parts)
