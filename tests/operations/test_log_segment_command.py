"""The command `carnet log-segment`: what it prints, and that Ctrl-C cancels it."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from tests.api import Api, create_company
from tests.commands import carnet
from tests.forks import Process
from tests.operations.conftest import ALL, OpenLargeSegment
from tests.prepared import database_with

TERMINAL = """
from schema.server.cli.output import console

console.__init__(stderr=True, force_terminal=True)
"""
"""Shows progress as in a terminal."""


def test_log_segment_prints_how_many_interactions_were_logged(large_segment: OpenLargeSegment) -> None:
    with large_segment() as segment:
        done = carnet(segment.url, "log-segment", segment.no, "--follow-up", "--on-blocked", "skip")
        again = carnet(segment.url, "log-segment", segment.no)

        assert (done.exit_code, again.exit_code) == (0, 1), done.stderr
        assert "1,000 interactions" in done.stderr
        assert "has already been logged" in again.stderr


@database_with(create_company)
def test_log_segment_lists_the_first_100_blocked_lines_and_how_to_log_the_others(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    """The command lists the first 100 blocked lines with their reasons, and the options that it names work."""
    segment = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO"}
    no = api.mutate("createSegment", {"segment": segment, "contactNos": ["C1"]}, "segment { no }")["segment"]["no"]
    contacts = [f"N{number}" for number in range(101)]
    (tmp_path / "contacts.csv").write_text("No.,Name\n" + "".join(f"{contact},Boréal\n" for contact in contacts))
    assert carnet(database_url, "import", "contacts", str(tmp_path / "contacts.csv")).exit_code == 0
    api.mutate("addSegmentContacts", {"segmentNo": no, "from": {"contactNos": contacts}}, "added")
    api.mutate(
        "updateSegmentLines",
        {
            "segmentNo": no,
            "changes": [
                {"lines": {"lineNos": list(range(2, 103))}, "set": {"templateCode": None, "salespersonCode": None}}
            ],
        },
        "changed",
    )

    refused = carnet(database_url, "log-segment", no)
    nothing = carnet(database_url, "log-segment", no, "--leave-out", "no_email", "--leave-out", "NO_EMAIL")

    assert (refused.exit_code, nothing.exit_code) == (1, 0), nothing.stderr
    lines = refused.stderr.splitlines()
    assert [line for line in lines if line.startswith("  Line ")][::99] == [
        f"  Line {place}: An interaction needs an interaction template. Choose one; it fills in the cost, the duration and other fields. "
        "An interaction needs a salesperson. Give the salesperson who is responsible for it."
        for place in (2, 101)
    ]
    assert "… and 1 more." in refused.stderr
    assert "add --on-blocked skip" in lines[-2] + lines[-1]
    assert "1 interaction, 101 lines skipped, 0 blocked" in nothing.stderr
    assert carnet(database_url, "log-segment", no, "--on-blocked", "leave_in_segment").exit_code == 1


def test_ctrl_c_cancels_log_segment_and_changes_nothing(large_segment: OpenLargeSegment) -> None:
    with large_segment() as segment:
        before = segment.api.execute(ALL, no=segment.no)

        async def scenario() -> Any:
            await segment.hold.begin("interaction_log_entry", "entry_no", 500)
            command = Process(
                "log-segment", segment.no, prepare=TERMINAL, environment={"CARNET_DATABASE_URL": segment.url}
            )
            output = ""
            while "Logging" not in output:  # as in a terminal, the bar is shown at once
                output += (more := await asyncio.to_thread(command.stderr.read, 1))
                assert more, output
            command.send_signal(signal.SIGINT)
            output += (await asyncio.to_thread(command.communicate))[1]
            await segment.hold.end()
            return command.returncode, output

        status, output = segment.run(scenario())

        assert (status, f"Canceled. Segment {segment.no} is unchanged" in output) == (130, True), output
        assert segment.api.execute(ALL, no=segment.no) == before
