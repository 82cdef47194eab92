"""English phrases for filters."""

from resolvers.english_grammar import day
from schema.filter_descriptions.grammar import CombinationPhrases, CountPhrases, DatePhrases, Grammar

WEEKDAYS = dict(
    zip("1234567", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
CORRESPONDENCE = {"HARD_COPY": "hard copy", "EMAIL": "e-mail", "FAX": "fax"}
UNITS = {unit: unit.lower() for unit in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")}


def _number(value: object) -> str:
    whole, point, decimals = str(value).partition(".")
    return f"{int(whole):,}{point}{decimals}" if whole.removeprefix("-").isdecimal() else str(value)


ENGLISH = Grammar(
    language="EN",
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
    in_empty_list="is in an empty list",
    and_=" and ",
    or_=" or ",
    more=(("one more", "one of {} more"), ("one more", "one of {} more")),
    number=_number,
    empty="“”",
    dates=DatePhrases(
        day=day,
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
    counted=CountPhrases(
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
        noun=("{} interaction", "{} interactions"),
        flows={"OUTBOUND": ("outbound", "outbound"), "INBOUND": ("inbound", "inbound")},
    ),
    contacts=CombinationPhrases("that are not among those ({})", "that cannot exist", "of every kind"),
    interactions=CombinationPhrases("not among those ({})", "that cannot exist", "of every kind"),
    all_contacts="All contacts",
    some_contacts="Contacts {}",
    of_logged_segment="Contacts of logged segment {}",
    options={
        "expand_companies": ", with all contacts of their companies",
        "allow_related_companies": ", with the company of each",
        "ignore_exclusion": ", even if excluded from segments",
        "allow_existing_contacts": ", even if already on the segment",
        "entire_companies": ", with their entire companies",
    },
)
