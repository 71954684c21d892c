"""`fourfold evaluate FOLDER --engine spark://…`: the options, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from fourfold.cli.output import Misused, console, print_findings
from fourfold.cli.progress import progress

if TYPE_CHECKING:
    from fourfold.scorecard import Scorecard

Engine: TypeAlias = Annotated[
    str | None, typer.Option(metavar="MASTER", help="Evaluate on this Spark cluster, such as spark://host:7077.")
]
Measurements: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="PARQUET", help="With --engine: the figures, a Parquet file or folder, such as s3://…"),
]
Spark: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--spark", metavar="KEY=VALUE", help="With --engine: a setting of Spark; repeatable."),
]
#: Options that mean nothing on a cluster, which writes every unit and period as Parquet.
_WHOLE: Final = "A cluster writes all results as Parquet; choose from them afterwards."


def run(
    scorecard: Scorecard,
    engine: str,
    measurements: str | None,
    out: str | None,
    spark: list[str] | None,
    *,
    as_of: str | None,
    view: str | None,
) -> None:
    """Evaluate on a cluster, saying how far it is, and then what came out."""
    from fourfold.connectors.spark import connect

    if measurements is None or not out:
        raise Misused("--engine needs to know where figures are and where results go.",
                      hint="Add --measurements s3://bucket/figures --out s3://bucket/results.")  # fmt: skip
    with connect(engine, settings(spark)) as session, progress("tasks") as tell:
        outcome = scorecard.evaluate_on(
            session, measurements, out, as_of=as_of, view=view or "month", progress=tell
        )  # fmt: skip
    print_findings(outcome.findings, stderr=True)
    say = console(stderr=True)
    say.print(f"{outcome.kpis:,} results of KPIs and {outcome.nodes:,} of nodes are in {outcome.out}.", markup=False)
    if outcome.errors:
        say.print(f"{outcome.errors:,} of them could not be computed: their state is error, their reason says why.")


def settings(given: list[str] | None) -> dict[str, str]:
    """The settings of Spark by their names."""
    found: dict[str, str] = {}
    for text in given or ():
        key, equals, value = text.partition("=")
        if not (equals and key.startswith("spark.")):
            raise Misused(f"{text!r} is not a setting of Spark.", hint="Write --spark spark.executor.memory=4g.")
        found[key] = value
    return found


def refuse(**given: object) -> None:
    """Refuse options that do not go with `--engine`, or not without it."""
    names = [name for name, value in given.items() if value]
    if names:
        raise Misused(f"--{names[0]} does not go with --engine.", hint=_WHOLE)
