"""How many small faults planted in the engine its tests notice.

A mutant is the engine with one operator, number, truth value or loop changed; the operators are those of Cosmic Ray.
All mutants that mean something are listed, a sample is drawn with a seed, and each of the sample is tried with the
tests that reach its line: quick ones first, of those the ones that reach the fewest lines, since they are the most
particular about it, and the files of tests in turn. A mutant that none of them notices has survived. The share of the
killed has its 95 % interval (Wilson). Before, some are tried without their change: a test that fails then would kill
whatever is planted.

What means nothing is not planted: annotations; decorators, which freeze or remember; whether arguments are given by
name; how much is remembered or done at a time (`PACE`); whether `zip` is strict, with which the code checks itself;
and whether a comparison with a tolerance holds at its very edge, which the tolerance leaves open. Texts are no place
for these operators. All else counts, also what cannot change an answer for a reason that takes thought.

    python benchmarks/mutation.py --sample 300 --survivors survivors.txt

The first pass, which notes what each test reaches, takes as long as the tests of the engine; `--reach FILE` keeps it.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import hypothesis.extra.numpy  # noqa: F401  (read before the forks, as the next ones)
import polars.testing  # noqa: F401
import pyarrow.parquet  # noqa: F401
import pydantic  # noqa: F401
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from coverage.numbits import numbits_to_nums
from verdict import Line, show

ROOT = Path(__file__).resolve().parents[1]
ENGINE = Path("src/fourfold/engine")
TESTS = (
    "tests/engine", "tests/golden", "tests/snapshots", "tests/scorecard", "tests/cli", "tests/examples",
    "tests/house/test_doctests.py",
)  # fmt: skip
QUICK = (
    "-m", "not slow and not browser and not django_db", "-p", "no:cacheprovider", "-p", "no:schemathesis",
    "-p", "no:anyio", "--assert=plain", "-n", "0", "-q",
)  # fmt: skip
NEEDED = 85.0  # per cent
LONGEST = 100  # seconds of processor time; a mutant that runs longer goes round in circles, which is noticed
MOST_TESTS, MOST_SECONDS = 800, 60.0  # for one mutant
FIRST = 12  # of them are tried alone
CONTROLS = 8  # of the sample are tried without their change
PACE = {"SMALL", "REMEMBERED", "SLAB", "_CHUNK"}
TOLERANCE = 1e-6  # and less, or EPSILON

#: One plausible slip for each operator: with all replacements the sample would be arithmetic of the wrong type.
OPERATORS = (
    "AddNot", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ZeroIterationForLoop",
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_Delete_Invert",
    *(f"ReplaceBinaryOperator_{pair}" for pair in (
        "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_FloorDiv", "Pow_Mul",
        "BitAnd_BitOr", "BitOr_BitAnd", "BitXor_BitAnd", "LShift_RShift", "RShift_LShift",
    )),
    *(f"ReplaceComparisonOperator_{pair}" for pair in (
        "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_Gt", "LtE_GtE", "Gt_Lt", "GtE_LtE",
        "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is",
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the n-th place in a module where an operator applies."""

    module: str
    line: int
    operator: str
    occurrence: int

    def code(self, source: str) -> str:
        """The module with the change; without an operator, as it is."""
        if not self.operator:
            return source
        changed = mutate_code(source, get_operator(f"core/{self.operator}")(), self.occurrence)
        assert changed is not None
        return str(changed)


def mutants(module: str) -> list[Mutant]:
    """All of a module, in or out of the tests' reach."""
    tree = get_ast((ROOT / module).read_text("utf-8"))
    found = []
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        places = [start for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node)]
        found += [Mutant(module, line, name, i) for i, (line, _) in enumerate(places)]
    return found


class _Meaning(ast.NodeTransformer):
    """Leaves out what no answer depends on; see the head of this file."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.decorator_list = []
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        if "TYPE_CHECKING" in ast.dump(node.test):
            node.test = ast.Name("TYPE_CHECKING", ast.Load())
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        defaults = [*node.defaults, *(value for value in node.kw_defaults if value is not None)]
        node.args, node.defaults = [*node.posonlyargs, *node.args, *node.kwonlyargs], defaults
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "zip":
            node.keywords = []
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        return ast.Pass() if PACE & _names(node.targets[0]) else self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if PACE & _names(node):
            return ast.Constant("pace")
        if "EPSILON" in _names(node) or any(0 < size <= TOLERANCE for size in _sizes(node)):
            node.ops = [_EDGE.get(type(op), lambda op=op: op)() for op in node.ops]
        return self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        is_pace = isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Compare) and PACE & _names(node.operand)
        return ast.Constant("pace") if is_pace else self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns, node.decorator_list = None, []
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Name("_", ast.Load())
        return ast.Pass() if PACE & _names(node.target) else self.generic_visit(node)


_EDGE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.Gt: ast.GtE}


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _sizes(node: ast.AST) -> Iterator[float]:
    """The numbers with a point."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, float):
            yield abs(part.value)


def meaning(source: str) -> str:
    """What two sources must differ in to behave differently."""
    return ast.dump(_Meaning().visit(ast.parse(source)))


def means_something(mutant: Mutant) -> bool:
    """False where only an annotation changed, or the change is no Python."""
    source = (ROOT / mutant.module).read_text("utf-8")
    try:
        return meaning(mutant.code(source)) != meaning(source)
    except SyntaxError:
        return False


def draw(count: int, seed: int, only: str) -> list[Mutant]:
    """A sample of all mutants that mean something."""
    modules = sorted(str(path.relative_to(ROOT)) for path in (ROOT / ENGINE).rglob("*.py"))
    every = [mutant for module in modules if only in module for mutant in mutants(module)]
    print(f"{len(every):,} mutants of {len(modules)} modules, with those that change only annotations.", flush=True)
    random.Random(seed).shuffle(every)
    sample: list[Mutant] = []
    for mutant in every:
        if len(sample) == count:
            break
        if means_something(mutant):
            sample.append(mutant)
    return sample


@dataclass(frozen=True)
class Reach:
    """Which tests reach which line, module and folder, in the order in which they are tried; and how long they take."""

    lines: Mapping[tuple[str, int], list[str]]
    places: Mapping[str, list[str]]
    seconds: Mapping[str, float]

    def of(self, mutant: Mutant) -> list[str]:
        """The tests to try. A line that runs when its module is read is reached by whoever reaches the module.

        A module of nothing but constants, by whoever reaches its folder.
        """
        folder = str(Path(mutant.module).parent)
        reached = self.lines.get((mutant.module, mutant.line)) or self.places.get(mutant.module)
        tests = _own_first(_in_turn(reached or self.places.get(folder, [])), mutant.module)[:MOST_TESTS]
        took = accumulate(self.seconds.get(test, 0.0) for test in tests)
        return [test for test, so_far in zip(tests, took, strict=True) if so_far <= MOST_SECONDS] or tests[:1]


def _in_turn(tests: Sequence[str]) -> list[str]:
    """The first test of each file, then the second of each, and so on: those of one file notice much the same."""
    seen: Counter[str] = Counter()
    turn = {}
    for test in tests:
        turn[test] = seen[file := test.partition("::")[0]]
        seen[file] += 1
    return sorted(tests, key=turn.__getitem__)


def _own_first(tests: Sequence[str], module: str) -> list[str]:
    """The tests whose folder and file are named as the module is before those whose folder is, and these before all."""
    path = Path(module).relative_to(ENGINE)
    folder, name = f"tests/engine/{path.parent}/".replace("/./", "/"), path.stem.strip("_")

    def distance(test: str) -> int:
        file = test.partition("::")[0]
        return 2 - (file.startswith(folder) and path.parent.name != "") - (name.partition("_")[0] in Path(file).stem)

    return sorted(tests, key=distance)


def reach(kept: Path) -> Reach:
    """What the tests reach, from a first pass over them all, or from the file of an earlier one."""
    if not kept.exists():
        command = [
            sys.executable, "-m", "pytest", *QUICK, f"--cov={ENGINE}", "--cov-context=test", "--cov-report=",
            "--durations=0", *TESTS,
        ]  # fmt: skip
        environment = os.environ | {"CI": "true", "COVERAGE_FILE": str(kept)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"The tests do not pass without any mutant:\n{done.stdout[-3000:]}")
        slow = re.findall(r"^([\d.]+)s call +(.+?) *$", done.stdout, re.MULTILINE)
        with closing(sqlite3.connect(kept)) as database, database:
            database.execute("CREATE TABLE took (test TEXT, seconds REAL)")
            database.executemany("INSERT INTO took VALUES (?, ?)", [(test, float(took)) for took, test in slow])
    lines: dict[tuple[str, int], set[str]] = defaultdict(set)
    query = (
        "SELECT file.path, context.context, numbits FROM line_bits JOIN file ON file.id = file_id "
        "JOIN context ON context.id = context_id WHERE context.context LIKE 'tests/%'"
    )
    with closing(sqlite3.connect(kept)) as database:
        for path, context, bits in database.execute(query):
            for line in numbits_to_nums(bits):
                lines[str(Path(path).relative_to(ROOT)), line].add(context.rpartition("|")[0])
        seconds = dict(database.execute("SELECT test, seconds FROM took"))
    width = Counter(test for found in lines.values() for test in found)
    places: dict[str, set[str]] = defaultdict(set)
    for (module, _), found in lines.items():
        places[module] |= found
        places[str(Path(module).parent)] |= found

    def in_order(tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda test: (round(seconds.get(test, 0.0)), width[test], test))

    return Reach(
        {place: in_order(found) for place, found in lines.items()},
        {place: in_order(found) for place, found in places.items()},
        seconds,
    )


def copies(count: int, folder: Path) -> Iterator[Path]:
    """Trees to plant mutants in: their own engine, everything else by links."""
    for number in range(count):
        tree = folder / str(number)
        shutil.copytree(ROOT / "src", tree / "src")  # compiled modules too: reading a thousand anew takes seconds
        for path in ROOT.iterdir():
            if path.name not in ("src", ".git", ".venv"):
                (tree / path.name).symlink_to(path)
        yield tree


def start(mutant: Mutant, tests: Sequence[str], tree: Path) -> int:
    """Plant the mutant in this tree and begin the tests in a fork of this process, which has read the libraries."""
    (tree / mutant.module).write_text(mutant.code((ROOT / mutant.module).read_text("utf-8")), "utf-8")
    if child := os.fork():
        return child
    try:
        # Processor time and not the clock's, so that a busy machine kills no mutant.
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        with open(tree / "output.txt", "w") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        os.chdir(tree)
        os.environ["CI"] = "true"
        os.environ.setdefault("FOURFOLD_PUBLIC_DATA", str(ROOT.parent / "shared" / "data"))
        sys.dont_write_bytecode = True
        sys.path[:0] = [str(tree / "src"), str(tree)]
        # Most mutants are noticed by the first few, and to collect all takes longer than to run these.
        for some in filter(None, (tests[:FIRST], tests[FIRST:])):
            asked = tree / "tests.txt"
            asked.write_text("\n".join(some), "utf-8")
            if noticed := pytest.main([*QUICK, "-x", f"@{asked}"]):
                os._exit(noticed)
        os._exit(0)
    finally:
        os._exit(99)


def try_all(sample: Sequence[Mutant], reached: Reach, workers: int, kept: Path | None = None) -> list[Mutant]:
    """The mutants that survive: those whose tests all pass, and those that no test reaches. They are kept as found."""
    survivors = [mutant for mutant in sample if not reached.of(mutant)]
    waiting = [mutant for mutant in sample if reached.of(mutant)]
    running: dict[int, tuple[Mutant, Path]] = {}
    with tempfile.TemporaryDirectory() as folder:
        free = list(copies(workers, Path(folder)))
        while waiting or running:
            if waiting and free:
                mutant, tree = waiting.pop(0), free.pop()
                running[start(mutant, reached.of(mutant), tree)] = mutant, tree
                continue
            pid, status = os.wait()
            mutant, tree = running.pop(pid)
            shutil.copy2(ROOT / mutant.module, tree / mutant.module)
            free.append(tree)
            if status == 0:
                survivors.append(mutant)
            if kept:
                kept.write_text("\n\n".join(map(difference, survivors)) + "\n", "utf-8")
            tried = len(sample) - len(waiting) - len(running)
            if tried % 20 == 0:
                print(f"  {tried} of {len(sample)} tried, {len(survivors)} survived", flush=True)
    return survivors


def difference(mutant: Mutant) -> str:
    """What the mutant changes, as a patch without context."""
    source = (ROOT / mutant.module).read_text("utf-8")
    lines = difflib.unified_diff(source.splitlines(), mutant.code(source).splitlines(), lineterm="", n=0)
    return "\n".join([f"{mutant.module}:{mutant.line} {mutant.operator}", *list(lines)[3:]])


def _part(mutant: Mutant) -> str:
    """The folder of the engine that a mutant is in."""
    return Path(mutant.module).relative_to(ENGINE.parent).parent.as_posix()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="modules with this in their path")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--survivors", type=Path, help="a file for what survived, as patches")
    parser.add_argument("--reach", type=Path, default=None, help="where the first pass is kept for the next run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reached = reach(asked.reach or Path(folder) / "reach")
    sample = draw(asked.sample, asked.seed, asked.only)
    unreached = [m for m in sample if not reached.of(m)]
    controls = [replace(mutant, operator="") for mutant in sample if reached.of(mutant)][:CONTROLS]
    if len(try_all(controls, reached, asked.workers)) < len(controls):
        sys.exit("Tests fail that have nothing planted before them.")
    survivors = try_all(sample, reached, asked.workers, asked.survivors)
    from fourfold.engine.forecasts import wilson  # not before: the forks read their own engine

    found = wilson(len(sample) - len(survivors), len(sample))
    show("Mutants of the engine", [Line("killed, per cent", 100 - 100 * found.share, 100 - NEEDED, "% alive")])
    print(f"{found.inside} of {found.outcomes} killed, {found.share:.1%} (95 %: {found.low:.1%} to {found.high:.1%}).")
    print(f"No test reaches {len(unreached)} of them.")
    alive = Counter(map(_part, survivors))
    for part, count in Counter(map(_part, sample)).most_common():
        print(f"  {part:<24} {count - alive[part]:>4} of {count}")


if __name__ == "__main__":
    main()
