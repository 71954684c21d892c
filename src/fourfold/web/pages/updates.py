"""The grid in which the figures of a unit and month are entered: together, and all of them or none."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string

from fourfold.actions.answer_once import Answer, answer_once
from fourfold.actions.follow_outlooks import follow_outlooks
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurements import record_measurements
from fourfold.engine.findings import errors
from fourfold.errors import Forbidden
from fourfold.records.queries.imports import may_import
from fourfold.records.queries.scope import scope_of
from fourfold.records.queries.updates import Grid, by_month, figure_then, grid_of
from fourfold.web.address import Here, path
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.update_row import form_rows, grid_rows, kind_of
from fourfold.web.forms.measurement import without_place
from fourfold.web.forms.update import UpdateForm, compare, examine, read_update, shown
from fourfold.web.requests import Request, signed_in_form

#: So many KPIs get their outlook right after the request; the pages make those of more when they show them.
SOON: Final = 12
_MOST_ROWS: Final = 400  # of one check
_KEY: Final = 22


@signed_in_form
def updates(request: Request, unit: str) -> HttpResponse:
    """The grid; `kpi` in the address names those to show. POST records what was changed and leads back to the grid."""
    here, grid = _place(request, unit)
    if request.method == "POST":
        return _submit(request, here, grid)
    return _page(request, here, grid, [shown(row) for row in grid.cells])


@signed_in_form
def update_checks(request: Request, unit: str) -> HttpResponse:
    """POST says of the rows that were sent what there is to say, and records nothing; a GET leads to the grid."""
    here, grid = _place(request, unit, only=_named(request))
    if request.method != "POST":
        return redirect(_address(here, request))
    forms = _read(request, here, grid, as_block=bool(request.POST.get("block")))
    sent = [form for form in forms if _is_sent(request, form)][:_MOST_ROWS]
    return render(request, "parts/update_checks.html", {"rows": form_rows(here, sent), "said": _read_as(sent)})


def _place(request: Request, unit: str, only: frozenset[int] = frozenset()) -> tuple[Here, Grid]:
    scope = by_month(scope_of(request.user, unit, period=request.GET.get("p")))
    return Here(scope), grid_of(scope, only or frozenset(map(int, _asked(request))))


def _named(request: Request) -> frozenset[int]:
    """The KPIs of the rows that were sent."""
    parts = (name.split(":") for name in request.POST)
    return frozenset(int(part[1]) for part in parts if len(part) > 2 and part[1].isdigit() and len(part[1]) < 19)


def _is_sent(request: Request, form: UpdateForm) -> bool:
    return any(f"{name}:{form.row.key}" in request.POST for name in form.typed)


def _read(request: Request, here: Here, grid: Grid, *, as_block: bool = False) -> list[UpdateForm]:
    """The forms as they were sent, compared with what others recorded meanwhile, and examined."""
    posted = request.POST.dict()
    forms = [read_update(row, posted) for row in grid.cells]
    for form in forms:
        if form.version != (form.row.now.version if form.row.now else "none"):
            then = None if form.version == "none" else figure_then(here.scope, form.row, form.version)
            compare(form, then)
    examine(forms, here.scope.structure.whole, here.scope.unit.code, as_block=as_block)
    return forms


def _read_as(forms: list[UpdateForm]) -> str:
    """What became of rows that were pasted together."""
    changed = [form for form in forms if form.is_changed]
    kinds = [kind_of(form) for form in changed]
    count = len(changed) - sum(kind in ("wrong", "ask", "choose") for kind in kinds)
    said = f"{plural(len(changed), 'row')} pasted: {count} read without doubt"
    for kind, words in (("ask", "to confirm"), ("wrong", "to mend or choose")):
        said += f", {kinds.count(kind)} {words}" if kind in kinds else ""
    converted = [text for form in changed for text in form.says if " was read as " in text]
    return f"{said}. {' '.join(converted[:3])}".strip()


def _submit(request: Request, here: Here, grid: Grid) -> HttpResponse:
    """Record what was changed, once however often the same form is sent; what is refused comes back with the form."""
    if not grid.cells:
        raise Forbidden("You may not enter figures here.")
    done: list[UpdateForm] = []
    refused: list[HttpResponse] = []

    def do() -> Answer:
        forms = _read(request, here, grid)
        done.extend(form for form in forms if form.is_changed)
        if not all(form.is_ready for form in done):
            refused.append(_page(request, here, grid, forms, status=422))
            return Answer(422, 0)
        outcome = record_measurements(
            by=request.user, organisation=here.scope.organisation,
            figures=[form.figure(here.scope.unit.code) for form in done],
            must_explain=True, outlooks_follow=len({form.row.kpi.code for form in done}) <= SOON, is_part=True,
        )  # fmt: skip
        if not outcome.ok:
            refused.append(_refused(request, here, done, outcome))
        return Answer(200 if outcome.ok else 422, len(done))

    route, key, digest = _once(request)
    answer = answer_once(by=request.user, route=route, key=key, digest=digest, do=do).value
    assert answer is not None
    return refused[0] if refused else _done(request, here, done, answer)


def _once(request: Request) -> tuple[str, str, str]:
    """Route, key and digest: the same form sent twice is recorded once; the form sent again with other figures anew."""
    sent = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
    digest = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
    key = request.POST.get("key", "")[:100] or get_random_string(_KEY)
    return f"POST {request.path}"[:200], f"{key}.{digest[:32]}", digest


def _refused(
    request: Request, here: Here, sent: list[UpdateForm], outcome: Outcome[list[Outcome[Any]]]
) -> HttpResponse:
    """Nothing was recorded: the grid as it is now, with each refusal beside its cell."""
    grid = grid_of(here.scope, frozenset(map(int, _asked(request))))
    forms = _read(request, here, grid)
    said = dict(zip((form.row.key for form in sent), outcome.value or (), strict=False))
    for form in forms:
        refused = said.get(form.row.key)
        if refused is not None and form.theirs is None:
            form.errors += [without_place(finding) for finding in errors(refused.findings)]
    return _page(request, here, grid, forms, status=422)


def _done(request: Request, here: Here, done: list[UpdateForm], answer: Answer) -> HttpResponse:
    """Say what was recorded and lead back to the grid."""
    codes = list(dict.fromkeys(form.row.kpi.code for form in done))
    if codes and len(codes) <= SOON:
        follow_outlooks(
            by=request.user, organisation=here.scope.organisation, kpi=codes, unit=here.scope.unit.code
        )  # fmt: skip
    said = f"{plural(int(answer.body), 'figure')} recorded for {here.scope.month.label}."
    messages.success(request, said if answer.body else "Nothing was different, so nothing was recorded.")
    response = redirect(_address(here, request))
    if answer.replayed:
        response["Idempotent-Replay"] = "true"
    return response


def _asked(request: Request) -> list[str]:
    """The KPIs that the address names."""
    return [pk for pk in request.GET.get("kpi", "").split(",") if pk.isdigit() and len(pk) < 19]


def _address(here: Here, request: Request) -> str:
    kpi = {"kpi": ",".join(_asked(request))} if _asked(request) else {}
    return here.unit("updates", None, **kpi)


def _page(request: Request, here: Here, grid: Grid, forms: list[UpdateForm], status: int = 200) -> HttpResponse:
    scope, by_key, steps = here.scope, {form.row.key: form for form in forms}, _steps(forms)
    earlier = [scope.month.shift(-i) for i in (3, 2, 1)]
    return show(
        request, "web/updates.html", here, page="updates", title=f"Figures for {scope.month.label}",
        crumbs=[crumb_of(here)], status=status, rows=grid_rows(here, grid, by_key), earlier=earlier,
        count=len(forms), there=sum(form.is_there for form in forms), steps=steps,
        free=not any(step.number for step in steps),
        import_url=here.unit("imports") if may_import(request.user, scope.structure.pk) else "",
        left_out=bool(_asked(request)), all_url=here.unit("updates"),
        form_url=_address(here, request), key=get_random_string(_KEY), checks_url=here.unit("update_checks"),
        draft=f"{request.user.pk} {path('updates', here.key())} {scope.month.id}",
    )  # fmt: skip


class Step(NamedTuple):
    """What is to be done with some figures before all can be recorded."""

    kind: str
    verb: str
    words: str
    why: str
    number: int = 0


_STEPS: Final = (
    Step("wrong", "Mend", "to mend", "What is wrong stands beside the cell."),
    Step("choose", "Choose", "to choose", "Somebody else recorded another figure meanwhile."),
    Step("ask", "Confirm", "to confirm", "It is far from what is usual, or could mean something else."),
    Step("explain", "Explain", "to explain", "What is off target or unusual needs a reason and an action."),
)


def _steps(forms: list[UpdateForm]) -> list[Step]:
    kinds = [kind_of(form) for form in forms if form.is_changed]
    return [step._replace(number=kinds.count(step.kind)) for step in _STEPS]
