"""Where sources send by themselves: a delivery that is signed becomes figures, once."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from fourfold.actions.note_denial import note_denial
from fourfold.actions.origin import origin
from fourfold.actions.receive_delivery import receive_delivery
from fourfold.api.bodies import Cut, received
from fourfold.api.errors import KINDS, as_problems, problem, problem_of_fault
from fourfold.connectors.hook import Unsigned
from fourfold.connectors.push import TooLarge
from fourfold.errors import FourfoldError
from fourfold.records.faults import fault_of
from fourfold.records.limits import ADDRESS, REFUSED, TOKEN, seconds_to_wait


@csrf_exempt
def hook(request: HttpRequest, hook: UUID) -> HttpResponse:
    """200: taken, now or before; 401: not signed so that it is known who sends; 422: a feed could not take it."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    for kind, who, rate in (("address", origin().address, ADDRESS), ("hook", str(hook), TOKEN)):
        if wait := seconds_to_wait(kind, who, rate):
            return _later(wait)
    if "webhook-signature" not in request.headers:
        return _unknown()
    try:
        outcome = receive_delivery(hook=hook, headers=request.headers, body=received(request))
    except Unsigned:
        return _unsigned(hook)
    except TooLarge as error:
        return problem(413, "too_large", error.message, hint=error.hint)
    except Cut as error:
        return problem(400, "invalid", error.message, hint="Send it again, whole.")
    except FourfoldError as error:
        status, title = KINDS[error.kind]
        return problem(status, error.kind, title, error.message, hint=error.hint)
    except Exception as error:
        if found := fault_of(error):
            return problem_of_fault(request, found)
        raise
    if outcome.findings:
        said = as_problems(outcome.findings)
        return problem(422, "refused", "The delivery was not taken", "It may come again.", errors=said)
    counts = {name: sum(getattr(run, name) for run in outcome.value or ()) for name in ("loaded", "unchanged")}
    return JsonResponse({"outcome": outcome.summary, **counts})


def _unsigned(hook: UUID) -> HttpResponse:
    """Counted, and noted as an event; whoever tries often waits."""
    note_denial(by=None, action="hook.refuse", thing=f"hook {hook}")
    if wait := seconds_to_wait("refused", origin().address, REFUSED):
        return _later(wait)
    return _unknown()


def _unknown() -> HttpResponse:
    hint = "Sign webhook-id, webhook-timestamp and the body with the secret of the connection, within 5 minutes."
    return problem(401, "unsigned", "Who sends is not known", hint=hint)


def _later(seconds: float) -> HttpResponse:
    response = problem(429, "too_many", "You send too often")
    response["Retry-After"] = str(max(1, round(seconds + 0.5)))
    return response
