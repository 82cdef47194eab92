"""Searches for words find what the log has, whichever way its texts came there, changed or went."""

from pathlib import Path
from typing import Any

from persistence.enums import Role
from tests.api import Api, create_company
from tests.commands import carnet
from tests.prepared import database_with
from tests.reference_search import finds
from tests.resolvers.imports.importing_interactions import HEAD

WORDS = (
    *("visit", "l’été", '"rendez-vous"', "rendez -42", "42", "東京", '"spring sale"', "secret", "imported"),
    *("x" * 250, "ﬁn", "o'neil"),
)
ENTRIES = "nodes { entryNo description subject salespersonCode comments { comment } }"
FOUND = "s{0}: interactionLogEntries(first: 100, search: $s{0}) {{ totalCount nodes {{ entryNo }} }}"
SEARCHES = (
    f"query({' '.join(f'$s{n}: String' for n in range(len(WORDS)))}) "
    f"{{ {' '.join(FOUND.format(n) for n in range(len(WORDS)))} }}"
)


class SearchedLog:
    """A log whose searches are compared with a reference after each change."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def texts(self, reader: Api) -> dict[int, list[str | None]]:
        nodes = reader.execute(f"{{ interactionLogEntries(first: 100) {{ {ENTRIES} }} }}")["interactionLogEntries"]
        return {
            node["entryNo"]: [node["description"], node["subject"], *(each["comment"] for each in node["comments"])]
            for node in nodes["nodes"]
        }

    def check(self) -> dict[int, list[str | None]]:
        """Compare for an administrator and for a salesperson, who sees less. Returns the texts of all entries."""
        owner = self.api.as_role(Role.SALESPERSON, salesperson="PS")
        for reader in (self.api, owner):
            texts = self.texts(reader)
            pages = reader.execute(SEARCHES, **{f"s{number}": text for number, text in enumerate(WORDS)})
            for text, found in zip(WORDS, pages.values(), strict=True):
                expected = {number for number, each in texts.items() if finds(text, each)}
                assert {node["entryNo"] for node in found["nodes"]} == expected, text
                assert found["totalCount"] == len(expected), text
        return self.texts(self.api)

    def create(self, contact: str, description: str, *comments: str) -> int:
        draft = {"contactNo": contact, "templateCode": "VISIT", "description": description}
        made = self.api.mutate("createInteraction", {"interaction": draft}, "interactionLogEntry { entryNo }")
        number: int = made["interactionLogEntry"]["entryNo"]
        if comments:
            self.comment(number, *comments)
        return number

    def comment(self, number: int, *comments: str) -> None:
        given = {"entryNo": number, "comments": list(comments)}
        self.api.mutate("commentInteraction", given, "interactionLogEntry { entryNo }")


@database_with(create_company)
def test_a_search_finds_the_texts_after_every_kind_of_change(api: Api, database_url: str, tmp_path: Path) -> None:
    log = SearchedLog(api)
    log.create("P1", "Visit in l’Été")
    log.create("P2", "Rendez-vous 42", "Éric brought a secret", "🎉 fin")
    log.create("C2", "Rendez-vous 42", "x" * 300)
    commented = log.create("P1", "東京 O'Neil")
    log.comment(commented, "ﬁn, rendez – vous", "visit")
    log.check()
    canceled = log.create("P1", "Secret visit", "never deleted? secret")
    api.mutate("setInteractionsCanceled", {"interactions": {"entryNos": [canceled]}, "canceled": True}, "changed")
    assert canceled in log.check()
    api.mutate("deleteCanceledInteractions", {"all": True}, "deleted")
    assert canceled not in log.check()
    _postpone_and_resume(log)
    _log_and_undo(log)
    _import(log, database_url, tmp_path)
    api.mutate("anonymizeContact", {"no": "P1"}, "contact { no }")
    assert len(log.check()) >= 8


def _postpone_and_resume(log: SearchedLog) -> None:
    """Comments of a postponed interaction are found once it is logged."""
    draft = {
        "contactNo": "P2",
        "templateCode": "VISIT",
        "description": "Call later",
        "comments": ["secret until later"],
    }
    given: dict[str, Any] = {"interaction": draft}
    made = log.api.mutate("postponeInteraction", given, "postponedInteraction { entryNo }")
    number = made["postponedInteraction"]["entryNo"]
    assert number not in log.check()
    log.api.mutate("resumeInteraction", {"entryNo": number}, "interactionLogEntry { entryNo }")
    assert number in log.check()


def _log_and_undo(log: SearchedLog) -> None:
    segment = {"description": "Mailing", "subjectDefault": "Spring Sale été", "templateCode": "VISIT"}
    log.api.mutate("createSegment", {"no": "S1", "segment": segment}, "segment { no }")
    log.api.mutate("addSegmentContacts", {"segmentNo": "S1", "from": {"contactNos": ["P1", "P2", "C2"]}}, "added")
    before = log.check()
    logged = log.api.mutate("logSegment", {"segmentNo": "S1"}, "loggedSegment { entryNo }")["loggedSegment"]["entryNo"]
    after = log.check()
    assert len(after) == len(before) + 3
    log.api.mutate("undoLoggedSegment", {"entryNo": logged}, "segment { no }")
    assert log.check() == after
    log.api.mutate("deleteCanceledInteractions", {"all": True}, "deleted")
    assert log.check() == before
    log.api.mutate("logSegment", {"segmentNo": "S1"}, "loggedSegment { entryNo }")


def _import(log: SearchedLog, database_url: str, folder: Path) -> None:
    before = log.check()
    file = folder / "log.csv"
    rows = ("Imported visit", "Visite importée, ﬁn de l’été", "東京 42", "Rendez-vous 42")
    file.write_text("\n".join([HEAD, *(f',,,01/31/17,"{row}",,' for row in rows), ""]), "utf-8")
    done = carnet(database_url, "import", "interactions", str(file))
    assert done.exit_code == 0, done.stderr
    assert len(log.check()) == len(before) + len(rows)
