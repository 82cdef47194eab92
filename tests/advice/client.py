"""The client of the tests of advice: it sends a mutation that is refused, and then follows the advice in the message."""

from typing import Any

from tests.api import Api
from tests.segment_api import create_fixtures


class Client:
    """A client that sends mutations with their input and checks the messages of refusals."""

    def __init__(self, api: Api) -> None:
        self.api = api
        create_fixtures(api)
        self.today = str(api.execute("{ marketingSetup { today } }")["marketingSetup"]["today"])

    def refusal(self, mutation: str, input: dict[str, Any], code: str, *words: str) -> str:
        """The English message of the only refusal, which must have this code and contain these words."""
        type_ = mutation[0].upper() + mutation[1:]
        text = f"mutation($input: {type_}Input!) {{ it: {mutation}(input: $input) {{ userErrors {{ code message fr: message(language: FR) }} }} }}"
        errors = self.api.execute(text, input=input)["it"]["userErrors"]
        assert [error["code"] for error in errors] == [code], errors
        sentence = str(errors[0]["message"])
        assert errors[0]["fr"] not in ("", sentence)
        assert "{" not in sentence + errors[0]["fr"]
        for each in words:
            assert each in sentence, sentence
        return sentence

    def mutate(self, mutation: str, input: dict[str, Any], selection: str = "__typename") -> Any:
        """The payload of a mutation that is not refused."""
        return self.api.mutate(mutation, input, selection)

    def correct(self, mutation: str, bad: dict[str, Any], good: dict[str, Any], code: str, *words: str) -> Any:
        """The mutation is refused with the input `bad`, and succeeds with `good`, which follows the advice."""
        self.refusal(mutation, bad, code, *words)
        return self.mutate(mutation, good)

    def create_entry(self, contact: str = "C1", **values: Any) -> int:
        """The number of a new log entry."""
        input = {"interaction": {"contactNo": contact, "templateCode": "VISIT", **values}}
        return int(
            self.mutate("createInteraction", input, "interactionLogEntry { entryNo }")["interactionLogEntry"]["entryNo"]
        )

    def postpone(self, contact: str = "C1", **values: Any) -> int:
        """The number of a new postponed interaction."""
        input = {"interaction": {"contactNo": contact, "templateCode": "VISIT", **values}}
        return int(
            self.mutate("postponeInteraction", input, "postponedInteraction { entryNo }")["postponedInteraction"][
                "entryNo"
            ]
        )

    def create_segment(self, *contacts: str, **values: Any) -> str:
        """The number of a new segment that can be logged."""
        given = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO", **values}
        return str(
            self.mutate("createSegment", {"segment": given, "contactNos": list(contacts)}, "segment { no }")["segment"][
                "no"
            ]
        )

    def log_segment(self, segment: str, **values: Any) -> int:
        """Log a segment and return the number of the logged segment."""
        payload = self.mutate("logSegment", {"segmentNo": segment, **values}, "loggedSegment { entryNo }")
        return int(payload["loggedSegment"]["entryNo"])

    def entry_nos(self, logged: int) -> list[int]:
        """The numbers of the entries of a logged segment."""
        found = self.api.execute(
            "query($no: Int!) { interactionLogEntries(filter: {loggedSegmentEntryNo: {eq: $no}}) { nodes { entryNo } } }",
            no=logged,
        )
        return [node["entryNo"] for node in found["interactionLogEntries"]["nodes"]]

    def change_setup(self, **values: Any) -> None:
        """Change the marketing setup."""
        self.mutate("updateMarketingSetup", {"marketingSetup": values})
