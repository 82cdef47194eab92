"""English phrases for filters."""

import datetime as dt

from schema.messages.grammar import Combined, Counted, Dates, Day, Flag, Interactions, ItsContact, Noun, Tongue

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = dict(
    zip("1234567", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
CORRESPONDENCE = {"HARD_COPY": "hard copy", "EMAIL": "e-mail", "FAX": "fax"}
UNITS = {unit: unit.lower() for unit in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")}


def _day(day: dt.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _number(value: object) -> str:
    whole, point, decimals = str(value).partition(".")
    return f"{int(whole):,}{point}{decimals}" if whole.removeprefix("-").isdecimal() else str(value)


def _text(noun: str, blank: tuple[str, str] | None = None) -> Noun:
    return Noun(noun, is_text=True, blank=blank)


ENGLISH = Tongue(
    whose="whose {} {}",
    compared={
        "eq": "is {}",
        "ne": "is not {}",
        "in": "is {}",
        "gt": "is more than {}",
        "gte": "is {} or more",
        "lt": "is less than {}",
        "lte": "is {} or less",
    },
    text_compared={
        "contains": "contains “{}”",
        "startsWith": "starts with “{}”",
        "gte": "is {} or later in order",
        "lte": "is {} or earlier in order",
    },
    blank=("is blank", "is not blank"),
    of_no_list="is on an empty list",
    and_=" and ",
    or_=" or ",
    more=(("one more", "one of {} more"), ("one more", "one of {} more")),
    number=_number,
    empty="“”",
    dates=Dates(
        day=_day,
        compared={
            "eq": "on {}",
            "ne": "on {}",
            "gt": "after {}",
            "gte": "on or after {}",
            "lt": "before {}",
            "lte": "on or before {}",
        },
        last={unit: (f"in the last {word}", f"in the last {{}} {word}s") for unit, word in UNITS.items()},
        next={unit: (f"in the next {word}", f"in the next {{}} {word}s") for unit, word in UNITS.items()},
        current={unit: "today" if unit == "DAY" else f"this {word}" for unit, word in UNITS.items()},
        previous={unit: "yesterday" if unit == "DAY" else f"last {word}" for unit, word in UNITS.items()},
        past=("before today", "today or later"),
        future=("after today", "today or earlier"),
    ),
    counted=Counted(
        had="that had",
        had_none="that had",
        had_not="that did not have",
        none="no",
        at_least_one="at least one",
        quantities={
            "eq": "exactly {}",
            "in": "{}",
            "gt": "more than {}",
            "gte": "at least {}",
            "lt": "fewer than {}",
            "lte": "at most {}",
            "unknown": "an unknown number of",
            "known": "some number of",
            "impossible": "an impossible number of",
        },
        more=("another number of", "one of {} other numbers of"),
        thing=("{} interaction", "{} interactions"),
        flows={"OUTBOUND": ("outbound", "outbound"), "INBOUND": ("inbound", "inbound")},
    ),
    contacts=Combined("that are not among those ({})", "that cannot exist", "of every kind"),
    interactions=Combined("not among those ({})", "that cannot exist", "of every kind"),
    contact={
        "no": _text("number"),
        "name": _text("name"),
        "type": Noun("type", {"COMPANY": "company", "PERSON": "person"}),
        "companyNo": _text("company number", ("that belong to no company", "that belong to a company")),
        "companyName": _text("company", ("that belong to no company", "that belong to a company")),
        "salespersonCode": _text("salesperson", ("without a salesperson", "with a salesperson")),
        "city": _text("city"),
        "postCode": _text("post code"),
        "countryCode": _text("country"),
        "territoryCode": _text("territory"),
        "languageCode": _text("language"),
        "email": _text("e-mail", ("without e-mail", "with e-mail")),
        "phone": _text("phone or mobile number", ("without a phone number", "with a phone number")),
        "correspondenceType": Noun("correspondence type", CORRESPONDENCE),
        "excludeFromSegment": Flag("that are excluded from segments", "that are not excluded from segments"),
        "privacyBlocked": Flag("that are blocked for privacy", "that are not blocked for privacy"),
        "dateOfLastInteraction": Day(
            "whose last interaction was",
            "whose last interaction was not",
            ("that never had an interaction", "that had an interaction"),
        ),
        "lastDateAttempted": Day(
            "whom we last tried to reach",
            "whom we did not last try to reach",
            ("whom we never tried to reach", "whom we tried to reach"),
        ),
        "segmentNo": _text("open segment", ("that stand on no open segment", "that stand on an open segment")),
        "interactions": Interactions(),
    },
    interaction={
        "entryNo": Noun("number"),
        "date": Day("dated", "not dated", ("without a date", "with a date")),
        "description": _text("description"),
        "subject": _text("subject"),
        "contactNo": _text("contact"),
        "companyNo": _text("company"),
        "contact": ItsContact("with one of the contacts ({})", "with any contact"),
        "templateCode": _text("template"),
        "groupCode": _text("group"),
        "salespersonCode": _text("salesperson"),
        "campaignNo": _text("campaign", ("without a campaign", "with a campaign")),
        "campaignEntryNo": Noun("campaign entry"),
        "segmentNo": _text("segment", ("logged one by one", "logged from a segment")),
        "loggedSegmentEntryNo": Noun("logged segment"),
        "userId": _text("user"),
        "languageCode": _text("language"),
        "evaluation": Noun(
            "evaluation",
            {
                "VERY_POSITIVE": "very positive",
                "POSITIVE": "positive",
                "NEUTRAL": "neutral",
                "NEGATIVE": "negative",
                "VERY_NEGATIVE": "very negative",
            },
            blank=("not evaluated", "evaluated"),
        ),
        "informationFlow": Noun("information flow", {"OUTBOUND": "outbound", "INBOUND": "inbound"}),
        "initiatedBy": Noun("initiative", {"US": "ours", "THEM": "theirs"}),
        "correspondenceType": Noun("correspondence type", CORRESPONDENCE),
        "attemptFailed": Flag("where the attempt failed", "where the attempt did not fail"),
        "canceled": Flag("marked as canceled", "not marked as canceled"),
        "campaignTarget": Flag(
            "that made the contact a campaign target", "that did not make the contact a campaign target"
        ),
        "campaignResponse": Flag("counted as a campaign response", "not counted as a campaign response"),
        "hasComments": Flag("with comments", "without comments"),
        "imported": Flag("imported", "not imported"),
        "cost": Noun("cost", is_quantity=True),
        "duration": Noun("duration in minutes", is_quantity=True),
        "dayOfWeek": Noun("day of the week", WEEKDAYS),
        "hourOfDay": Noun("hour of the day"),
    },
    all_contacts="All contacts",
    some_contacts="Contacts {}",
    of_logged_segment="Contacts of logged segment {}",
    options={
        "expand_companies": ", with everybody of their companies",
        "allow_related_companies": ", with the company of each",
        "ignore_exclusion": ", even if excluded from segments",
        "allow_existing_contacts": ", even if on the segment already",
        "entire_companies": ", with their entire companies",
    },
)
