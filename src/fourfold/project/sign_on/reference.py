"""The reference page of the file of directories."""

from __future__ import annotations

from pydantic.fields import FieldInfo

from fourfold.access.directory import Directory, GroupRole
from fourfold.project.sign_on.configuration import KINDS


def directories_page() -> str:
    """Every key of every kind, as the models say it."""
    lines = [
        "# Directories", "",
        "`FOURFOLD_DIRECTORIES` names a TOML file with a table `[KIND.CODE]` for each directory people sign in with, "
        "or that says who is there. [How to](../how-to/sign-in-with-your-directory.md) set one up.", "",
        "## Keys of every kind", "", *_table({k: f for k, f in Directory.model_fields.items() if k != "code"}), "",
        "## Keys of `groups`", "", *_table(GroupRole.model_fields),
    ]  # fmt: skip
    for kind, model in KINDS.items():
        own = {k: f for k, f in model.model_fields.items() if k not in Directory.model_fields}
        told = (model.__doc__ or "").strip()
        lines += ["", f"## `[{kind}.CODE]`", "", told, "", *(_table(own) if own else ["It has no keys of its own."])]
    return "\n".join(lines) + "\n"


def _table(fields: dict[str, FieldInfo]) -> list[str]:
    rows = [f"| `{name}` | {_default(field)} | {field.description} |" for name, field in fields.items()]
    return ["| key | default | meaning |", "|---|---|---|", *rows]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{each}"' for each in value) + "]`" if value else "none"
    escaped = str(value).replace("|", "\\|")
    return f"`{escaped}`" if value else "none"
