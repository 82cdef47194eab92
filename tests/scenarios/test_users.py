"""Default values from the user's own salesperson (K16)."""

from tests.api import Api, create_company
from tests.commands import create_token
from tests.prepared import database_with


@database_with(create_company)
def test_d1_008_a_segment_without_salesperson_gets_the_users_own(api: Api, database_url: str) -> None:
    pat = api.with_token(create_token(database_url, "pat", salesperson="PS"))

    segment = pat.mutate("createSegment", {"segment": {}}, "segment { salesperson { code } }")["segment"]
    others = api.mutate("createSegment", {"segment": {}}, "segment { salesperson { code } }")["segment"]

    assert segment["salesperson"] == {"code": "PS"}
    assert others["salesperson"] is None


@database_with(create_company)
def test_d1_043_a_draft_has_the_users_own_salesperson_instead_of_the_contacts(api: Api, database_url: str) -> None:
    pat = api.with_token(create_token(database_url, "pat", salesperson="ps"))
    draft = (
        '{ interactionDraft(input: {interaction: {contactNo: "C1", templateCode: "VISIT"}}) { salesperson { code } } }'
    )

    assert pat.execute(draft)["interactionDraft"]["salesperson"] == {"code": "PS"}
    assert api.execute(draft)["interactionDraft"]["salesperson"] == {"code": "JO"}
