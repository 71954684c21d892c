"""Make one migration of all there are, for databases that are empty: `python .ci/squash.py`.

Databases that have some of them go on with the others, so that none is removed or changed. What Django's own
`squashmigrations` makes of them is nearly as slow as they are (147 operations of 153), so each table is written here as
it is after all of them, in their order of columns. What only moves rows has nothing to do in an empty database; what
else a migration runs is to be in `after`. A squash of before is one of those replaced, by which databases that had it
are known still.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.migrations import CreateModel
    from django.db.migrations.state import ModelState

FOLDER = Path(__file__).parents[1] / "src" / "fourfold" / "records" / "migrations"


def created(models: dict[str, ModelState]) -> list[CreateModel]:
    """Every table once, those that others point to first."""
    from django.db.migrations import CreateModel

    done: list[CreateModel] = []
    left = dict(models)
    while left:
        name = next(each for each, model in left.items() if not _above(model) & left.keys() - {each})
        model = left.pop(name)
        options = {key: said for key, said in model.options.items() if said or key not in ("indexes", "constraints")}
        done.append(CreateModel(model.name, list(model.fields.items()), options, model.bases, model.managers))
    return done


def _above(model: ModelState) -> set[str]:
    return {f.remote_field.model.rpartition(".")[2].lower() for f in model.fields.values() if f.is_relation}


def main() -> None:
    """Write the file."""
    import django

    django.setup()
    from django.db.migrations import Migration, RunPython
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.writer import MigrationWriter

    from fourfold.records.all_tables import CreateModels
    from fourfold.records.guard import guard_in_migration, lift_in_migration

    after = [RunPython(guard_in_migration, lift_in_migration)]
    loader = MigrationLoader(None, replace_migrations=False)
    (newest,) = (key for key in loader.graph.leaf_nodes("records") if not loader.disk_migrations[key].replaces)
    state = loader.project_state(newest)
    made = Migration(f"0001_squashed_{newest[1]}", "records")
    made.initial = True
    made.replaces = [key for key in loader.graph.forwards_plan(newest) if key[0] == "records"]
    for old in FOLDER.glob("0001_squashed_*.py"):
        former = loader.disk_migrations["records", old.stem]
        made.replaces += [("records", former.name), *(key for key in former.replaces if "_squashed_" in key[1])]
        old.unlink()
    models = {name: model for (app, name), model in state.models.items() if app == "records"}
    made.operations = [CreateModels(created(models)), *after]
    (FOLDER / f"{made.name}.py").write_text(MigrationWriter(made).as_string())
    print(f"{made.name}: {len(models)} tables, {len(made.replaces)} migrations replaced")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fourfold.project.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FOURFOLD_DATA"] = folder
        main()
