"""Random mutations of all kinds of stored objects, most of which are executed. Some are refused, as in real life."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Input: TypeAlias = dict[str, Any]
"""The input of a mutation."""

MOST_KNOWN = 40
"""How many objects of each kind are chosen from: the newest ones."""

SELECTIONS = {
    "createInteraction": "interactionLogEntry { entryNo }",
    "postponeInteraction": "postponedInteraction { entryNo }",
    "resumeInteraction": "interactionLogEntry { entryNo }",
    "logSegment": "loggedSegment { entryNo campaignEntries(first: 5) { nodes { entryNo } } }",
    "createSegment": "segment { no }",
    "createFollowUpSegment": "segment { no }",
    "createContact": "contact { no }",
    "createCampaign": "campaign { no }",
    "createSalesperson": "salesperson { code }",
    "createInteractionTemplate": "interactionTemplate { code }",
    "createInteractionGroup": "interactionGroup { code }",
    "createNumberSeries": "numberSeries { code }",
}
"""What a payload must have so that later mutations can use the new object."""


@dataclass
class Company:
    """What is known to be stored, or was stored until lately."""

    chance: random.Random
    known: dict[str, list[Any]] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    _new: int = 0

    def one(self, kind: str) -> Any:
        """One of the objects of a kind; its number, code or entry number. A number that nothing has if none is known."""
        known = self.known.get(kind)
        return self.chance.choice(known) if known else (1 if kind in ("entry", "postponed", "logged") else "NONE")

    def some(self, kind: str) -> list[Any]:
        """A few of the objects of a kind."""
        return [*{self.one(kind) for _ in range(self.chance.randint(1, 8))}]

    def new(self, prefix: str) -> str:
        """A code that nothing has."""
        self._new += 1
        return f"{prefix}{self._new}"

    def name(self) -> str:
        """A text of a few letters."""
        return "".join(self.chance.choice("abcdeéœß 12") for _ in range(8)).strip() + "x"

    def flag(self) -> bool:
        """True or false."""
        return self.chance.random() < 0.5

    def learn(self, mutation: str, payload: Any) -> None:
        """Take notice of the payload of a mutation: of new objects, and whether it was refused."""
        refused = bool(payload["userErrors"])
        self.tally[f"{mutation} refused" if refused else mutation] += 1
        for name, kind, key in NEW:
            if isinstance(found := payload.get(name), dict):
                self._add(kind, found[key])
                for each in found.get("campaignEntries", {}).get("nodes", []):
                    self._add("campaign entry", each["entryNo"])

    def _add(self, kind: str, key: Any) -> None:
        known = self.known.setdefault(kind, [])
        if key not in known:
            known.append(key)
            del known[:-MOST_KNOWN]


NEW = (
    ("interactionLogEntry", "entry", "entryNo"),
    ("postponedInteraction", "postponed", "entryNo"),
    ("loggedSegment", "logged", "entryNo"),
    ("segment", "segment", "no"),
    ("contact", "contact", "no"),
    ("campaign", "campaign", "no"),
    ("salesperson", "salesperson", "code"),
    ("interactionTemplate", "template", "code"),
    ("interactionGroup", "group", "code"),
    ("numberSeries", "series", "code"),
)


def _draft(company: Company) -> Input:
    return {
        "contactNo": company.one("contact"),
        "templateCode": company.one("template"),
        "salespersonCode": company.one("salesperson"),
        "description": company.name(),
        "cost": f"{company.chance.randint(0, 900)}.50",
        **({"campaignNo": company.one("campaign")} if company.chance.random() < 0.3 else {}),
    }


def _person(company: Company) -> Input:
    return {
        "name": company.name(),
        "city": company.name(),
        "salespersonCode": company.one("salesperson"),
        "notes": company.name() * 3,
        "excludeFromSegment": company.chance.random() < 0.1,
    }


def _template(company: Company) -> Input:
    return {"description": company.name(), "groupCode": company.one("group"), "unitCost": "3", "unitDuration": 5}


def _segment(company: Company) -> Input:
    return {
        "description": company.name(),
        "templateCode": company.one("template"),
        "campaignNo": company.one("campaign"),
        "campaignTarget": company.flag(),
        "salespersonCode": company.one("salesperson"),
    }


def _series(company: Company) -> Input:
    return {"description": company.name(), "defaultNos": True, "manualNos": company.flag()}


MUTATIONS: tuple[tuple[int, str, Callable[[Company], Input]], ...] = (
    (20, "createInteraction", lambda c: {"interaction": _draft(c)}),
    (10, "postponeInteraction", lambda c: {"interaction": _draft(c), "resumeOn": "2030-01-02"}),
    (6, "resumeInteraction", lambda c: {"entryNo": c.one("postponed")}),
    (4, "postponeInteraction", lambda c: {"entryNo": c.one("postponed"), "interaction": {"description": c.name()}}),
    (4, "deletePostponedInteractions", lambda c: {"entryNos": c.some("postponed")[:2]}),
    (6, "snoozePostponedInteractions", lambda c: {"postponed": {"entryNos": c.some("postponed")}, "days": 3}),
    (6, "commentInteraction", lambda c: {"entryNo": c.one("entry"), "comments": [c.name()]}),
    (3, "updateInteractionComment", lambda c: {"entryNo": c.one("entry"), "lineNo": 1, "comment": c.name()}),
    (2, "deleteInteractionComment", lambda c: {"entryNo": c.one("entry"), "lineNo": 1}),
    (
        6,
        "evaluateInteractions",
        lambda c: {
            "interactions": {"entryNos": c.some("entry")},
            "evaluation": c.chance.choice(["POSITIVE", "NEGATIVE", None]),
        },
    ),
    (6, "setInteractionsCanceled", lambda c: {"interactions": {"entryNos": c.some("entry")}, "canceled": c.flag()}),
    (1, "deleteCanceledInteractions", lambda c: {"filter": {"contactNo": {"eq": c.one("contact")}}}),
    (
        2,
        "setCampaignEntryCanceled",
        lambda c: {"entryNo": c.one("campaign entry") if "campaign entry" in c.known else 1, "canceled": c.flag()},
    ),
    (1, "deleteCanceledCampaignEntries", lambda c: {"all": True}),
    (5, "createSegment", lambda c: {"segment": _segment(c), "contactNos": c.some("contact")}),
    (
        5,
        "updateSegment",
        lambda c: {"no": c.one("segment"), "segment": {"description": c.name()}, "updateLines": c.flag()},
    ),
    (2, "deleteSegment", lambda c: {"no": c.one("segment")}),
    (
        4,
        "addSegmentLines",
        lambda c: {"segmentNo": c.one("segment"), "lines": [{"contactNo": each} for each in c.some("contact")]},
    ),
    (
        4,
        "updateSegmentLines",
        lambda c: {
            "segmentNo": c.one("segment"),
            "changes": [{"lines": {"lineNos": [1]}, "set": {"description": c.name()}}],
        },
    ),
    (
        4,
        "removeSegmentLines",
        lambda c: {"segmentNo": c.one("segment"), "lines": {"lineNos": [c.chance.randint(1, 4)]}},
    ),
    (
        4,
        "addSegmentContacts",
        lambda c: {"segmentNo": c.one("segment"), "from": {"filter": {"name": {"contains": c.chance.choice("abcde")}}}},
    ),
    (
        3,
        "removeSegmentContacts",
        lambda c: {
            "segmentNo": c.one("segment"),
            "filter": {"name": {"contains": c.chance.choice("abcde")}},
            "mode": c.chance.choice(["KEEP_MATCHING", "REMOVE_MATCHING"]),
        },
    ),
    (3, "undoSegmentStep", lambda c: {"segmentNo": c.one("segment")}),
    (
        4,
        "logSegment",
        lambda c: {
            "segmentNo": c.one("segment"),
            "createFollowUp": c.flag(),
            "onBlocked": c.chance.choice(["SKIP", "LEAVE_IN_SEGMENT"]),
        },
    ),
    (2, "createFollowUpSegment", lambda c: {"loggedSegmentEntryNo": c.one("logged")}),
    (2, "undoLoggedSegment", lambda c: {"entryNo": c.one("logged"), "force": c.flag()}),
    (2, "setLoggedSegmentCanceled", lambda c: {"entryNo": c.one("logged"), "canceled": c.flag()}),
    (1, "deleteCanceledLoggedSegments", lambda c: {"entryNos": c.some("logged")[:1]}),
    (8, "createContact", lambda c: {"contact": _person(c) | {"type": c.chance.choice(["COMPANY", "PERSON"])}}),
    (10, "updateContact", lambda c: {"no": c.one("contact"), "contact": _person(c)}),
    (4, "updateContact", lambda c: {"no": c.one("contact"), "contact": {"companyNo": c.one("contact")}}),
    (2, "deleteContact", lambda c: {"no": c.one("contact")}),
    (2, "mergeContacts", lambda c: {"no": c.one("contact"), "mergedNo": c.one("contact")}),
    (1, "anonymizeContact", lambda c: {"no": c.one("contact")}),
    (2, "createSalesperson", lambda c: {"code": c.new("S"), "salesperson": {"name": c.name()}}),
    (
        4,
        "updateSalesperson",
        lambda c: {"code": c.one("salesperson"), "salesperson": {"name": c.name(), "blocked": c.chance.random() < 0.1}},
    ),
    (1, "deleteSalesperson", lambda c: {"code": c.one("salesperson")}),
    (1, "createInteractionGroup", lambda c: {"code": c.new("G"), "interactionGroup": {"description": c.name()}}),
    (2, "updateInteractionGroup", lambda c: {"code": c.one("group"), "interactionGroup": {"description": c.name()}}),
    (1, "deleteInteractionGroup", lambda c: {"code": c.one("group")}),
    (2, "createInteractionTemplate", lambda c: {"code": c.new("T"), "interactionTemplate": _template(c)}),
    (3, "updateInteractionTemplate", lambda c: {"code": c.one("template"), "interactionTemplate": _template(c)}),
    (1, "deleteInteractionTemplate", lambda c: {"code": c.one("template")}),
    (2, "createCampaign", lambda c: {"campaign": {"description": c.name(), "salespersonCode": c.one("salesperson")}}),
    (4, "updateCampaign", lambda c: {"no": c.one("campaign"), "campaign": {"description": c.name()}}),
    (1, "deleteCampaign", lambda c: {"no": c.one("campaign")}),
    (1, "createNumberSeries", lambda c: {"code": c.new("N"), "numberSeries": _series(c)}),
    (2, "updateNumberSeries", lambda c: {"code": c.one("series"), "numberSeries": _series(c)}),
    (1, "deleteNumberSeries", lambda c: {"code": c.one("series")}),
    (1, "updateMarketingSetup", lambda c: {"marketingSetup": {"currencyCode": c.chance.choice(["EUR", "CAD"])}}),
)
"""The weight of each mutation, its name, and a function that makes its input."""

FIRST = (
    "createSalesperson",
    "createInteractionGroup",
    "createInteractionTemplate",
    "createCampaign",
    "createContact",
    "createContact",
    "createNumberSeries",
)
"""The mutations that are sent first: they create the records that the other mutations need."""


def random_mutation(company: Company) -> tuple[str, Input]:
    """A mutation and its input."""
    weights = [weight for weight, *_ in MUTATIONS]
    ((_, name, make),) = company.chance.choices(MUTATIONS, weights)
    return name, make(company)


def first_mutations(company: Company) -> list[tuple[str, Callable[[], Input]]]:
    """The mutations of `FIRST`, four of each, with a function that makes the input. Call it when the mutation before has
    been executed: the input may name its record.
    """
    makes = {name: make for _, name, make in MUTATIONS}
    return [(name, lambda name=name: makes[name](company)) for name in FIRST * 4]  # type: ignore[misc]  # bound at once


def document(mutation: str) -> str:
    """The document that sends a mutation."""
    type_ = mutation[0].upper() + mutation[1:]
    selection = SELECTIONS.get(mutation, "__typename")
    return (
        f"mutation($input: {type_}Input!) {{ it: {mutation}(input: $input) {{ {selection} userErrors {{ code }} }} }}"
    )
