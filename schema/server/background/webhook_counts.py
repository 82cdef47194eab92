"""The numbers of deliveries to webhooks of a process, for metrics."""

from dataclasses import dataclass


@dataclass
class WebhookCounts:
    """The numbers of changes that were delivered, of attempts that failed, and of webhooks that were switched off."""

    delivered: int = 0
    failed: int = 0
    disabled: int = 0
