"""Tables: only `records/frames` turns them into arrays, a person's query starts from what the person may see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.house.source import PACKAGE, Module, bites, check, functions, imports, modules

ARRAYS = {"numpy", "polars", "pandas", "pyarrow"}
WITHOUT_ARRAYS = ("project", "web", "api", "mcp", "jobs", "actions", "records", "access")
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def arrays(module: Module) -> Iterator[str]:
    """Arrays or frames named on the side of the tables."""
    for node, name in imports(module.tree):
        if name.split(".")[0] in ARRAYS and not module.path.startswith("records/frames/") and not module.excused(node):
            yield module.at(node, f"imports {name}: only records/frames knows both tables and arrays")


def tables_and_arrays(module: Module) -> Iterator[str]:
    """Both in one module, anywhere."""
    names = {name for _, name in imports(module.tree)}
    tables = any(name.startswith(("django.db", "fourfold.records.models")) for name in names)
    if tables and any(name.split(".")[0] in ARRAYS for name in names) and not module.path.startswith("records/frames/"):
        yield f"{module.path}:1 knows both tables and arrays; that is for records/frames"


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def starts_from_what_is_visible(manager: ast.Attribute, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether `Model.objects` is followed at once by `.visible_to(…)`, or `.shown_to(…)`, which says what is hidden."""
    method = above.get(manager)
    return isinstance(method, ast.Attribute) and method.attr in ("visible_to", "shown_to")


def queries(module: Module) -> Iterator[str]:
    """A query that does not start from what somebody may see, without a reason."""
    above = parents(module.tree)
    for function in functions(module.tree):
        if module.excused(function):
            continue
        for node in ast.walk(function):
            if not (isinstance(node, ast.Attribute) and node.attr in MANAGERS):
                continue
            if not starts_from_what_is_visible(node, above) and not module.excused(node):
                yield module.at(
                    node, f"{function.name}: start from `.objects.visible_to(person)`, or say why not (# house: …)"
                )


def classes(found: tuple[Module, ...]) -> dict[str, tuple[Module, ast.ClassDef]]:
    """Every class of the tables by its name."""
    return {
        node.name: (module, node)
        for module in found
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name != "Meta"
    }


def bases(node: ast.ClassDef) -> list[str]:
    return [
        base.attr if isinstance(base, ast.Attribute) else base.id
        for base in node.bases
        if isinstance(base, ast.Attribute | ast.Name)
    ]


def without_organisation(found: tuple[Module, ...]) -> Iterator[str]:
    """Tables whose rows belong to nobody."""
    known = classes(found)

    def lineage(name: str) -> Iterator[str]:
        yield name
        if name in known:
            for base in bases(known[name][1]):
                yield from lineage(base)

    def has_field(node: ast.ClassDef) -> bool:
        targets = [t for s in node.body if isinstance(s, ast.Assign) for t in s.targets]
        return any(isinstance(t, ast.Name) and t.id == "organisation" for t in targets)

    def is_abstract(node: ast.ClassDef) -> bool:
        metas = [s for s in node.body if isinstance(s, ast.ClassDef) and s.name == "Meta"]
        return any(
            isinstance(s, ast.Assign) and ast.unparse(s) == "abstract = True" for meta in metas for s in meta.body
        )

    for name, (module, node) in known.items():
        line = list(lineage(name))
        if "Model" not in line and "AbstractBaseUser" not in line:
            continue
        owned = name == "Organisation" or any(has_field(known[each][1]) for each in line if each in known)
        if not owned and not is_abstract(node) and not module.excused(node):
            yield module.at(node, f"{name}: every row belongs to an organisation, or say why not (# house: …)")


def test_the_rule_about_arrays_bites() -> None:
    assert bites(arrays, "import numpy as np", "web/pages/kpi.py")
    assert not bites(arrays, "import numpy as np", "records/frames/result.py")
    assert bites(tables_and_arrays, "import numpy\nfrom fourfold.records.models.kpi import Kpi", "cli/load.py")


@pytest.mark.parametrize(
    "source",
    [
        "def kpi(person, code): return Kpi.objects.get(code=code)",
        "def kpis(): return Kpi.objects.all()",
        "def kpi(person): return Kpi.objects.filter(a=1).visible_to(person)",
    ],
)
def test_the_rule_about_queries_bites(source: str) -> None:
    assert bites(queries, source, "records/queries/kpi.py")


def test_a_query_that_starts_from_what_is_visible_is_fine() -> None:
    assert not bites(
        queries, "def kpis(person): return Kpi.objects.visible_to(person).filter(a=1)", "records/queries/kpi.py"
    )


def test_the_rule_about_owners_bites() -> None:
    stray = Module("records/models/stray.py", "class Stray(models.Model):\n    name = models.TextField()\n")
    child = Module(
        "records/models/child.py", "class Base(models.Model):\n    organisation = 1\nclass Child(Base):\n    pass\n"
    )
    assert [offence.split(":")[0] for offence in without_organisation((stray, child))] == ["records/models/stray.py"]


def test_only_the_frames_know_both_tables_and_arrays() -> None:
    check(arrays, modules(*WITHOUT_ARRAYS))
    check(tables_and_arrays, modules())


def test_every_query_starts_from_what_the_person_may_see() -> None:
    check(queries, modules("records/queries", "web", "api", "mcp"))


def test_every_row_belongs_to_an_organisation() -> None:
    offences = list(without_organisation(modules("records/models")))
    assert not offences, "\n".join(offences)


def test_the_migrations_are_one_line_in_the_order_of_their_numbers() -> None:
    """But for those that replace others in an empty database."""
    files = (PACKAGE / "records" / "migrations").glob("[0-9]*.py")
    names = sorted(path.stem for path in files if "_squashed_" not in path.stem)
    for before, name in pairwise(names):
        text = (PACKAGE / "records" / "migrations" / f"{name}.py").read_text()
        after = re.findall(r"\(.records., .(\d{4}_\w+).\)", text)
        assert after == [before], f"{name} comes after {before}, and nothing else"
