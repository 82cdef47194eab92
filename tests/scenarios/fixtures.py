"""The records of the acceptance scenarios, created through GraphQL, and the actions that the scenarios repeat."""

import datetime as dt
from typing import Any

from tests.api import Api

OUT = {"informationFlow": "OUTBOUND", "initiatedBy": "US"}
INTO = {"informationFlow": "INBOUND", "initiatedBy": "THEM"}
TEMPLATES: dict[str, dict[str, Any]] = {
    "VISIT": {"description": "Visit", "groupCode": "MEET", "unitCost": "45", "unitDuration": 180, **OUT},
    "CALLIN": {"description": "Incoming call", "groupCode": "PHONE", "unitDuration": 15, **INTO},
    "CALLOUT": {"description": "Outgoing call", "groupCode": "PHONE", "unitCost": "1", "unitDuration": 15, **OUT},
    "MAIL": {
        "description": "Letter",
        "groupCode": "LETTER",
        "unitCost": "8",
        "unitDuration": 30,
        **OUT,
        "correspondenceTypeDefault": "EMAIL",
        "ignoreContactCorrespondenceType": True,
    },
}
CONTACTS: dict[str, dict[str, Any]] = {
    "C1": {
        "type": "COMPANY",
        "name": "Cannon Group",
        "salespersonCode": "JO",
        "email": "c1@example.com",
        "phoneNo": "+33 1 23 45 67",
    },
    "P1": {
        "type": "PERSON",
        "name": "Pamela One",
        "companyNo": "C1",
        "salespersonCode": "JO",
        "email": "p1@example.com",
    },
    "P2": {"type": "PERSON", "name": "Peter Two", "companyNo": "C1", "salespersonCode": "PS"},
    "C2": {
        "type": "COMPANY",
        "name": "Deerfield Graphics",
        "salespersonCode": "PS",
        "email": "c2@example.com",
        "correspondenceType": "HARD_COPY",
    },
    "P3": {"type": "PERSON", "name": "Paula Three"},
}

ENTRY = """entryNo date timeOfInteraction description subject contact { no } company { no } template { code } group { code }
    salesperson { code } campaign { no } campaignEntry { entryNo } cost duration informationFlow initiatedBy correspondenceType
    evaluation attemptFailed canceled segmentNo loggedSegment { entryNo } comments { lineNo comment userId }"""
"""The fields of an entry of the log that scenarios check."""

POSTPONED = "entryNo version resumeOn state salesperson { code } cost comments { lineNo comment }"


def create_fixtures(api: Api) -> None:
    """Salespeople JO, PS; contacts C1, P1, P2, C2, P3; templates VISIT, CALLIN, CALLOUT, MAIL with groups; campaigns
    CP1, CP2; the number series of a new company (K23).
    """
    for code, name in (("JO", "John Roberts"), ("PS", "Pat Silver")):
        api.mutate("createSalesperson", {"code": code, "salesperson": {"name": name}}, "salesperson { code }")
    for code in ("MEET", "PHONE", "LETTER"):
        api.mutate(
            "createInteractionGroup",
            {"code": code, "interactionGroup": {"description": code}},
            "interactionGroup { code }",
        )
    for code, template in TEMPLATES.items():
        create_template(api, code, **template)
    for no, contact in CONTACTS.items():
        api.mutate("createContact", {"no": no, "contact": contact}, "contact { no }")
    for no in ("CP1", "CP2"):
        api.mutate("createCampaign", {"no": no, "campaign": {"description": f"Campaign {no}"}}, "campaign { no }")


def create_template(api: Api, code: str, **template: Any) -> None:
    api.mutate(
        "createInteractionTemplate", {"code": code, "interactionTemplate": template}, "interactionTemplate { code }"
    )


def today(api: Api) -> dt.date:
    """The current date of the company. The acceptance scenarios call it W, the work date."""
    return dt.date.fromisoformat(api.execute("{ marketingSetup { today } }")["marketingSetup"]["today"])


def create_interaction(api: Api, template: str, contact: str, **more: Any) -> dict[str, Any]:
    """Create an interaction, of JO unless another salesperson is given, and return its entry."""
    interaction = {"templateCode": template, "contactNo": contact, "salespersonCode": "JO", **more}
    made: dict[str, Any] = api.mutate(
        "createInteraction", {"interaction": interaction}, f"interactionLogEntry {{ {ENTRY} }}"
    )
    log_entry: dict[str, Any] = made["interactionLogEntry"]
    return log_entry


def postpone(api: Api, template: str, contact: str, *, resume_on: str | None = None, **more: Any) -> int:
    """Postpone a new interaction of JO and return its number."""
    interaction = {"templateCode": template, "contactNo": contact, "salespersonCode": "JO", **more}
    variables = {"interaction": interaction, **({"resumeOn": resume_on} if resume_on else {})}
    made: int = api.mutate("postponeInteraction", variables, "postponedInteraction { entryNo }")[
        "postponedInteraction"
    ]["entryNo"]
    return made


def draft(api: Api, **start: Any) -> Any:
    """The draft: the values that the rules fill in."""
    return api.execute(
        """query($input: InteractionDraftInput!) { interactionDraft(input: $input) { contact { no } company { no } group { code }
        template { code } salesperson { code } campaign { no } description date timeOfInteraction cost duration correspondenceType
        evaluation attemptFailed missingFields comments { comment } userErrors { code field } } }""",
        input=start,
    )["interactionDraft"]


def log_entry(api: Api, entry_no: int) -> Any:
    """The entry of the log with this number, or None."""
    return api.execute(f"query($no: Int!) {{ interactionLogEntry(entryNo: $no) {{ {ENTRY} }} }}", no=entry_no)[
        "interactionLogEntry"
    ]


def postponed_interaction(api: Api, entry_no: int) -> Any:
    """The postponed interaction with this number, or None."""
    return api.execute(f"query($no: Int!) {{ postponedInteraction(entryNo: $no) {{ {POSTPONED} }} }}", no=entry_no)[
        "postponedInteraction"
    ]


def log_entries(api: Api, **filter: Any) -> list[dict[str, Any]]:
    """The entries of the log that match, oldest first."""
    nodes: list[dict[str, Any]] = api.execute(
        f"""query($filter: InteractionLogEntryFilter) {{ interactionLogEntries(filter: $filter, first: 100, orderBy: [{{field: ENTRY_NO}}])
        {{ nodes {{ {ENTRY} }} }} }}""",
        filter=filter,
    )["interactionLogEntries"]["nodes"]
    return nodes


def postponed_entry_nos(api: Api, **filter: Any) -> list[int]:
    """The numbers of the postponed interactions that match."""
    nodes = api.execute(
        """query($filter: PostponedInteractionFilter) { postponedInteractions(filter: $filter, first: 100, orderBy: [{field: ENTRY_NO}])
        { nodes { entryNo } } }""",
        filter=filter,
    )["postponedInteractions"]["nodes"]
    return [node["entryNo"] for node in nodes]


def campaign_entries(api: Api, campaign_no: str) -> list[dict[str, Any]]:
    """The entries of a campaign, oldest first."""
    nodes = api.execute(
        """query($filter: CampaignEntryFilter) { campaignEntries(filter: $filter, first: 100) { nodes {
        entryNo description date segmentNo salesperson { code } canceled loggedSegment { entryNo } noOfInteractions cost duration } } }""",
        filter={"campaignNo": {"eq": campaign_no}},
    )["campaignEntries"]["nodes"]
    return list(reversed(nodes))


def log_segment(api: Api, *contacts: str, campaign: str | None = "CP1", **choices: Any) -> dict[str, Any]:
    """Create a segment with VISIT for these contacts, log it, and return the logged segment."""
    segment = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO", "campaignNo": campaign}
    made = api.mutate("createSegment", {"segment": segment, "contactNos": contacts}, "segment { no }")["segment"]
    payload = api.mutate(
        "logSegment",
        {"segmentNo": made["no"], **choices},
        "loggedSegment { id entryNo segmentNo } followUpSegment { no }",
    )
    logged: dict[str, Any] = payload["loggedSegment"] | {"followUp": payload["followUpSegment"]}
    return logged


def set_canceled(api: Api, *entry_nos: int, canceled: bool = True) -> Any:
    """Cancel or un-cancel interactions by number."""
    variables = {"interactions": {"entryNos": entry_nos}, "canceled": canceled}
    return api.mutate(
        "setInteractionsCanceled", variables, "matched changed interactionLogEntries { entryNo canceled }"
    )
