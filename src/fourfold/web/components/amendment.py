"""Amendments on pages: their addresses, what they would do, and what belongs to the thing that is amended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fourfold.actions.amend_definitions import FOLLOW
from fourfold.actions.outcome import Outcome
from fourfold.engine.amendment_check import field_of
from fourfold.engine.amendments import Amendments
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Link, Objective, Perspective, Target
from fourfold.engine.definitions.base import Definition
from fourfold.engine.edits import key_of
from fourfold.engine.findings import Finding
from fourfold.engine.nodes import effective_weights
from fourfold.engine.statuses import Status
from fourfold.records.queries.amendment import Effect, seen_of
from fourfold.records.ready import Ready
from fourfold.web.address import Here, path
from fourfold.web.components.amendment_fields import NOUNS
from fourfold.web.components.field_words import in_form, names_of
from fourfold.web.components.kpi_smart import smart_shown
from fourfold.web.components.numbers import score_text, share_text
from fourfold.web.forms.amendment import AmendmentForm


def key_text(noun: str, thing: Definition) -> str:
    """The key of a thing in an address."""
    return quote("~".join("" if part is None else str(part) for part in key_of(NOUNS[noun], thing)), safe="~:.-_")


def form_of(here: Here, noun: str, thing: Definition | None = None, /, **start: str) -> str:
    """The address of the form of a thing, or of a new one that begins with something."""
    base = here.unit("build").partition("?")[0] + f"{noun}/" + (f"{key_text(noun, thing)}/" if thing else "")
    query = here.state | start
    return base + (f"?{urlencode(query)}" if query else "")


def address_of(here: Here, page: str, noun: str, thing: Definition) -> str:
    """The address of a page about the changes or the removal of a thing."""
    base = here.unit("build").partition("?")[0]
    if page == "removal":
        return f"{base}{noun}/{key_text(noun, thing)}/removal/"
    key = "~".join(str(part or "") for part in key_of(NOUNS[noun], thing))
    return f"{base}changes/?{urlencode({'of': noun, 'key': key})}"


def history_url(here: Here, noun: str, code: str) -> str:
    """The page with the changes of a KPI, objective or unit, for whoever sees it."""
    return here.at(path("history", here.key(), noun, code))


def page_of(here: Here, noun: str, before: Definition | None, amendments: Amendments) -> str:
    """Where to go after saving: to the thing's own page where it had one, else to what is built."""
    structure = here.scope.structure
    thing = amendments[0].after if amendments else before
    if isinstance(thing, Target) and thing.kpi in structure.kpi:
        return here.kpi(structure.kpi[thing.kpi])
    if before is not None and isinstance(thing, Kpi) and thing.code in structure.kpi:
        return here.kpi(structure.kpi[thing.code])
    if before is not None and isinstance(thing, Objective) and thing.code in structure.objective:
        return here.objective(structure.objective[thing.code])
    return here.unit("build")


def done(said: str, outcome: Outcome[Any]) -> str:
    """What was done, and that scores are still to follow where they are."""
    return f"{said} {FOLLOW.message}" if FOLLOW in outcome.findings else said


def complaints(
    forms: Sequence[AmendmentForm], findings: Iterable[Finding], names: Mapping[str, str]
) -> list[Finding]:
    """Put findings beside their fields: errors as complaints, others as remarks. Gives back those of other things."""
    others = []
    for finding in findings:
        form = next((f for f in forms if _is_about(finding, f)), None)
        if form is None:
            others.append(finding)
        elif finding.level == 2:
            form.complain(field_of(finding), in_form(finding, names))
        else:
            form.warn(field_of(finding), in_form(finding, names))
    return others


def _is_about(finding: Finding, form: AmendmentForm) -> bool:
    thing = finding.place.thing or ""
    noun, _, rest = thing.partition(":")
    if noun.partition(".")[0] != form.noun:
        return False
    code = form.shown("code") or form.made.get("code") if "code" in form.names else getattr(form.before, "code", "")
    return not code or re.match(rf"{re.escape(code)}($|[.@#/])", rest) is not None


def names_around(
    here: Here, ready: Ready, effect: Effect, forms: Sequence[AmendmentForm] = ()
) -> dict[str, str]:
    """Names before a change and after it, as a finding may be about what is not saved yet, nor can be."""
    before = names_of(seen_of(here.scope, ready.written))
    for form in forms:
        if code := form.made.get("code"):
            before[f"{form.noun}:{code}"] = form.shown("name")
    return before if effect.after is None else before | names_of(seen_of(here.scope, effect.after))


def effect_shown(here: Here, ready: Ready, effect: Effect | None, forms: Sequence[AmendmentForm]) -> dict[str, Any]:
    """What saving would do, for the template; nothing before anybody asked."""
    if effect is None:
        return {}
    names = {"scorecard": "Scorecard"} | names_around(here, ready, effect, forms)
    return {
        "asked": True,
        "broken": [_broken(here, ready.written, names, finding) for finding in effect.verdict.broken],
        "moved": [
            {"name": names.get(m.node, m.node), "before": _score(m.before), "after": _score(m.after)}
            for m in effect.moved
        ],
        "shares": [
            {"name": names.get(f"kpi:{s.kpi}", s.kpi), "before": _share(s.before), "after": _share(s.after)}
            for s in effect.shares[:12]
        ],
        "everything": effect.everything,
        "smart": smart_shown(here, ready, forms) if forms and forms[0].noun == "kpi" else None,
    }


def _broken(here: Here, definitions: Definitions, names: Mapping[str, str], finding: Finding) -> dict[str, str]:
    noun, _, rest = (finding.place.thing or "").partition(":")
    code = re.split(r"[.#@/]", rest)[0] if noun != "kpi" else rest.partition(".")[0]
    kpi = definitions.kpi.get(code)
    url = form_of(here, "kpi", kpi) if noun == "kpi" and kpi is not None else ""
    return {"name": kpi.name if kpi else "", "url": url, "text": in_form(finding, names)}


def _score(pair: tuple[float | None, Status]) -> str:
    score, status = pair
    words = status.name.replace("_", " ").lower()
    return words if score is None else f"{score_text(score)}, {words}"


def _share(share: float | None) -> str:
    return "not scored" if share is None else share_text(share)


def related(here: Here, definitions: Definitions, noun: str, thing: Definition | None) -> list[dict[str, Any]]:
    """What hangs on a thing, each with its form, and what can be added."""
    if isinstance(thing, Kpi):
        return [_uses(here, definitions, [u for u in definitions.uses if u.kpi == thing.code], kpi=thing.code),
                _targets(here, definitions, thing)]  # fmt: skip
    if isinstance(thing, Objective):
        own = _uses(here, definitions, [u for u in definitions.uses if u.objective == thing.code], objective=thing.code)
        return [own, _links(here, definitions, thing)]
    if isinstance(thing, Perspective):
        rows = [_row(o.name, form_of(here, "objective", o)) for o in definitions.objectives
                if o.perspective == thing.code]  # fmt: skip
        return [_list("Objectives", rows, ("New objective", form_of(here, "objective", perspective=thing.code)))]
    if isinstance(thing, KpiUse | Target) and thing.kpi in definitions.kpi:
        kpi = definitions.kpi[thing.kpi]
        return [_list("KPI", [_row(kpi.name, form_of(here, "kpi", kpi))])]
    return []


def _list(title: str, rows: list[dict[str, str]], *adds: tuple[str, str]) -> dict[str, Any]:
    return {"title": title, "rows": rows, "adds": [{"name": name, "url": url} for name, url in adds]}


def _row(name: str, url: str, note: str = "") -> dict[str, str]:
    return {"name": name, "url": url, "note": note}


def _uses(here: Here, definitions: Definitions, uses: list[KpiUse], **start: str) -> dict[str, Any]:
    shares = effective_weights(definitions, here.scope.unit.code)
    is_kpi = "kpi" in start
    rows = []
    for use in uses:
        if use.kpi in here.scope.closed:
            continue
        objective, kpi = definitions.objective.get(use.objective), definitions.kpi.get(use.kpi)
        name = (objective.name if objective else use.objective) if is_kpi else (kpi.name if kpi else use.kpi)
        share = shares.get(f"kpi:{use.kpi}")
        note = "watched" if use.monitor_only else f"weight {use.weight:f}" + (
            f", {share_text(share)} of the scorecard" if share is not None else "")  # fmt: skip
        rows.append(_row(name, form_of(here, "use", use), note))
    adds = [("Place it on an objective" if is_kpi else "Place a KPI here", form_of(here, "use", **start))]
    if not is_kpi:
        adds.append(("New KPI here", form_of(here, "kpi", **start)))
        if known := here.scope.structure.objective.get(start["objective"]):
            adds.append(("Suggest KPIs", here.suggestions(known)))
    return _list("Where it counts" if is_kpi else "KPIs", rows, *adds)


def _targets(here: Here, definitions: Definitions, kpi: Kpi) -> dict[str, Any]:
    rows = []
    for target in definitions.targets_of(kpi.code):
        unit = definitions.unit[target.unit].name if target.unit in definitions.unit else "every unit"
        value = target.value if target.value is not None else f"{target.low} to {target.high}"
        rows.append(_row(f"{value} from {target.since.removeprefix('M:')}", form_of(here, "target", target), unit))
    return _list("Targets", rows, ("New target", form_of(here, "target", kpi=kpi.code)))


def _links(here: Here, definitions: Definitions, objective: Objective) -> dict[str, Any]:
    names = {o.code: o.name for o in definitions.objectives}
    rows = []
    for link in definitions.links:
        if objective.code in (link.source, link.target):
            word = "drives" if link.source == objective.code else "driven by"
            other = link.target if link.source == objective.code else link.source
            rows.append(_row(f"{word} {names.get(other, other)}", form_of(here, "link", link)))
    return _list("Links", rows, ("New link from here", form_of(here, "link", source=objective.code)))


def name_of_thing(definitions: Definitions, noun: str, thing: Definition) -> str:
    """How a thing is called in a list of changes."""
    if isinstance(thing, KpiUse | Target):
        kpi = definitions.kpi.get(thing.kpi)
        return f"{kpi.name if kpi else thing.kpi}"
    if isinstance(thing, Link):
        ends = (definitions.objective.get(code) for code in (thing.source, thing.target))
        return " → ".join(o.name if o else code for o, code in zip(ends, (thing.source, thing.target), strict=True))
    return str(getattr(thing, "name", ""))
