"""What logging a segment comes to, decided in one place for the preview and for the log, so that they cannot
disagree (K8).
"""

import hashlib
import json
import re
from dataclasses import astuple, dataclass
from enum import StrEnum

from sqlalchemy import func, select

from persistence.segments import Segment
from resolvers import number_series
from resolvers.errors import Invalid, Refusal, Refused, UserErrorCode
from resolvers.segments.tables import LOGGED_SEGMENTS
from resolvers.segments.verdict import Verdict, verdict
from resolvers.segments.warnings import LeaveOut
from resolvers.work import Work

TOKEN = re.compile(r"[0-9a-f]{64}")


class OnBlocked(StrEnum):
    FAIL = "FAIL"
    SKIP = "SKIP"
    LEAVE_IN_SEGMENT = "LEAVE_IN_SEGMENT"


class SegmentDescriptionRequired(Refusal):
    """R-LOG-2."""

    code = UserErrorCode.SEGMENT_DESCRIPTION_REQUIRED
    english = "Segment {no} has no description, and logged segments are known by it. Describe it first."
    french = (
        "Le segment {no} n’a pas de description, et c’est à elle qu’on reconnaît un segment journalisé. "
        "Ajoutez-lui d’abord une description."
    )


class LinesBlocked(Refusal):
    """K8."""

    code = UserErrorCode.LINES_BLOCKED
    english = (
        "Segment {no} has lines that cannot be logged ({count}), so none was. Correct or remove them and log again."
    )
    french = (
        "Des lignes du segment {no} ne peuvent pas être journalisées ({count}); aucune ne l’a été. "
        "Corrigez ou retirez ces lignes, puis recommencez."
    )


class SegmentEmpty(Refusal):
    """R-LOG-5."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = "Segment {no} has no contacts to log. Add contacts first."
    french = "Le segment {no} ne contient aucun contact à journaliser. Ajoutez d’abord des contacts."


class NothingReady(Refusal):
    """K8: there are contacts, but no line of theirs can be logged."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = "None of the lines of segment {no} can be logged. Blocked lines: {count}. Correct them and log again."
    french = (
        "Aucune ligne du segment {no} ne peut être journalisée. Lignes bloquées\u00a0: {count}. Corrigez-les "
        "et recommencez."
    )


class NothingLeft(Refusal):
    """K27: all lines that could be logged are left out."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = (
        "Segment {no} has no line left to log. Lines left out because of a warning: {left_out}; blocked lines: "
        "{count}. Leave out fewer, or correct the lines, and log again."
    )
    french = (
        "Il ne reste aucune ligne à journaliser dans le segment {no}. Lignes omises en raison d’un "
        "avertissement\u00a0: {left_out}; lignes bloquées\u00a0: {count}. Omettez-en moins, ou corrigez les lignes, "
        "puis recommencez."
    )


class LoggedSegmentExists(Refusal):
    """R-LOG-1, K9."""

    code = UserErrorCode.LOGGED_SEGMENT_EXISTS
    english = "Segment {no} was logged already. See logged segment {entry_no}."
    french = "Le segment {no} a déjà été journalisé. Consultez le segment journalisé {entry_no}."


class PlanStale(Refusal):
    """The segment, or what its lines name, was changed since the preview, or something else is asked for now."""

    code = UserErrorCode.PLAN_STALE
    english = "Logging segment {no} would no longer do what the preview showed. Look at a new preview and log again."
    french = (
        "La journalisation du segment {no} ne donnerait plus ce que montrait l’aperçu. "
        "Demandez un nouvel aperçu, puis recommencez."
    )


@dataclass(frozen=True)
class Plan:
    """What logging would do now. `token` is a hash of it; the refusals concern header, lines and number series."""

    verdict: Verdict
    token: str
    of_header: list[Refusal]
    of_lines: list[Refusal]
    of_series: list[Refusal]

    @property
    def refusals(self) -> list[Refusal]:
        """All reasons why nothing can be logged."""
        return self.of_header + self.of_lines + self.of_series


def plan(
    work: Work, segment: Segment, version: int, *, create_follow_up: bool, on_blocked: OnBlocked, leave_out: LeaveOut
) -> Plan:
    """What logging this open segment comes to; `version` is the one that its readers see.

    Looks only, with as many statements for many lines as for few.
    """
    lines = verdict(work, segment, leave_out)
    return Plan(
        lines,
        _token(segment.id, version, create_follow_up, on_blocked, leave_out, *map(str, astuple(lines))),
        [] if segment.description else [SegmentDescriptionRequired("segment_no", no=segment.no)],
        against_lines(segment, lines.ready, lines.blocked, lines.left_out, on_blocked),
        number_series.check_next_no(work, "segment_nos", field="create_follow_up") if create_follow_up else [],
    )


def against_lines(segment: Segment, ready: int, blocked: int, left_out: int, on_blocked: OnBlocked) -> list[Refusal]:
    """The refusals that follow from the counts: blocked lines with FAIL, or no line that is ready (K8, R-LOG-5)."""
    if blocked and on_blocked is OnBlocked.FAIL:
        return [LinesBlocked("segment_no", no=segment.no, count=blocked)]
    if ready:
        return []
    if left_out:
        return [NothingLeft("segment_no", no=segment.no, count=blocked, left_out=left_out)]
    return [(NothingReady if blocked else SegmentEmpty)("segment_no", no=segment.no, count=blocked)]


def not_open(work: Work, no: str | None) -> Refusal | None:
    """What is said of a segment that is not open because it was logged; nothing for a number that never was
    (R-LOG-1, K9).
    """
    newest = select(func.max(LOGGED_SEGMENTS.c.entry_no)).where(LOGGED_SEGMENTS.c.segment_no == no)
    entry_no = work.session.scalar(newest)
    return None if entry_no is None else LoggedSegmentExists("segment_no", no=no, entry_no=entry_no)


def check_token(token: str | None) -> None:
    """Refuse what cannot be a token of ours."""
    if token is not None and not TOKEN.fullmatch(token):
        raise Refused(
            Invalid(
                "plan_token",
                english="This planToken is not valid. Copy the one of logSegmentPreview as it is.",
                french="Ce planToken n’est pas valide. Reprenez tel quel celui de logSegmentPreview.",
            )
        )


def _token(*facts: object) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
