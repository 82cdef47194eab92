"""The marketing setup: the company's clock, currency, number series and defaults (A.5)."""

from typing import Any, TypedDict

from sqlmodel import col, select

from persistence.salespeople import Salesperson
from persistence.setup import MarketingSetup, NumberSeries
from resolvers import master_data
from resolvers.company_calendar import zones
from resolvers.errors import NOTHING, Invalid, Refusal, Refused, UserErrorCode, as_given, refuse_any
from resolvers.master_data import CardUpdated, is_there, required
from resolvers.refusals import NumberSeriesNotFound, SalespersonNotFound
from resolvers.work import Work, check_version, key, unfit_texts

SERIES = ("contact_nos", "segment_nos", "campaign_nos")
CODES = (*SERIES, "default_salesperson_code")
FLAGS = (
    "inherit_salesperson",
    "inherit_territory",
    "inherit_country",
    "inherit_language",
    "inherit_address",
    "inherit_communication",
)


class MarketingSetupFields(TypedDict, total=False):
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
    """Another time zone was requested for a company that already has one (K15)."""

    code = UserErrorCode.INVALID
    english = "This company already has the time zone {kept}. Change it with updateMarketingSetup, or omit --time-zone."
    french = (
        "Cette compagnie a déjà le fuseau horaire {kept}. Changez-le avec updateMarketingSetup, ou omettez --time-zone."
    )


def set_first_time_zone(work: Work, time_zone: str) -> None:
    """Set the time zone of a company that is created in this transaction (K15). No change is recorded."""
    work.setup.time_zone = time_zone_of(time_zone, "time_zone")
    work.session.flush()


def refuse_other_time_zone(work: Work, asked: str | None) -> None:
    """Refuse a time zone that differs from that of an existing company."""
    if asked is not None and time_zone_of(asked, "time_zone") != work.time_zone:
        raise Refused(TimeZoneAlreadySet("time_zone", kept=work.time_zone))


def time_zone_of(name: str, *field: str) -> str:
    """The time zone of this name; refused if it does not exist."""
    if name.strip() not in zones():
        raise Refused(_no_zone(name.strip(), *field))
    return name.strip()


def update(work: Work, fields: MarketingSetupFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change what is given and leave the rest. A new time zone moves no stored date or time (K15)."""
    setup = work.find(MarketingSetup, id=1, lock=True)
    assert setup is not None
    check_version(setup, expected_version, "expected_version")
    refusals: list[Refusal] = []
    given: dict[str, Any] = {**fields}
    values: dict[str, Any] = {name: bool(value) for name, value in given.items() if name in FLAGS}
    values |= {name: key(value) for name, value in given.items() if name in CODES}
    values |= _clock(fields, refusals)
    if "currency_code" in fields:
        currency = key(fields["currency_code"])
        values["currency_code"] = required(currency, refusals, "marketing_setup", "currency_code")
    refusals += _lost_references(work, values) + unfit_texts(MarketingSetup, values, "marketing_setup", before=setup)
    refuse_any(refusals)
    return master_data.change(work, setup, values)


def _clock(fields: MarketingSetupFields, refusals: list[Refusal]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "time_zone" in fields:
        values["time_zone"] = (fields["time_zone"] or "").strip()
        if values["time_zone"] not in zones():
            refusals.append(_no_zone(values["time_zone"], "marketing_setup", "time_zone"))
    if "first_day_of_week" in fields:
        values["first_day_of_week"] = day = fields["first_day_of_week"]
        if day is None or not 1 <= day <= 7:
            refusals.append(
                Invalid(
                    "marketing_setup",
                    "first_day_of_week",
                    english="A week starts on a day from 1 (Monday) to 7 (Sunday).",
                    french="Le premier jour de la semaine est un nombre de 1 (lundi) à 7 (dimanche).",
                )
            )
    return values


def _no_zone(name: str, *field: str) -> Refusal:
    return Invalid(
        *field,
        english=f"There is no time zone {as_given(name)}. Give an IANA name, e.g. Europe/Paris.",
        french=(
            f"Le fuseau horaire {as_given(name, NOTHING.french)} n’existe pas. Donnez un nom IANA, p. ex. Europe/Paris."
        ),
    )


def _lost_references(work: Work, values: dict[str, Any]) -> list[Refusal]:
    """References that lead nowhere."""
    refusals: list[Refusal] = []
    series = {name: values[name] for name in SERIES if values.get(name) is not None}
    if series:
        named = col(NumberSeries.code).in_(series.values())
        there = set(work.session.exec(select(NumberSeries.code).where(named)))
        lost = [(name, code) for name, code in series.items() if code not in there]
        refusals += [NumberSeriesNotFound("marketing_setup", name, key=code) for name, code in lost]
    salesperson = values.get("default_salesperson_code")
    if salesperson and not is_there(work, col(Salesperson.code), salesperson):
        refusals.append(SalespersonNotFound("marketing_setup", "default_salesperson_code", key=salesperson))
    return refusals
