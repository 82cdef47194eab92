"""The plan of logging a segment: what would be logged and what would be refused. Preview and log both use it, so that
they cannot disagree (K8).
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
from resolvers.segments.logging.line_status import StatusTotals, status_totals
from resolvers.segments.logging.warnings import LeaveOut
from resolvers.segments.tables import LOGGED_SEGMENTS
from resolvers.work import Work

TOKEN = re.compile(r"[0-9a-f]{64}")


class OnBlocked(StrEnum):
    """What logging does if there are blocked lines (K8)."""

    FAIL = "FAIL"
    SKIP = "SKIP"
    LEAVE_IN_SEGMENT = "LEAVE_IN_SEGMENT"


class SegmentDescriptionRequired(Refusal):
    """A segment without a description is to be logged (R-LOG-2)."""

    code = UserErrorCode.SEGMENT_DESCRIPTION_REQUIRED
    english = "Segment {no} needs a description before it can be logged. Give it one."
    french = "Le segment {no} doit avoir une description pour être journalisé. Donnez-lui-en une."


class LinesBlocked(Refusal):
    """Some lines are blocked, and the client chose `FAIL` (K8)."""

    code = UserErrorCode.LINES_BLOCKED
    english = (
        "Segment {no} has lines that cannot be logged ({count}), so no line was logged. Correct or remove these lines, "
        "then log again."
    )
    french = (
        "Des lignes du segment {no} ne peuvent pas être journalisées ({count}); aucune ligne ne l’a donc été. "
        "Corrigez ou retirez ces lignes, puis recommencez."
    )


class SegmentEmpty(Refusal):
    """No line of the segment has a contact (R-LOG-5)."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = "Segment {no} has no contacts to log. Add contacts first."
    french = "Le segment {no} ne contient aucun contact à journaliser. Ajoutez d’abord des contacts."


class NothingReady(Refusal):
    """All lines with a contact are blocked (K8)."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = "No line of segment {no} can be logged. Blocked lines: {count}. Correct them, then log again."
    french = (
        "Aucune ligne du segment {no} ne peut être journalisée. Lignes bloquées\u00a0: {count}. Corrigez-les "
        "et recommencez."
    )


class NothingLeft(Refusal):
    """All lines that are not blocked are left out because of warnings (K27)."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = (
        "Segment {no} has no line left to log. Lines left out because of a warning: {left_out}; blocked lines: "
        "{count}. Leave out fewer lines or correct them, then log again."
    )
    french = (
        "Il ne reste aucune ligne à journaliser dans le segment {no}. Lignes omises en raison d’un "
        "avertissement\u00a0: {left_out}; lignes bloquées\u00a0: {count}. Omettez-en moins, ou corrigez les lignes, "
        "puis recommencez."
    )


class LoggedSegmentExists(Refusal):
    """The segment is closed: it was logged as logged segment `entry_no` (R-LOG-1, K9)."""

    code = UserErrorCode.LOGGED_SEGMENT_EXISTS
    english = "Segment {no} has already been logged. See logged segment {entry_no}."
    french = "Le segment {no} a déjà été journalisé. Consultez le segment journalisé {entry_no}."


class PlanStale(Refusal):
    """The segment, or a record that its lines name, changed since the preview, or the arguments differ."""

    code = UserErrorCode.PLAN_STALE
    english = "Logging segment {no} would no longer do what the preview showed. Request a new preview, then log again."
    french = (
        "La journalisation du segment {no} ne donnerait plus ce que montrait l’aperçu. "
        "Demandez un nouvel aperçu, puis recommencez."
    )


@dataclass(frozen=True)
class Plan:
    """What logging would do now. `token` is a hash of it. There are refusals for the header, the lines, and the number
    series of the follow-up.
    """

    totals: StatusTotals
    token: str
    header_refusals: list[Refusal]
    line_refusals: list[Refusal]
    series_refusals: list[Refusal]

    @property
    def refusals(self) -> list[Refusal]:
        """All reasons why nothing can be logged."""
        return self.header_refusals + self.line_refusals + self.series_refusals


def plan(
    work: Work, segment: Segment, version: int, *, create_follow_up: bool, on_blocked: OnBlocked, leave_out: LeaveOut
) -> Plan:
    """The plan of logging this open segment. `version` is the version that clients see.

    Changes nothing, and executes the same number of statements for any number of lines.
    """
    totals = status_totals(work, segment, leave_out)
    return Plan(
        totals,
        _token(segment.id, version, create_follow_up, on_blocked, leave_out, *map(str, astuple(totals))),
        [] if segment.description else [SegmentDescriptionRequired("segment_no", no=segment.no)],
        check_counts(segment, totals.ready, totals.blocked, totals.left_out, on_blocked),
        number_series.check_next_no(work, "segment_nos", field="create_follow_up") if create_follow_up else [],
    )


def check_counts(segment: Segment, ready: int, blocked: int, left_out: int, on_blocked: OnBlocked) -> list[Refusal]:
    """The refusal if there are blocked lines and `on_blocked` is FAIL, or if no line is ready (K8, R-LOG-5)."""
    if blocked and on_blocked is OnBlocked.FAIL:
        return [LinesBlocked("segment_no", no=segment.no, count=blocked)]
    if ready:
        return []
    if left_out:
        return [NothingLeft("segment_no", no=segment.no, count=blocked, left_out=left_out)]
    return [(NothingReady if blocked else SegmentEmpty)("segment_no", no=segment.no, count=blocked)]


def logged_segment_exists(work: Work, no: str | None) -> Refusal | None:
    """The refusal for a number without an open segment if a segment with it was logged, else None (R-LOG-1, K9)."""
    newest = select(func.max(LOGGED_SEGMENTS.c.entry_no)).where(LOGGED_SEGMENTS.c.segment_no == no)
    entry_no = work.session.scalar(newest)
    return None if entry_no is None else LoggedSegmentExists("segment_no", no=no, entry_no=entry_no)


def check_token(token: str | None) -> None:
    """Refuse a text that is not a plan token. None is no token."""
    if token is not None and not TOKEN.fullmatch(token):
        raise Refused(
            Invalid(
                "plan_token",
                english="This planToken is not valid. Give the planToken of logSegmentPreview, unchanged.",
                french="Ce planToken n’est pas valide. Donnez celui de logSegmentPreview, sans le modifier.",
            )
        )


def _token(*facts: object) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
