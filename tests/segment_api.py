"""Creates, changes and reads segments through HTTP, for the scenarios."""

from typing import Any

from tests.api import Api, create_company

LINE = "lineNo contact { no } template { code } group { code } description cost duration informationFlow initiatedBy salesperson { code } "
LINE += "campaign { no } date customizedFields"
STEPS = "stepNo action criteria filter noOfContacts userId"


def create_fixtures(api: Api) -> None:
    """Create a small company, with P3, a person without company and salesperson, and the campaigns CP1 and CP2."""
    create_company(api)
    api.mutate("createContact", {"no": "P3", "contact": {"type": "PERSON", "name": "Paule Trois"}}, "contact { no }")
    for no in ("CP1", "CP2"):
        api.mutate("createCampaign", {"no": no, "campaign": {"description": no}}, "campaign { no }")


def create_segment(api: Api, *contacts: str, **fields: Any) -> str:
    """The number of a new segment with these contacts."""
    input: dict[str, Any] = {"segment": fields} | ({"contactNos": list(contacts)} if contacts else {})
    return str(api.mutate("createSegment", input, "segment { no }")["segment"]["no"])


def lines_of(api: Api, no: str) -> list[dict[str, Any]]:
    """The lines; a nested object such as the contact is replaced by its first value."""
    segment = api.execute(
        f"query($no: String!) {{ segment(no: $no) {{ lines(first: 100) {{ nodes {{ {LINE} }} }} }} }}", no=no
    )["segment"]
    return [
        {name: next(iter(value.values())) if isinstance(value, dict) else value for name, value in line.items()}
        for line in segment["lines"]["nodes"]
    ]


def contacts_of(api: Api, no: str) -> list[str | None]:
    """The contacts of the lines, in line order."""
    return [line["contact"] for line in lines_of(api, no)]


def steps_of(api: Api, no: str) -> list[dict[str, Any]]:
    """The steps, oldest first."""
    steps: list[dict[str, Any]] = api.execute(
        f"query($no: String!) {{ segment(no: $no) {{ steps {{ {STEPS} }} }} }}", no=no
    )["segment"]["steps"]
    return steps


def add_contacts(api: Api, no: str, selection: str = "added", /, *, source: dict[str, Any], **options: Any) -> Any:
    """Send addSegmentContacts; `source` is its argument `from`."""
    return api.mutate("addSegmentContacts", {"segmentNo": no, "from": source, **options}, selection)


def remove_contacts(api: Api, no: str, mode: str, filter: dict[str, Any], **options: Any) -> int:
    """Send removeSegmentContacts, and return the number of removed lines."""
    input = {"segmentNo": no, "mode": mode, "filter": filter, **options}
    return int(api.mutate("removeSegmentContacts", input, "removed")["removed"])


def undo_step(api: Api, no: str) -> Any:
    """Send undoSegmentStep, and return the undone step."""
    return api.mutate("undoSegmentStep", {"segmentNo": no}, f"undone {{ {STEPS} }}")["undone"]
