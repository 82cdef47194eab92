"""Logged segments and their interactions, and the lines of segments."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, literal_column, not_, or_, select

from resolvers.checks.check import Check
from resolvers.errors import Translated
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LINES, LOGGED_SEGMENTS, RETIRED_SEGMENTS, SEGMENTS


def checks() -> Iterator[Check]:
    """The checks of segments."""
    yield _other_number_of_interactions()
    yield _more_interactions_than_lines()
    yield _closed_several_times()
    yield _active_though_undone()
    yield _other_numbers()
    yield _other_campaign_entries()
    yield _line_numbers()


def _other_number_of_interactions() -> Check:
    """A logged segment has as many interactions as it remembers."""
    entries = (
        select(ENTRIES.c.logged_segment_entry_no, func.count().label("entries"))
        .where(ENTRIES.c.logged_segment_entry_no.is_not(None))
        .group_by(ENTRIES.c.logged_segment_entry_no)
        .subquery("entries")
    )
    remembered, there = LOGGED_SEGMENTS.c.interactions, func.coalesce(entries.c.entries, literal_column("0"))
    joined = LOGGED_SEGMENTS.outerjoin(entries, entries.c.logged_segment_entry_no == LOGGED_SEGMENTS.c.entry_no)
    return Check(
        select(LOGGED_SEGMENTS.c.entry_no, remembered, there.label("there"))
        .select_from(joined)
        .where(remembered.is_not(None), remembered != there),
        Translated(
            "Logged segments ({count}) have more or fewer interactions than lines were logged. Number, lines and "
            "interactions of the first: {keys}. Compare them with a backup.",
            "Des segments journalisés ({count}) ont plus ou moins d’interactions que de lignes journalisées. Numéro, "
            "lignes et interactions des premiers\u00a0: {keys}. Comparez-les avec une sauvegarde.",
        ),
    )


def _more_interactions_than_lines() -> Check:
    """Of each contact, a logged segment has at most as many interactions as lines. It may have fewer: lines can be
    skipped, and canceled interactions can be deleted.
    """
    lines = (
        select(SEGMENTS.c.logged_segment_entry_no, LINES.c.contact_no, func.count().label("lines"))
        .join(LINES, LINES.c.segment_id == SEGMENTS.c.id)
        .where(SEGMENTS.c.logged_segment_entry_no.is_not(None))
        .group_by(SEGMENTS.c.logged_segment_entry_no, LINES.c.contact_no)
        .subquery("lines")
    )
    entries = (
        select(ENTRIES.c.logged_segment_entry_no, ENTRIES.c.contact_no, func.count().label("entries"))
        .where(ENTRIES.c.logged_segment_entry_no.in_(select(SEGMENTS.c.logged_segment_entry_no)))
        .group_by(ENTRIES.c.logged_segment_entry_no, ENTRIES.c.contact_no)
        .subquery("entries")
    )
    of_line = and_(
        lines.c.logged_segment_entry_no == entries.c.logged_segment_entry_no, lines.c.contact_no == entries.c.contact_no
    )
    more = entries.c.entries > func.coalesce(lines.c.lines, literal_column("0"))
    return Check(
        select(entries.c.logged_segment_entry_no, entries.c.contact_no)
        .select_from(entries.outerjoin(lines, of_line))
        .where(more),
        Translated(
            "Logged segments have more interactions with a contact than the segment has lines for it ({count} "
            "contacts). Logged segment and contact of the first: {keys}. Compare them with a backup, and cancel the "
            "interactions that are there twice.",
            "Des segments journalisés ont plus d’interactions avec un contact que le segment n’a de lignes pour lui "
            "(contacts\u00a0: {count}). Segment journalisé et contact des premiers\u00a0: {keys}. Comparez-les avec "
            "une sauvegarde, et annulez les interactions en double.",
        ),
    )


def _closed_several_times() -> Check:
    number = SEGMENTS.c.logged_segment_entry_no
    return Check(
        select(number).where(number.is_not(None)).group_by(number).having(func.count() > literal_column("1")),
        Translated(
            "Several closed segments belong to the same logged segment ({count} times): {keys}. Restore the database "
            "from a backup.",
            "Plusieurs segments fermés relèvent du même segment journalisé ({count} fois)\u00a0: {keys}. Restaurez la "
            "base de données depuis une sauvegarde.",
        ),
    )


def _active_though_undone() -> Check:
    """A logged segment without a closed segment was undone if another segment has its number, or had it."""
    others = (exists().where(each.c.no == LOGGED_SEGMENTS.c.segment_no) for each in (SEGMENTS, RETIRED_SEGMENTS))
    closed = exists().where(SEGMENTS.c.logged_segment_entry_no == LOGGED_SEGMENTS.c.entry_no)
    active = exists().where(ENTRIES.c.logged_segment_entry_no == LOGGED_SEGMENTS.c.entry_no, not_(ENTRIES.c.canceled))
    return Check(
        select(LOGGED_SEGMENTS.c.entry_no).where(
            not_(closed), or_(*others), or_(not_(LOGGED_SEGMENTS.c.canceled), active)
        ),
        Translated(
            "Logged segments ({count}) are not canceled, or have interactions that are not, although their segment is "
            "open again or was deleted: {keys}. Cancel them with the mutation setLoggedSegmentCanceled, or restore the "
            "segments from a backup.",
            "Des segments journalisés ({count}) ne sont pas annulés, ou ont des interactions qui ne le sont pas, alors "
            "que leur segment est de nouveau actif ou a été supprimé\u00a0: {keys}. Annulez-les avec la mutation "
            "setLoggedSegmentCanceled, ou restaurez les segments depuis une sauvegarde.",
        ),
    )


def _other_numbers() -> Check:
    of_entries = (
        select(LOGGED_SEGMENTS.c.entry_no)
        .join(ENTRIES, ENTRIES.c.logged_segment_entry_no == LOGGED_SEGMENTS.c.entry_no)
        .where(ENTRIES.c.segment_no.is_distinct_from(LOGGED_SEGMENTS.c.segment_no))
    )
    of_segments = (
        select(LOGGED_SEGMENTS.c.entry_no)
        .join(SEGMENTS, SEGMENTS.c.logged_segment_entry_no == LOGGED_SEGMENTS.c.entry_no)
        .where(SEGMENTS.c.no != LOGGED_SEGMENTS.c.segment_no)
    )
    both = of_entries.union(of_segments).subquery("both")
    return Check(
        select(both.c.entry_no),
        Translated(
            "Logged segments ({count}) have another segment number than their interactions or their closed segment: "
            "{keys}. Compare them with a backup.",
            "Des segments journalisés ({count}) ont un autre numéro de segment que leurs interactions ou leur segment "
            "fermé\u00a0: {keys}. Comparez-les avec une sauvegarde.",
        ),
    )


def _other_campaign_entries() -> Check:
    entry, campaign_entry = ENTRIES.c, CAMPAIGN_ENTRIES.c
    differs = or_(
        entry.campaign_no.is_distinct_from(campaign_entry.campaign_no),
        entry.logged_segment_entry_no.is_distinct_from(campaign_entry.logged_segment_entry_no),
    )
    return Check(
        select(entry.entry_no)
        .join(CAMPAIGN_ENTRIES, campaign_entry.entry_no == entry.campaign_entry_no)
        .where(entry.campaign_entry_no.is_not(None), differs),
        Translated(
            "Interactions ({count}) have a campaign entry of another campaign or of another logged segment: {keys}. "
            "Compare them with a backup.",
            "Des interactions ({count}) ont l’écriture campagne d’une autre campagne ou d’un autre segment "
            "journalisé\u00a0: {keys}. Comparez-les avec une sauvegarde.",
        ),
    )


def _line_numbers() -> Check:
    last = select(func.max(LINES.c.line_no)).where(LINES.c.segment_id == SEGMENTS.c.id).scalar_subquery()
    return Check(
        select(SEGMENTS.c.id, SEGMENTS.c.no).where(last > SEGMENTS.c.last_line_no),
        Translated(
            "Segments ({count}) have lines with higher numbers than their last line number, so that a new line could "
            "get a number that is used. Id and number of the first: {keys}. Set `last_line_no` of these rows of the "
            "table `segment` to their highest `segment_line.line_no`.",
            "Des segments ({count}) ont des lignes aux numéros plus élevés que leur dernier numéro de ligne; une "
            "nouvelle ligne pourrait recevoir un numéro déjà pris. Identifiant et numéro des premiers\u00a0: {keys}. "
            "Mettez le `last_line_no` de ces lignes de la table `segment` à leur plus grand `segment_line.line_no`.",
        ),
    )
