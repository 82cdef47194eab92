"""A small company with all edge cases of reads. It has the same rows with the same ids on both databases."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlmodel import Session, select

from persistence import tables
from persistence.sql.folding import fold
from persistence.texts.phones_v1 import search_form

W = dt.date(2026, 3, 18)
LOGGED_AT = dt.datetime(2026, 2, 1, 3, 4, 5, tzinfo=dt.UTC)
NAMES = ["Éric Bœuf", "Zoë", "ångström", "Émile", "Straße 5", 'O\'Neil "Q"', "50% off_\\", "Ω Ltd", "日本", "a\nb"]


def build(session: Session) -> None:
    """Fill an empty database."""
    _master_data(session)
    _contacts(session)
    _log(session)
    _postponed(session)
    _segments(session)
    _changes(session)


def _add(session: Session, *rows: tables.Table) -> None:
    session.add_all(rows)
    session.flush()


def _master_data(session: Session) -> None:
    people = [("JO", "Jo Née", False), ("PS", "Paul Sørensen", False), ("XX", "Gone", True)]
    _add(
        session,
        *(
            tables.Salesperson(code=code, name=name, search_name=fold(name), blocked=gone)
            for code, name, gone in people
        ),
    )
    _add(
        session,
        tables.InteractionGroup(code="MEET", description="Meetings"),
        tables.InteractionGroup(code="PHONE", description="Calls"),
    )
    _add(session, tables.InteractionGroupTranslation(group_code="MEET", language_code="FRA", description="Réunions"))
    _add(
        session,
        tables.Campaign(
            no="CP1", description="Spring", starting_date=dt.date(2026, 3, 1), ending_date=dt.date(2026, 3, 31)
        ),
        tables.Campaign(no="CP2", description="Été", salesperson_code="PS"),
    )
    _add(
        session,
        tables.InteractionTemplate(
            code="VISIT",
            description="Visit",
            group_code="MEET",
            unit_cost=Decimal("45.5"),
            unit_duration=180,
            information_flow="OUTBOUND",
            initiated_by="US",
        ),
        tables.InteractionTemplate(
            code="CALL",
            description="Call",
            group_code="PHONE",
            campaign_no="CP1",
            blocked=True,
            information_flow="INBOUND",
            initiated_by="THEM",
        ),
        tables.InteractionTemplate(code="MISC", description="Divers"),
    )
    _add(
        session,
        tables.InteractionTemplateTranslation(template_code="VISIT", language_code="FRA", description="Visite"),
        tables.InteractionTemplateTranslation(template_code="VISIT", language_code="ENU", description="Visit!"),
    )
    _add(
        session,
        *(
            tables.InteractionTemplateTranslation(
                template_code="CALL", language_code=language, description=f"Appel {language}"
            )
            for language in ("FRA", "FRB", "FRC", "ENG", "ENA", "DEU")
        ),
    )


def _contacts(session: Session) -> None:
    for number, (name, city) in enumerate(
        [("Boréal", "Montréal"), ("Zèbre & fils", None), ("boréal 2", "Nantes")], start=1
    ):
        _add(
            session,
            tables.Contact(
                no=f"C{number}",
                type="COMPANY",
                name=name,
                search_name=fold(name),
                company_no=f"C{number}",
                company_name=name,
                search_company_name=fold(name),
                city=city,
                search_city=city and fold(city),
                salesperson_code="JO",
                phone_no="+1 514 555-01",
                search_phone=search_form("+1 514 555-01", None),
            ),
        )
    for number, name in enumerate(NAMES, start=1):
        company = None if number % 3 == 0 else f"C{number % 3}"
        page = f"https://Www.Épicerie.example/{number % 4}" if number % 3 == 1 else None
        _add(
            session,
            tables.Contact(
                no=f"P{number:02d}",
                type="PERSON",
                name=name,
                search_name=fold(name),
                company_no=company,
                company_name=company and "x",
                search_company_name=company and ("boreal" if company == "C1" else "zebre"),
                salesperson_code="PS" if number % 2 else None,
                email=f"P{number}@Example.com" if number % 4 else None,
                search_email=f"p{number}@example.com" if number % 4 else None,
                home_page=page,
                search_home_page=page and fold(page),
                language_code="FRA" if number % 2 else None,
                correspondence_type="EMAIL" if number % 5 == 0 else None,
                exclude_from_segment=number == 4,
                privacy_blocked=number == 7,
                mobile_phone_no="0612 34" if number == 2 else None,
                search_mobile_phone=" 061234 ？61234 " if number == 2 else None,
            ),
        )


def _salesperson_of(session: Session, contact_no: str | None) -> str | None:
    found = select(tables.Contact.salesperson_code).where(tables.Contact.no == contact_no)
    return session.exec(found).one_or_none()


def _log(session: Session) -> None:
    _add(
        session,
        tables.LoggedSegment(segment_no="SM0", description="Older", creation_date=W, logged_at=LOGGED_AT, user_id="u"),
    )
    _add(
        session,
        tables.CampaignEntry(campaign_no="CP1", description="Interactions", date=W, user_id="u", salesperson_code="JO"),
    )
    _add(
        session,
        tables.CampaignEntry(
            campaign_no="CP2",
            description="Older",
            date=W,
            user_id="u",
            segment_no="SM0",
            canceled=True,
            logged_segment_entry_no=1,
        ),
    )
    for n in range(1, 61):
        person = f"P{n % 10 + 1:02d}" if n % 4 else None
        contact = person or f"C{n % 3 + 1}"
        found = session.get(tables.Contact, 3 + n % 10 + 1) if person else None
        _add(
            session,
            tables.InteractionLogEntry(
                entry_no=n,
                contact_no=None if n == 13 else contact,
                company_no=(found.company_no if found else contact) if n != 13 else None,
                date=W + dt.timedelta(days=n // 11 + 1 if n % 11 == 0 else -(n * 7 % 45)),
                time_of_interaction=dt.time(8 + n % 9, n % 3 * 20),
                description=f"Note {n % 7} é" if n % 2 else "note",
                subject="Sujet" if n % 5 == 0 else None,
                template_code=["VISIT", "CALL", "MISC", None][n % 4],
                group_code="MEET" if n % 4 == 0 else None,
                salesperson_code=["JO", "PS"][n % 2] if n != 4 else None,
                contact_salesperson_code=_salesperson_of(session, None if n == 13 else contact),
                campaign_no="CP1" if n % 6 == 0 else None,
                campaign_entry_no=1 if n % 6 == 0 else None,
                cost=Decimal(n * 37 % 500) / 4,
                duration=n * 11 % 200,
                information_flow=["OUTBOUND", "INBOUND", None][n % 3],
                initiated_by=["US", "THEM", None][n % 3],
                evaluation=[None, "POSITIVE", "NEGATIVE", "VERY_POSITIVE", "NEUTRAL", "VERY_NEGATIVE"][n % 6],
                campaign_target=n % 12 == 0,
                campaign_response=n % 18 == 0,
                attempt_failed=n % 8 == 0,
                canceled=n % 9 == 0,
                imported=n % 7 == 0,
                segment_no="SM0" if n > 55 else None,
                logged_segment_entry_no=1 if n > 57 else None,
                user_id="u",
                logged_at=LOGGED_AT,
            ),
        )
    _add(
        session,
        tables.InteractionComment(entry_no=5, line_no=1, date=W, comment='q"uote\n\\ é\t', user_id="u"),
        tables.InteractionComment(entry_no=5, line_no=2, date=W, comment="second", user_id="v"),
    )


def _postponed(session: Session) -> None:
    for n in range(8):
        _add(
            session,
            tables.PostponedInteraction(
                entry_no=100 + n,
                contact_no="P01" if n % 2 else None,
                company_no="C1" if n % 2 else None,
                salesperson_code="JO" if n % 3 else None,
                template_code="VISIT" if n % 4 == 0 else None,
                description="later" if n % 4 == 0 else None,
                resume_on=None if n % 3 == 0 else W + dt.timedelta(days=n - 4),
                cost=None if n % 2 else Decimal("0.05"),
                reason="busy É" if n == 2 else None,
                user_id="u",
                postponed_at=LOGGED_AT,
            ),
        )


def _segments(session: Session) -> None:
    _add(
        session,
        tables.Segment(
            no="SM1", description="Été", date=W, template_code="VISIT", salesperson_code="JO", follow_up_of=1
        ),
        tables.Segment(no="SM2", date=W),
        tables.Segment(no="SM0", date=W, logged_segment_entry_no=1),
    )
    for n in range(1, 8):
        _add(
            session,
            tables.SegmentLine(
                segment_id=1,
                line_no=n,
                contact_no=None if n == 5 else f"P{n:02d}",
                date=W,
                template_code="VISIT" if n % 2 else "MISC",
                cost=Decimal(n),
                duration=n,
                customized=n % 3 * 5,
                salesperson_code="PS",
            ),
        )
    silent = {
        "city": {"eq": "Nantes É"},
        "interactions": {"count": {"eq": 0}, "where": {"date": {"last": {"count": 90, "unit": "DAY"}}}},
    }
    _add(
        session,
        tables.SegmentStep(
            segment_id=1,
            step_no=1,
            action="ADD",
            filter=silent,
            expand_companies=True,
            no_of_contacts=6,
            at=LOGGED_AT,
            user_id="u",
        ),
        tables.SegmentStep(segment_id=1, step_no=2, action="REMOVE_MATCHING", filter={}, at=LOGGED_AT, user_id="u"),
        tables.SegmentStep(segment_id=2, step_no=1, action="ADD", logged_segment_entry_no=1, at=LOGGED_AT, user_id="v"),
    )
    _add(
        session,
        tables.SavedSegmentCriteria(code="K", description="Silent", user_id="u"),
        tables.SavedSegmentCriteria(code="EMPTY", description="Nothing", user_id="v"),
    )
    _add(
        session,
        tables.SavedSegmentStep(criteria_id=1, step_no=1, action="ADD", filter=silent, ignore_exclusion=True),
        tables.SavedSegmentStep(
            criteria_id=1, step_no=2, action="KEEP_MATCHING", filter={"type": {"eq": "PERSON"}}, entire_companies=True
        ),
    )


def _changes(session: Session) -> None:
    for version, action in enumerate(("CREATED", "UPDATED", "UPDATED"), start=1):
        key: dict[str, Any] = {"kind": "contact", "object_id": 2, "version": version}
        _add(session, tables.Change(**key, object_key="C2", at=LOGGED_AT, user_id="u", action=action))
        _add(
            session,
            tables.ChangeField(
                **key, field="city", old_value=None if version == 1 else 'É"', new_value=f"City {version}"
            ),
            tables.ChangeField(**key, field="name", old_value="x\n", new_value=None),
        )
    _add(
        session,
        tables.Change(kind="interaction_template", object_id=1, version=2, at=LOGGED_AT, user_id="v", action="DELETED"),
    )
