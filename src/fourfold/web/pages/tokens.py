"""One's tokens for programs: make one, which is shown once; see when each was used; revoke it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from fourfold.access.scopes import WORDS, Scope
from fourfold.actions.make_token import DAYS, MOST_DAYS, NewToken, make_token
from fourfold.actions.revoke_token import revoke_token
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Token
from fourfold.records.queries.tokens import administered, tokens_of
from fourfold.web.requests import Request, signed_in_form

_FIELDS: Final = ("name", "days", "service_of", "unit")


@never_cache
@sensitive_variables("made")
@signed_in_form
def tokens(request: Request) -> HttpResponse:
    """POST makes a token, or with `revoke` takes one back; the text of a new one is in that answer and never again."""
    if request.method != "POST":
        return _page(request, {"days": str(DAYS)}, {})
    if prefix := request.POST.get("revoke", ""):
        messages.success(request, f"{revoke_token(by=request.user, prefix=prefix).summary}.")
        return redirect("tokens")
    typed = {name: request.POST.get(name, "").strip()[:200] for name in _FIELDS}
    scopes = {Scope(word) for word in request.POST.getlist("scopes") if word in set(Scope)}
    days = int(typed["days"]) if typed["days"].isascii() and typed["days"].isdigit() else 0
    try:
        outcome = make_token(
            by=request.user, name=typed["name"], scopes=scopes, days=min(days, MOST_DAYS + 1),
            service_of=typed["service_of"] or None, unit=typed["unit"] or None,
        )  # fmt: skip
    except (NotFound, Forbidden) as error:
        return _page(request, typed, {"service_of": str(error)}, scopes=scopes, status=422)
    if outcome.value is None:
        errors = {f.place.thing or "": f.words for f in outcome.findings}
        return _page(request, typed, errors, scopes=scopes, status=422)
    return _page(request, {"days": str(DAYS)}, {}, made=outcome.value)


def _page(
    request: Request,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    scopes: set[Scope] | None = None,
    made: NewToken | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = {Scope.READ} if scopes is None else scopes
    context: dict[str, Any] = {
        "title": "Tokens",
        "tokens": [_row(token) for token in tokens_of(request.user)],
        "typed": typed,
        "errors": errors,
        "scopes": [(scope.value, WORDS[scope], scope in chosen) for scope in Scope],
        "organisations": administered(request.user),
        "most_days": MOST_DAYS,
        "made": made and {"text": made.text, "name": made.row.name},
    }
    return render(request, "web/tokens.html", context, status=status)


def _row(token: Token) -> dict[str, Any]:
    return {
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes.replace(",", ", "),
        "service_of": token.organisation.name if token.organisation else "",
        "until": _day(token.expires_at),
        "is_over": token.expires_at <= datetime.now(UTC),
        "used": _day(token.used_at) if token.used_at else "",
        "used_from": token.used_from,
    }


def _day(moment: datetime) -> str:
    at = localtime(moment)
    return f"{at.day} {at:%b %Y}"
