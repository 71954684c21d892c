"""S: anybody can tell what is counted."""

from __future__ import annotations

from fourfold.engine import wording
from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.definitions import Kpi
from fourfold.engine.formulas import FormulaError, parse, references
from fourfold.engine.smart.known import Known
from fourfold.engine.words import choices, counted, show

FEWEST, MOST, DEFINITION, OVERLAP = 2, 8, 12, 0.7


def specific(known: Known) -> Part:
    """The part S."""
    return Part("S", "Specific", (_name(known.kpi), _definition(known.kpi), _formula(known), _population(known.kpi),
                                  _vague(known), _result(known.kpi)))  # fmt: skip


def _name(kpi: Kpi) -> Criterion:
    count, noun = len(kpi.name.split()), wording.is_noun_phrase(kpi.name)
    fine = FEWEST <= count <= MOST and noun
    evidence = f"{show(kpi.name)}, {counted(count, 'word')}{'' if noun else ', with a verb of change'}"
    mend = "Name what is counted in 2 to 8 words; that it should rise or fall is said by the target."
    return Criterion("S1", "Does the name name a thing?", 10.0 * fine, 10, evidence, mend)


def _definition(kpi: Kpi) -> Criterion:
    """The overlap is the share of the definition's words that only say the name again."""
    count, said = len(kpi.definition.split()), wording.content(kpi.definition)
    overlap = len(said & wording.content(kpi.name)) / len(said) if said else 0.0
    evidence = f"{count} words, {overlap:.0%} of them from the name"
    mend = "Say in a sentence of twelve words or more who is counted, when, and what is left out."
    return Criterion("S2", "Does the definition say more than the name?",
                     20.0 * (count >= DEFINITION and overlap < OVERLAP), 20, evidence, mend)  # fmt: skip


def _formula(known: Known) -> Criterion:
    kpi = known.kpi
    problem, names = "", set[str]()
    for text in (kpi.formula, kpi.numerator, kpi.denominator):
        if text is not None:
            try:
                names |= references(parse(text))
            except FormulaError as error:
                problem = str(error)
    unknown = sorted(names - set(known.definitions.kpi))
    if problem:
        evidence = f"the formula cannot be read: {problem.rstrip('.')}"
    elif unknown:
        evidence = f"the formula names {choices(unknown, 'and')}, which nothing is bound to"
    elif kpi.is_computed:
        evidence = f"computed from {choices(sorted(names), 'and')}" if names else "computed"
    elif kpi.source or kpi.automated or known.count:
        evidence = f"measured, {known.count} figures" + (f" from {show(kpi.source)}" if kpi.source else "")
    else:
        evidence, problem = "neither a formula, nor a source, nor figures", "nothing"
    fine = not problem and not unknown
    return Criterion(
        "S3", "Is it bound to figures?", 25.0 * fine, 25, evidence, "Correct the formula, or name a `source`."
    )


def _population(kpi: Kpi) -> Criterion:
    evidence = show(kpi.population) if kpi.population else "`population` is empty"
    mend = "Say in `population` who or what is in and out."
    return Criterion("S4", "Is it clear who is counted?", 15.0 * bool(kpi.population), 15, evidence, mend)


def _vague(known: Known) -> Criterion:
    objectives = [known.definitions.objective[o].name for o in known.objectives if o in known.definitions.objective]
    found = [word for text in (known.kpi.name, known.kpi.definition, *objectives) for word in wording.weasels(text)]
    evidence = f"the words {choices([show(w) for w in found], 'and')}" if found else "no vague word"
    mend = "Say what people would see instead, in KPI, definition and objective."
    return Criterion("S5", "Is it free of vague words?", 15.0 * (not found), 15, evidence, mend)


def _result(kpi: Kpi) -> Criterion:
    word = wording.activity(kpi.name)
    fine = kpi.result_type not in ("input", "activity") and word is None
    evidence = f"`result_type` is {kpi.result_type}" + (f", and the name says {show(word)}" if word else "")
    mend = "Count what comes of the work: an output, an outcome or an impact."
    return Criterion("S6", "Is it a result?", 15.0 * fine, 15, evidence, mend)
