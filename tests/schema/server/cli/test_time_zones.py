"""The time zone of a new company comes from `--time-zone`, else from the machine. Existing companies keep theirs (K15)."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from resolvers.company_calendar import zones
from schema.server.cli.time_zones import machine_time_zone
from tests.commands import carnet, time_zone_of

HOW = "To change it, send the mutation updateMarketingSetup with another timeZone."


@pytest.fixture
def machine_zone(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TZ", "America/Toronto")
    return "America/Toronto"


@pytest.mark.usefixtures("machine_zone")
def test_a_new_company_gets_the_time_zone_of_the_machine_and_prints_it(
    new_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    done = carnet(new_url, "migrate")

    assert done.exit_code == 0, done.stderr
    assert f"The time zone of the company is America/Toronto, the time zone of this machine. {HOW}" in done.stderr
    assert time_zone_of(new_url, loop) == "America/Toronto"


@pytest.mark.usefixtures("machine_zone")
def test_a_new_company_gets_the_requested_time_zone(new_url: str, loop: asyncio.AbstractEventLoop) -> None:
    done = carnet(new_url, "migrate", "--time-zone", " Europe/Paris")

    assert done.exit_code == 0, done.stderr
    assert f"The time zone of the company is Europe/Paris. {HOW}" in done.stderr
    assert time_zone_of(new_url, loop) == "Europe/Paris"


@pytest.mark.usefixtures("machine_zone")
def test_an_existing_company_keeps_its_time_zone(
    new_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARNET_PORT", "0")  # another program may listen on the usual port
    carnet(new_url, "migrate", "--time-zone", "Europe/Paris")

    again, same, other = (
        carnet(new_url, "migrate", *more) for more in ([], ["--time-zone", "Europe/Paris"], ["--time-zone", "UTC"])
    )

    assert (again.exit_code, same.exit_code, other.exit_code) == (0, 0, 1)
    assert "time zone" not in again.stderr + same.stderr
    assert "This company already has the time zone Europe/Paris. Change it with updateMarketingSetup" in other.stderr
    for command in ("serve", "demo"):
        refused = carnet(new_url, command, "--time-zone", "Asia/Tokyo")
        assert (refused.exit_code, "already has the time zone Europe/Paris" in refused.stderr) == (1, True)
    assert time_zone_of(new_url, loop) == "Europe/Paris"


@pytest.mark.parametrize("name", ["Mars/Phobos", "", "../etc/passwd", "europe/paris"])
@pytest.mark.parametrize("command", ["migrate", "serve", "demo"])
def test_an_unknown_time_zone_ends_the_command_before_it_changes_anything(
    command: str, name: str, tmp_path: Path
) -> None:
    done = carnet(f"sqlite:///{tmp_path / 'new.db'}", command, "--time-zone", name)

    assert (done.exit_code, done.exception is None or isinstance(done.exception, SystemExit)) == (1, True)
    assert done.stderr.startswith("There is no time zone ")
    assert "Give an IANA name, e.g. Europe/Paris." in done.stderr
    assert list(tmp_path.iterdir()) == []


def link(root: Path, to: str) -> None:
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/localtime").symlink_to(to)


def test_the_time_zone_is_read_from_a_link(tmp_path: Path) -> None:
    for place, (to, name) in enumerate(
        {
            "/usr/share/zoneinfo/America/Montreal": "America/Montreal",
            "../usr/share/zoneinfo/posix/Europe/Paris": "Europe/Paris",
            "/var/db/timezone/zoneinfo/Asia/Tokyo": "Asia/Tokyo",
            "/usr/share/zoneinfo/Nowhere": None,
            "/elsewhere": None,
            "localtime": None,
        }.items()
    ):
        root = tmp_path / str(place)
        root.mkdir()
        link(root, to)
        assert machine_time_zone({}, root) == name, to


def test_links_to_links_are_followed(tmp_path: Path) -> None:
    link(tmp_path, "static")
    (tmp_path / "etc/static").symlink_to("/etc/zoneinfo/America/Halifax")

    assert machine_time_zone({}, tmp_path) == "America/Halifax"


@pytest.mark.parametrize(
    ("text", "name"), [(b"Europe/Brussels\n", "Europe/Brussels"), (b"local", None), (b"\xff", None), (b"", None)]
)
def test_without_a_link_the_time_zone_is_read_from_a_file(text: bytes, name: str | None, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").write_bytes(b"TZif2")
    (tmp_path / "etc/timezone").write_bytes(text)

    assert machine_time_zone({}, tmp_path) == name


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"TZ": "Asia/Kolkata"}, "Asia/Kolkata"),
        ({"TZ": ":Asia/Kolkata"}, "Asia/Kolkata"),
        ({"TZ": ""}, "UTC"),
        ({"TZ": ":/usr/share/zoneinfo/Asia/Kolkata"}, "Asia/Kolkata"),
        ({"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"}, None),
        ({}, "Europe/Oslo"),
    ],
)
def test_the_environment_overrides_the_machine(
    environment: Mapping[str, str], name: str | None, tmp_path: Path
) -> None:
    link(tmp_path, "/usr/share/zoneinfo/Europe/Oslo")

    assert machine_time_zone(environment, tmp_path) == name


def test_a_machine_without_configuration_has_no_time_zone_and_this_one_has_a_known_one(tmp_path: Path) -> None:
    assert machine_time_zone({}, tmp_path) is None
    assert machine_time_zone(os.environ, Path("/")) in {None, *zones()}


@pytest.mark.parametrize("command", ["migrate", "serve", "demo"])
def test_the_option_is_in_the_help(command: str) -> None:
    shown = carnet("sqlite:///none.db", command, "--help").stdout

    assert "--time-zone" in shown
    assert "America/Toronto" in shown
