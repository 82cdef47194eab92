"""What the settings say about webhooks."""

from dataclasses import dataclass, field

from resolvers.webhooks.secrets import SecretStore


@dataclass(frozen=True)
class WebhookOptions:
    """Whether the addresses of webhooks may be private, and how their secrets are stored."""

    allow_private: bool = False
    secrets: SecretStore = field(default_factory=SecretStore)
