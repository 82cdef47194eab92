"""The secrets with which requests to webhooks are signed, and how they are stored (R-HOOK-4).

A receiver needs the same secret as Carnet, so a hash of it is not enough. With a key, which is not in the database, it
is stored encrypted.
"""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
BYTES = 32


class SecretUnreadable(Exception):
    """A stored secret was encrypted with another key."""


class SecretStore:
    """Encrypts secrets with a key, a text of any kind. Without one, they are stored as they are."""

    def __init__(self, key: str | None = None) -> None:
        self._key = None if key is None else base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())

    def stored(self, secret: str) -> str:
        """A secret as it is stored."""
        if self._key is None:
            return secret
        from cryptography.fernet import Fernet  # takes longer to import than most commands run

        return Fernet(self._key).encrypt(secret.encode()).decode()

    def read(self, stored: str) -> str:
        """The secret. Raises SecretUnreadable if it was encrypted with another key."""
        if stored.startswith(PREFIX):
            return stored
        from cryptography.fernet import Fernet, InvalidToken

        if self._key is None:
            raise SecretUnreadable
        try:
            return Fernet(self._key).decrypt(stored.encode()).decode()
        except InvalidToken:
            raise SecretUnreadable from None

    def can_read(self, stored: str) -> bool:
        """Whether the secret is readable with this key."""
        try:
            self.read(stored)
        except SecretUnreadable:
            return False
        return True


def new_secret() -> str:
    """A random secret in the notation of Standard Webhooks."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a request as Standard Webhooks defines it, version 1."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
