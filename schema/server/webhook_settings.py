"""The settings of webhooks."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from resolvers.webhooks.options import WebhookOptions
from resolvers.webhooks.secrets import SecretStore


class WebhookSettings(BaseSettings):
    """The part of the settings that is about webhooks."""

    webhook_allow_private: bool = Field(
        False,
        description="Whether webhooks may have private and loopback addresses, and URLs that begin with http://. "
        "Otherwise users could have the server send requests inside its own network.",
    )
    webhook_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="A secret of your choice with which the secrets of new webhooks are encrypted in the database. All "
        "processes need the same one. If not set, they are stored as they are.",
    )

    @property
    def webhook_options(self) -> WebhookOptions:
        """What these settings say about webhooks."""
        key = None if self.webhook_key is None else self.webhook_key.get_secret_value()
        return WebhookOptions(self.webhook_allow_private, SecretStore(key))
