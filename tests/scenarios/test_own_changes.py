"""What salespeople get of the change feed: nothing that a list would not show them (R-FEED-5)."""

from typing import Any

from persistence.enums import Role
from tests.api import Api, create_company
from tests.prepared import database_with

FEED = """query ($after: String, $first: Int) { changeFeed(after: $after, first: $first) { endCursor upToDate
    changes { type kind count objects { edges { id node { __typename id } } } } } }"""
INTERACTIONS = {"INTERACTION_LOG_ENTRY", "POSTPONED_INTERACTION"}


class Reader:
    """Reads the changes of interactions since it read last."""

    def __init__(self, api: Api) -> None:
        self._api, self._after = api, ""
        self.read()

    def read(self) -> list[tuple[str, str, int]]:
        """The type, kind and count of each change, whose objects are as many."""
        found: list[tuple[str, str, int]] = []
        up_to_date = False
        while not up_to_date:
            feed = self._api.execute(FEED, after=self._after, first=100)["changeFeed"]
            self._after, up_to_date = feed["endCursor"], feed["upToDate"]
            for each in feed["changes"]:
                edges = each["objects"]["edges"]
                assert len(edges) == each["count"] or len(edges) == 20
                if each["type"] in INTERACTIONS:
                    assert each["kind"] != "DELETED" or all(edge["node"] is None for edge in edges)
                    found.append((each["type"], each["kind"], each["count"]))
        return found


def as_salesperson(api: Api, code: str) -> Api:
    return api.as_role(Role.SALESPERSON, salesperson=code)


def interaction(contact: str, **more: Any) -> dict[str, Any]:
    return {"interaction": {"contactNo": contact, "templateCode": "VISIT", **more}}


@database_with(create_company)
def test_salespeople_get_only_changes_of_their_own_interactions_r_feed_5(api: Api) -> None:
    jo, ps, everybody = Reader(as_salesperson(api, "JO")), Reader(as_salesperson(api, "PS")), Reader(api)

    created = ("INTERACTION_LOG_ENTRY", "CREATED", 1)
    api.mutate("createInteraction", interaction("C2"), "interactionLogEntry { entryNo }")
    assert (jo.read(), ps.read(), everybody.read()) == ([], [created], [created])
    api.mutate("createInteraction", interaction("C2", salespersonCode="JO"), "interactionLogEntry { entryNo }")
    assert (jo.read(), ps.read()) == ([created], [created])

    of_ps = api.mutate("postponeInteraction", interaction("P2"), "postponedInteraction { entryNo }")
    of_both = api.mutate(
        "postponeInteraction", interaction("P2", salespersonCode="JO"), "postponedInteraction { entryNo }"
    )
    postponed = ("POSTPONED_INTERACTION", "CREATED", 1)
    assert (jo.read(), ps.read()) == ([postponed], [postponed, postponed])

    numbers = [each["postponedInteraction"]["entryNo"] for each in (of_ps, of_both)]
    api.mutate("deletePostponedInteractions", {"entryNos": numbers}, "deletedEntryNos")
    assert jo.read() == [("POSTPONED_INTERACTION", "DELETED", 1)]
    assert ps.read() == everybody.read()[-1:] == [("POSTPONED_INTERACTION", "DELETED", 2)]


@database_with(create_company)
def test_of_a_logged_segment_salespeople_get_the_number_of_their_own_entries_r_feed_5(api: Api) -> None:
    segment = {"description": "Spring", "templateCode": "VISIT"}
    contacts = ["C1", "P2", "C2"]
    created = api.mutate("createSegment", {"segment": segment, "contactNos": contacts}, "segment { no }")
    jo, ps = Reader(as_salesperson(api, "JO")), Reader(as_salesperson(api, "PS"))
    api.mutate("logSegment", {"segmentNo": created["segment"]["no"]}, "logged")

    assert jo.read() == [("INTERACTION_LOG_ENTRY", "CREATED", 1)]
    assert ps.read() == [("INTERACTION_LOG_ENTRY", "CREATED", 2)]

    numbers = [
        each["entryNo"]
        for each in api.execute("{ interactionLogEntries { nodes { entryNo } } }")["interactionLogEntries"]["nodes"]
    ]
    api.mutate("setInteractionsCanceled", {"interactions": {"entryNos": numbers}, "canceled": True}, "matched")
    jo.read(), ps.read()
    api.mutate("deleteCanceledInteractions", {"all": True}, "deleted")

    assert jo.read() == [("INTERACTION_LOG_ENTRY", "DELETED", 1)]
    assert ps.read() == [("INTERACTION_LOG_ENTRY", "DELETED", 2)]


@database_with(create_company)
def test_the_salesperson_that_a_contact_has_now_gets_the_changes_r_feed_5(api: Api) -> None:
    api.mutate("createSalesperson", {"code": "XX", "salesperson": {"name": "Max"}}, "salesperson { code }")
    jo, ps = Reader(as_salesperson(api, "JO")), Reader(as_salesperson(api, "PS"))
    entry = api.mutate("createInteraction", interaction("C1", salespersonCode="XX"), "interactionLogEntry { entryNo }")
    api.mutate("updateContact", {"no": "C1", "contact": {"salespersonCode": "PS"}}, "contact { no }")

    assert jo.read() == []
    assert ps.read() == [("INTERACTION_LOG_ENTRY", "CREATED", 1)]

    comment = {"entryNo": entry["interactionLogEntry"]["entryNo"], "comments": ["Again"]}
    api.mutate("commentInteraction", comment, "interactionLogEntry { entryNo }")
    assert jo.read() == []
    assert ps.read() == [("INTERACTION_LOG_ENTRY", "UPDATED", 1)]


@database_with(create_company)
def test_a_finished_interaction_is_no_longer_postponed_for_its_salespeople_r_feed_5(api: Api) -> None:
    postponed = api.mutate("postponeInteraction", interaction("C1"), "postponedInteraction { entryNo }")
    jo, ps = Reader(as_salesperson(api, "JO")), Reader(as_salesperson(api, "PS"))
    finished = {**postponed["postponedInteraction"], "interaction": {"salespersonCode": "PS"}}
    api.mutate("resumeInteraction", finished, "interactionLogEntry { entryNo }")

    assert jo.read() == [("POSTPONED_INTERACTION", "DELETED", 1), ("INTERACTION_LOG_ENTRY", "CREATED", 1)]
    assert ps.read() == [("INTERACTION_LOG_ENTRY", "CREATED", 1)]


@database_with(create_company)
def test_many_changes_of_others_are_passed_over_page_by_page_r_feed_5(api: Api) -> None:
    jo = Reader(as_salesperson(api, "JO"))
    for _ in range(3):
        api.mutate("createInteraction", interaction("C2"), "interactionLogEntry { entryNo }")
    api.mutate("createInteraction", interaction("C1"), "interactionLogEntry { entryNo }")

    feed = as_salesperson(api, "JO").execute(FEED, after=jo._after, first=1)["changeFeed"]

    assert [each["type"] for each in feed["changes"]] == ["INTERACTION_LOG_ENTRY"]
    assert feed["upToDate"]
