"""English words that tell results from activities, and aims from phrases; see `wording`. Source: methodology §2.7."""

from __future__ import annotations

from typing import Final


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Verbs that say that something changes.
CHANGES: Final = _listed(
    "accelerate achieve add advance attract avoid become boost bring broaden build change close consolidate contain "
    "control convert create cut decrease deepen deliver diversify double drive earn eliminate end enable ensure "
    "enter exceed expand extend fill find fix free gain generate get give grow halve halt help improve increase keep "
    "lead lift limit lower maintain make master maximise maximize minimise minimize modernise modernize optimise "
    "optimize overcome prevent protect provide push raise reach recruit reduce remove renew replace restore retain "
    "save secure shift shorten shrink simplify slow spread stabilise stabilize stop strengthen sustain transform "
    "treble triple widen win"
)
#: Other verbs that can hardly be anything else.
VERBS: Final = CHANGES | _listed(
    "accept adapt adopt allow answer apply arrive ask be believe belong buy choose collaborate collect combine come "
    "communicate complete comply connect consider coordinate decide define delight depend deserve develop do eat "
    "embed embrace empower encourage engage enhance enjoy establish evolve execute feel focus follow foster fulfil "
    "fulfill go happen harness have hear hire identify implement include innovate inspire integrate invest join know "
    "learn leave let live listen lose love meet motivate move need nurture obtain offer operate own pay perform pick "
    "please prepare promote prove recognise recognize recommend rely remain reply reward rise satisfy see seek sell "
    "send serve show solve speak standardise standardize stay succeed take teach tell think treat trust try "
    "understand use wait want welcome write "
    "agree arm assure attain bake beat begin behave break carry catch celebrate clean collapse commit compete cook "
    "cope defend detect diagnose digitise digitize discover donate draw drop dispose employ enrich escape exploit "
    "explain explore face fall feed finish fit fly gather grasp handle hit honour ignite invent invite lighten "
    "loosen match mend nourish obey outgrow outperform own pass preserve pull put qualify quit reassure receive "
    "reclaim recover recycle regain reinvent reinvest relate release rent repair repay rescue resolve restart reuse "
    "revive rid ride settle shape sharpen shut smooth speed split steer stick streamline surpass surprise tackle "
    "tailor tap thrive throw tighten touch turn unite unlock uphold upgrade vaccinate wash watch wear withdraw"
)
#: Words that are verbs only where an object follows: "Train new staff", but not "Train punctuality" or "Train of".
EITHER: Final = _listed(
    "aim balance benefit book care cost cover design document fund grant hold influence launch manage market measure "
    "monitor order organise organize plan process profit program project rank rate report research resource respond "
    "return review roll run scale score share ship staff start study supply support survey target test trade train "
    "value visit waste work"
)
#: Of these, the words that open an objective as verbs, "Ship on time", unless what follows makes a noun of them.
OPENERS: Final = _listed("launch monitor organise organize return ship")
NOUN_BEFORE: Final = _listed("cost costs date dates of on rate rates ratio share size success time times value")
ON_PLAN: Final = _listed("budget plan schedule time")
FORMS: Final = {
    "is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "being": "be", "am": "be", "has": "have",
    "had": "have", "having": "have", "does": "do", "did": "do", "done": "do", "goes": "go", "grew": "grow",
    "grown": "grow", "won": "win", "winning": "win", "built": "build", "cutting": "cut", "kept": "keep",
    "left": "leave",
    "made": "make", "lost": "lose", "sold": "sell", "got": "get", "getting": "get", "spent": "spend", "knew": "know",
    "known": "know", "chose": "choose", "chosen": "choose", "came": "come", "paid": "pay", "met": "meet", "led": "lead",
    "brought": "bring", "bought": "buy", "found": "find", "felt": "feel", "held": "hold", "ran": "run",
    "running": "run", "taught": "teach", "thought": "think", "understood": "understand", "rose": "rise",
    "can": "be", "will": "be", "must": "be", "should": "be", "do": "do",
}  # fmt: skip
OBJECTS: Final = _listed(
    "a an the our their its his her your my all every each more fewer less new better this that these those no "
    "everybody everyone people"
)
#: Words that sound like a goal and say nothing that could be measured (§2.7).
WEASELS: Final = (
    "effective", "effectively", "efficient", "efficiently", "robust", "optimal", "optimally", "optimise", "optimize",
    "enhance", "leverage", "world-class", "best-in-class", "appropriate", "adequate", "synergy", "synergies",
    "seamless", "seamlessly", "holistic", "strategic", "engage", "maximise", "maximize", "strengthen", "excellence",
    "innovative", "transform",
)  # fmt: skip
#: These are vague only where no amount stands in the text and nothing says what is meant.
WEASELS_ALONE: Final = ("improve", "quality", "timely", "sustainable")
OF_WHAT: Final = _listed("of score rate index rating measure within under by from to")
#: Beginnings and phrases of what people do, as against what comes of it (§2.7, V16).
ACTIVITIES: Final = (
    "implement", "conduct", "hold", "organise", "organize", "launch", "develop", "draft", "document", "train",
    "introduce", "install", "set up", "roll out", "carry out", "implementing", "conducting", "organising", "organizing",
    "launching", "drafting", "documenting", "introducing", "installing", "setting up", "rolling out", "carrying out",
)  # fmt: skip
ACTIVITY_PHRASES: Final = (
    "roll out", "rollout", "implementation of", "introduction of", "launch of", "training of", "deliver training",
    "training delivered", "number of meetings",
    "number of campaigns", "number of visits", "number of trainings", "number of training", "number of workshops",
    "milestone", "completion of project", "completion of the project", "project completion", "complete the project",
)  # fmt: skip
#: Words that carry no meaning of their own when two texts are compared.
STOP: Final = _listed(
    "a an and are as at be been by each every for from had has have in into is it its of on or our that the their they "
    "this those to was were who which with we within per"
)
