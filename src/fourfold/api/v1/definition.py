"""Definitions as the texts of a folder: read, planned and put in force, for a program without the database."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from fourfold.actions.apply_definitions import apply_definitions
from fourfold.api.errors import as_problems, problem_of_findings
from fourfold.api.pages import asker, known_only
from fourfold.engine.findings import errors
from fourfold.records.queries.api import definitions_of, organisation_of
from fourfold.records.queries.plan import Plan

router = Router(tags=["definition"])
PATH = "/organisations/{organisation}/definitions"
#: Files of one request, and characters of one file: more than any folder that `parse` takes.
_MOST, _LONGEST = 500, 5_000_000


class FileOut(Schema):
    """A text with its name, as `fourfold export` writes it."""

    name: str
    text: str


class DefinitionsOut(Schema):
    """All definitions; `version` is that of the organisation, and another one after every change."""

    version: int
    files: list[FileOut]


class FileIn(Schema):
    """A YAML text with its name."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[\w-][\w.-]*\.ya?ml$", max_length=200)]
    text: Annotated[str, Field(max_length=_LONGEST)]


class TextsIn(Schema):
    """The texts of a folder, all of them."""

    model_config = ConfigDict(extra="forbid")

    files: Annotated[list[FileIn], Field(min_length=1, max_length=_MOST)]


class DefinitionsIn(TextsIn):
    """Texts to put in force: with the `version` of their plan, they are refused where somebody was quicker."""

    version: int | None = None
    allow_destroy: Annotated[bool, Field(description="Remove what the texts no longer define.")] = False


class FieldOut(Schema):
    """A field of what is changed, as JSON on both sides."""

    name: str
    before: Any
    after: Any


class EditOut(Schema):
    """Something that is added, changed or removed, by its noun and name."""

    noun: str
    name: str
    kind: str
    fields: list[FieldOut]


class EffectOut(Schema):
    """Something whose score or status becomes another one at the unit and period of the plan."""

    node: str
    score_before: float | None
    score_after: float | None
    status_before: str | None
    status_after: str | None


class PlanOut(Schema):
    """What texts change: every definition, then scores and statuses of the whole organisation in a period: the last
    one that was closed, else that of the newest figures.

    `period` is empty where scores cannot be compared, because the calendars differ.
    """

    version: int
    summary: str
    edits: list[EditOut]
    period: str
    effects: list[EffectOut]
    warnings: list[dict[str, Any]]


@router.get(PATH, response=DefinitionsOut, summary="Definitions as texts", operation_id="definitions")
def definitions(request: HttpRequest, organisation: str) -> DefinitionsOut:
    """The files of the scorecard folder, without figures, for whoever may change definitions."""
    known_only(request)
    version, texts = definitions_of(asker(request), organisation_of(asker(request), organisation))
    return DefinitionsOut(version=version, files=[FileOut(name=name, text=text) for name, text in texts.items()])


@router.post(PATH + "/plan", response=PlanOut, summary="What texts would change", operation_id="plan_definitions")
def planned(request: HttpRequest, organisation: str, body: TextsIn) -> HttpResponse:
    """Compare texts with the definitions in force. Nothing is changed."""
    known_only(request)
    return _apply(request, organisation, body, dry_run=True)


@router.put(PATH, response=PlanOut, summary="Put texts in force", operation_id="apply_definitions")
def put(request: HttpRequest, organisation: str, body: DefinitionsIn) -> HttpResponse:
    """Make the definitions those of the texts, all or nothing. Figures, people and confirmed steps stay."""
    known_only(request)
    return _apply(request, organisation, body, version=body.version, allow_destroy=body.allow_destroy)


def _apply(request: HttpRequest, organisation: str, body: TextsIn, **how: Any) -> HttpResponse:
    place = organisation_of(asker(request), organisation)
    texts = {file.name: file.text for file in body.files}
    outcome = apply_definitions(by=asker(request), organisation=place.code, texts=texts, **how)
    if outcome.value is None:
        return problem_of_findings(errors(outcome.findings))
    return JsonResponse(_out(outcome.value, outcome.summary, as_problems(outcome.findings)).model_dump())


def _out(plan: Plan, summary: str, warnings: list[dict[str, Any]]) -> PlanOut:
    found = plan.differences
    effects = [
        EffectOut(
            node=each.node,
            score_before=each.base.score if each.base else None,
            score_after=each.scenario.score if each.scenario else None,
            status_before=each.base.status.word if each.base else None,
            status_after=each.scenario.status.word if each.scenario else None,
        )
        for each in (found.effect.differences if found.effect else ())
    ]
    edits = [
        EditOut(noun=e.noun, name=e.name, kind=str(e.kind),
                fields=[FieldOut(name=f.name, before=f.before, after=f.after) for f in e.fields])
        for e in found.edits
    ]  # fmt: skip
    return PlanOut(
        version=plan.version, summary=summary, edits=edits, effects=effects, warnings=warnings,
        period=found.effect.period if found.effect else "",
    )  # fmt: skip
