"""The marketing setup: time zone, currency, number series and defaults of the company (A.5)."""

from typing import TypedDict

from persistence.setup import MarketingSetup
from resolvers import master_data
from resolvers.company_calendar import zones
from resolvers.errors import NOTHING, Invalid, Refusal, Refused, UserErrorCode, as_given, refuse_any
from resolvers.master_data import CardUpdated, Normalizer, normalized, required_text
from resolvers.references import check_existence
from resolvers.statistics import refreshing
from resolvers.work import Work, check_texts, check_version, key

INPUT = "marketing_setup"
REFERENCES = ("contact_nos", "segment_nos", "campaign_nos", "default_salesperson_code")
FLAGS = (
    "inherit_salesperson",
    "inherit_territory",
    "inherit_country",
    "inherit_language",
    "inherit_address",
    "inherit_communication",
)
NORMALIZERS: dict[str, Normalizer] = {
    **dict.fromkeys((*REFERENCES, "currency_code"), key),
    **dict.fromkeys(FLAGS, bool),
    "time_zone": lambda name: (name or "").strip(),
}


class MarketingSetupFields(TypedDict, total=False):
    """The fields of the marketing setup. Absent fields are not changed; null clears a field or sets a flag to false."""

    contact_nos: str | None
    segment_nos: str | None
    campaign_nos: str | None
    time_zone: str | None
    currency_code: str | None
    first_day_of_week: int | None
    default_salesperson_code: str | None
    inherit_salesperson: bool | None
    inherit_territory: bool | None
    inherit_country: bool | None
    inherit_language: bool | None
    inherit_address: bool | None
    inherit_communication: bool | None


class TimeZoneAlreadySet(Refusal):
    """Another time zone is requested for a company that already has one (K15)."""

    code = UserErrorCode.INVALID
    english = (
        "This company already has the time zone {current}. Change it with updateMarketingSetup, or omit --time-zone."
    )
    french = (
        "Cette compagnie a déjà le fuseau horaire {current}. Changez-le avec updateMarketingSetup, ou omettez "
        "--time-zone."
    )


def set_first_time_zone(work: Work, time_zone: str) -> None:
    """Set the time zone of a company that is created in this transaction (K15), without a record in the change log."""
    work.setup.time_zone = time_zone_of(time_zone, "time_zone")
    work.session.flush()


def refuse_other_time_zone(work: Work, requested: str | None) -> None:
    """Refuse a time zone that differs from that of an existing company. None requests no time zone."""
    if requested is not None and time_zone_of(requested, "time_zone") != work.time_zone:
        raise Refused(TimeZoneAlreadySet("time_zone", current=work.time_zone))


def time_zone_of(name: str, *field: str) -> str:
    """The time zone with this name, without spaces around it. Refused if it does not exist."""
    if name.strip() not in zones():
        raise Refused(_unknown_time_zone(name.strip(), *field))
    return name.strip()


def update(work: Work, fields: MarketingSetupFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change the given fields of the marketing setup. A new time zone changes no stored date or time (K15). If the
    first day of the week changes, the stored sums of all weeks are computed again.
    """
    setup = work.find(MarketingSetup, id=1, lock=True)
    assert setup is not None
    check_version(setup, expected_version, "expected_version")
    values = normalized(fields, NORMALIZERS)
    refusals = _check_calendar(values)
    if "currency_code" in values:
        values["currency_code"] = required_text(values["currency_code"], refusals, INPUT, "currency_code")
    refusals += check_existence(work, values, REFERENCES, INPUT)
    refuse_any(refusals + check_texts(MarketingSetup, values, INPUT, before=setup))
    weeks_change = values.get("first_day_of_week", setup.first_day_of_week) != setup.first_day_of_week
    updated = master_data.update(work, setup, values)
    if weeks_change:
        refreshing.recompute_weeks(work.session)
    return updated


def _check_calendar(values: MarketingSetupFields) -> list[Refusal]:
    refusals: list[Refusal] = []
    time_zone, day = values.get("time_zone"), values.get("first_day_of_week", 1)
    if time_zone is not None and time_zone not in zones():
        refusals.append(_unknown_time_zone(time_zone, INPUT, "time_zone"))
    if day is None or not 1 <= day <= 7:
        refusals.append(
            Invalid(
                INPUT,
                "first_day_of_week",
                english="A week starts on a day from 1 (Monday) to 7 (Sunday).",
                french="Le premier jour de la semaine est un nombre de 1 (lundi) à 7 (dimanche).",
            )
        )
    return refusals


def _unknown_time_zone(name: str, *field: str) -> Refusal:
    return Invalid(
        *field,
        english=f"There is no time zone {as_given(name)}. Give an IANA name, e.g. Europe/Paris.",
        french=(
            f"Le fuseau horaire {as_given(name, NOTHING.french)} n’existe pas. Donnez un nom IANA, p. ex. Europe/Paris."
        ),
    )
