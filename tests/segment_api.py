"""Creates, changes and reads segments through HTTP, for the scenarios."""

from typing import Any

from tests.api import Api, set_up

LINE = "lineNo contact { no } template { code } group { code } description cost duration informationFlow initiatedBy salesperson { code } "
LINE += "campaign { no } date customizedFields"
STEPS = "stepNo action criteria filter noOfContacts userId"


def begin(api: Api) -> None:
    """The fixtures, with P3, who belongs to no company and to nobody, and two campaigns."""
    set_up(api)
    api.done("createContact", {"no": "P3", "contact": {"type": "PERSON", "name": "Paule Trois"}}, "contact { no }")
    for no in ("CP1", "CP2"):
        api.done("createCampaign", {"no": no, "campaign": {"description": no}}, "campaign { no }")


def a_segment(api: Api, *contacts: str, **fields: Any) -> str:
    """The number of a new segment with these contacts."""
    asked: dict[str, Any] = {"segment": fields} | ({"contactNos": list(contacts)} if contacts else {})
    return str(api.done("createSegment", asked, "segment { no }")["segment"]["no"])


def lines_of(api: Api, no: str) -> list[dict[str, Any]]:
    """The lines with what belongs to their contacts as plain values."""
    segment = api.ask(
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
    steps: list[dict[str, Any]] = api.ask(
        f"query($no: String!) {{ segment(no: $no) {{ steps {{ {STEPS} }} }} }}", no=no
    )["segment"]["steps"]
    return steps


def add(api: Api, no: str, selection: str = "added", /, *, source: dict[str, Any], **options: Any) -> Any:
    """addSegmentContacts; `source` says from where."""
    return api.done("addSegmentContacts", {"segmentNo": no, "from": source, **options}, selection)


def remove(api: Api, no: str, mode: str, filter: dict[str, Any], **options: Any) -> int:
    """How many lines removeSegmentContacts took off."""
    asked = {"segmentNo": no, "mode": mode, "filter": filter, **options}
    return int(api.done("removeSegmentContacts", asked, "removed")["removed"])


def undo(api: Api, no: str) -> Any:
    """The step that undoSegmentStep took back."""
    return api.done("undoSegmentStep", {"segmentNo": no}, f"undone {{ {STEPS} }}")["undone"]
