"""The client of the tests of advice."""

import pytest

from tests.advice.client import Client
from tests.api import Api


@pytest.fixture
def client(api: Api) -> Client:
    return Client(api)
