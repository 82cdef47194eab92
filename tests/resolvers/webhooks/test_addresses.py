"""Which URLs and addresses webhooks may have."""

import pytest

from resolvers.webhooks.addresses import (
    CREDENTIALS,
    NO_URL,
    NOT_ENCRYPTED,
    PRIVATE,
    Target,
    is_public,
    problem_of,
    target_of,
)
from resolvers.webhooks.secrets import SecretStore, SecretUnreadable, new_secret

PUBLIC = ("93.184.216.34", "1.1.1.1", "2606:4700::1111", "2a00:1450:4007:80e::200e")
NOT_PUBLIC = (
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001:0:53aa:64c::1",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "no address",
)


def test_only_public_addresses_are_allowed_r_hook_6() -> None:
    assert [address for address in PUBLIC if not is_public(address)] == []
    assert [address for address in NOT_PUBLIC if is_public(address)] == []


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/hook",
        "https://LOCALHOST./hook",
        "https://sub.localhost/",
        "https://127.0.0.1:8443/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://10.0.0.7./",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8000/hook",
    ],
)
def test_private_addresses_and_local_names_are_refused_in_any_notation_r_hook_6(url: str) -> None:
    assert problem_of(url, allow_private=False) is PRIVATE
    assert problem_of(url, allow_private=True) is None


@pytest.mark.parametrize("url", ["https://example.com", "https://hooks.example.com:8443/a/b?c=d", "https://1.1.1.1/"])
def test_public_urls_with_https_are_allowed(url: str) -> None:
    assert problem_of(url, allow_private=False) is None


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.com/hook", NOT_ENCRYPTED),
        ("https://ann:secret@example.com/", CREDENTIALS),
        ("https://@example.com/", CREDENTIALS),
        ("https://example.com\\@127.0.0.1/", NO_URL),
        ("ftp://example.com/", NO_URL),
        ("file:///etc/passwd", NO_URL),
        ("example.com/hook", NO_URL),
        ("https://", NO_URL),
        ("https:///hook", NO_URL),
        ("https://example.com:0/", NO_URL),
        ("https://example.com:99999/", NO_URL),
        ("https://example.com:x/", NO_URL),
        ("https://example.com/a b", NO_URL),
        ("https://example.com/\r\nX-Header: 1", NO_URL),
        ("https://example.com/#fragment", NO_URL),
        ("https://exämple.com/", NO_URL),
        ("https://[::1/", NO_URL),
        ("https://[nonsense]/", NO_URL),
        ("https://exa$mple.com/", NO_URL),
        ("https://example..com/", NO_URL),
        ("", NO_URL),
    ],
)
def test_other_urls_are_refused(url: str, problem: object) -> None:
    assert problem_of(url, allow_private=False) is problem


def test_the_parts_of_a_url_are_where_to_connect_and_what_to_ask_for() -> None:
    assert target_of("https://Example.com:8443/a?b=c") == Target("https", "example.com", 8443, "/a?b=c")
    assert target_of("https://[2606:4700::1111]") == Target("https", "2606:4700::1111", None, "/")


def test_a_secret_is_readable_only_with_the_key_it_was_encrypted_with_r_hook_4() -> None:
    secret, store = new_secret(), SecretStore("a key of some length")
    stored = store.stored(secret)
    assert secret not in stored
    assert len(stored) <= 300
    assert store.read(stored) == secret
    assert store.read(secret) == secret, "stored before there was a key"
    for other in (SecretStore("another key of some length"), SecretStore()):
        with pytest.raises(SecretUnreadable):
            other.read(stored)
    assert SecretStore().stored(secret) == secret
