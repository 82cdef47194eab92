"""How values are written as parts of JSON. Each dialect has one writer."""

from abc import ABC, abstractmethod


class JsonValuesWriter(ABC):
    """Writes values of a type as parts of JSON. Every argument is the SQL of a value."""

    @abstractmethod
    def json_or_null(self, json: str) -> str:
        """A value as a part of JSON, where `json` is what one of the next functions returned: `null` if it is NULL."""

    @abstractmethod
    def json_of_json(self, value: str) -> str:
        """A value that is JSON already, as a part of other JSON."""

    @abstractmethod
    def json_of_boolean(self, value: str) -> str:
        """A boolean as a part of JSON."""

    @abstractmethod
    def json_of_integer(self, value: str) -> str:
        """An integer as a part of JSON."""

    @abstractmethod
    def json_of_text(self, value: str) -> str:
        """A text as a part of JSON."""

    @abstractmethod
    def json_of_plain_text(self, value: str) -> str:
        """A text without quotes, backslashes and control characters as a part of JSON."""

    @abstractmethod
    def json_of_date_or_time(self, value: str) -> str:
        """A date or a time of day as a part of JSON."""

    @abstractmethod
    def json_of_other(self, value: str) -> str:
        """A moment or a number with decimals as a part of JSON."""
