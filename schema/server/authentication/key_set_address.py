"""Where the keys of JSON Web Tokens come from: a URL or a file. Commands that need no keys do not import more."""

from urllib.parse import urlsplit


def is_url(address: str) -> bool:
    """Whether a key set is read from a URL, and not from a file."""
    return address.lower().startswith(("http://", "https://"))


def check(address: str) -> None:
    """Raise ValueError for an address that is neither a file nor a URL with a host and without a password."""
    if "://" not in address:
        return
    parts = urlsplit(address)
    if not is_url(address) or not parts.hostname or "@" in parts.netloc:
        raise ValueError("A key set has a file name, or a URL with a host and without a password.")
    _ = parts.port  # raises ValueError if it is no port
