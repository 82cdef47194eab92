"""What users with each role may do."""

from persistence.enums import Role
from tests.api import Api


def test_the_viewer_has_the_roles_of_the_user(api: Api) -> None:
    query = "{ viewer { roles } }"

    assert api.execute(query)["viewer"]["roles"] == ["ADMIN"]
    assert api.as_role(Role.READER).execute(query)["viewer"]["roles"] == ["READER"]
    assert api.as_role(Role.MARKETER, Role.SALESPERSON).execute(query)["viewer"]["roles"] == ["SALESPERSON", "MARKETER"]
