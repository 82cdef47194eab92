"""Labels of groups of entries, in English and French."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial

from sqlalchemy import ColumnElement, Integer, Unicode, case, func, literal_column, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.sql.dates import PartOfDate
from persistence.sql.json import text_of
from persistence.sql_types import SqlExpression, SqlQuery
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers.languages import translated
from resolvers.queries import Columns, SqlBuilder, quoted
from resolvers.statistics.groupings import Grouping

Words = Mapping[str, str]
"""A word in English and in French, by language: `EN` and `FR`."""

SEPARATOR = " · "
"""Between the labels of several groupings."""

EVERYTHING: Words = {"EN": "All interactions", "FR": "Toutes les interactions"}

BLANK: Mapping[str, Words] = {
    "template_code": {"EN": "Without a template", "FR": "Sans modèle"},
    "group_code": {"EN": "Without a group", "FR": "Sans groupe"},
    "salesperson_code": {"EN": "Without a salesperson", "FR": "Sans représentant"},
    "campaign_no": {"EN": "Without a campaign", "FR": "Sans campagne"},
    "contact_no": {"EN": "Without a contact", "FR": "Sans contact"},
    "company_no": {"EN": "Without a company", "FR": "Sans compagnie"},
    "city": {"EN": "Without a city", "FR": "Sans ville"},
    "country_code": {"EN": "Without a country", "FR": "Sans pays"},
    "evaluation": {"EN": "Not evaluated", "FR": "Sans évaluation"},
    "information_flow": {"EN": "Without an information flow", "FR": "Sans flux d’information"},
    "initiated_by": {"EN": "Without an initiator", "FR": "Sans initiateur"},
    "user_id": {"EN": "Without a user", "FR": "Sans utilisateur"},
}
"""The labels of groups whose key is blank, by the column of the key."""

VALUES: Mapping[str, Mapping[str, Words]] = {
    "evaluation": {
        "VERY_POSITIVE": {"EN": "Very positive", "FR": "Très positive"},
        "POSITIVE": {"EN": "Positive", "FR": "Positive"},
        "NEUTRAL": {"EN": "Neutral", "FR": "Neutre"},
        "NEGATIVE": {"EN": "Negative", "FR": "Négative"},
        "VERY_NEGATIVE": {"EN": "Very negative", "FR": "Très négative"},
    },
    "information_flow": {
        "OUTBOUND": {"EN": "Outbound", "FR": "Sortant"},
        "INBOUND": {"EN": "Inbound", "FR": "Entrant"},
    },
    "initiated_by": {
        "US": {"EN": "The company", "FR": "La compagnie"},
        "THEM": {"EN": "The contact", "FR": "Le contact"},
    },
    "day_of_week": {
        "1": {"EN": "Monday", "FR": "Lundi"},
        "2": {"EN": "Tuesday", "FR": "Mardi"},
        "3": {"EN": "Wednesday", "FR": "Mercredi"},
        "4": {"EN": "Thursday", "FR": "Jeudi"},
        "5": {"EN": "Friday", "FR": "Vendredi"},
        "6": {"EN": "Saturday", "FR": "Samedi"},
        "7": {"EN": "Sunday", "FR": "Dimanche"},
    },
}
"""The labels of the values of a vocabulary."""

MONTHS: Mapping[str, Words] = {
    "1": {"EN": "January", "FR": "janvier"},
    "2": {"EN": "February", "FR": "février"},
    "3": {"EN": "March", "FR": "mars"},
    "4": {"EN": "April", "FR": "avril"},
    "5": {"EN": "May", "FR": "mai"},
    "6": {"EN": "June", "FR": "juin"},
    "7": {"EN": "July", "FR": "juillet"},
    "8": {"EN": "August", "FR": "août"},
    "9": {"EN": "September", "FR": "septembre"},
    "10": {"EN": "October", "FR": "octobre"},
    "11": {"EN": "November", "FR": "novembre"},
    "12": {"EN": "December", "FR": "décembre"},
}
FIRST_OF_MONTH: Words = {"EN": "1", "FR": "1er"}
WEEK_OF: Words = {"EN": "Week of ", "FR": "Semaine du "}
QUARTER: Words = {"EN": "Q", "FR": "T"}
HOUR: tuple[Words, Words] = ({"EN": "0", "FR": ""}, {"EN": ":00", "FR": "\u00a0h"})
"""What stands before an hour of one digit, and what stands behind every hour: 08:00, 8 h."""

NAMES: Mapping[str, tuple[type[Table], str, str]] = {
    "salesperson_code": (Salesperson, "code", "name"),
    "campaign_no": (Campaign, "no", "description"),
    "contact_no": (Contact, "no", "name"),
    "company_no": (Contact, "no", "name"),
}
"""Where the name of a key is: table, column of the key, column of the name."""

TRANSLATED: Mapping[str, tuple[type[Table], type[Table], str]] = {
    "template_code": (InteractionTemplate, InteractionTemplateTranslation, "template_code"),
    "group_code": (InteractionGroup, InteractionGroupTranslation, "group_code"),
}


LookUp = Callable[[str, Enum | None, SqlQuery], SqlExpression]
"""Finds the name of a key of a group: of its column, in a language, among the rows of a query, which has the columns
`key` and `name`.
"""


class Labels:
    """The labels of groups in a language, `EN` or `FR`; by default that of the reader. Without `look_up`, each name is
    a subquery of its own.
    """

    def __init__(self, sql: SqlBuilder, language: Enum | None, look_up: LookUp | None) -> None:
        self._sql, self._language, self._look_up = sql, language, look_up

    def everything(self) -> SqlExpression:
        """The label of the only group if there is no grouping."""
        return self._word(EVERYTHING)

    def of(self, grouping: Grouping, group: Columns) -> SqlExpression:
        """The label of a group for one of its groupings."""
        name = grouping.name
        key = group[name]
        if name == "first_day":
            return self._unit(grouping.unit.value, key)  # type: ignore[attr-defined]  # a ByUnit
        if name == "hour_of_day":
            before, after = HOUR
            padded = case((key < literal_column("10"), self._word(before)), else_=quoted(""))
            return padded + text_of(key) + self._word(after)
        if name == "day_of_week":
            return self._one_of(VALUES[name], text_of(key))
        if name in VALUES:
            label = self._one_of(VALUES[name], key)
        elif name in NAMES or name in TRANSLATED:
            label = func.coalesce(self._name(name, key), key)
        else:
            label = key
        return case((key.is_(None), self._word(BLANK[name])), else_=label)

    def _unit(self, unit: str, first: SqlExpression) -> SqlExpression:
        year = text_of(PartOfDate("year", first))
        if unit == "YEAR":
            return year
        if unit == "QUARTER":
            quarter = (PartOfDate("month", first) + literal_column("2", Integer())) // literal_column("3", Integer())
            return self._word(QUARTER) + text_of(quarter) + quoted(" ") + year
        number_of_month = text_of(PartOfDate("month", first))
        if unit == "MONTH":
            return self._one_of(MONTHS, number_of_month, str.capitalize) + quoted(" ") + year
        month = self._one_of(MONTHS, number_of_month)
        number = PartOfDate("day", first)
        day = case((number == literal_column("1"), self._word(FIRST_OF_MONTH)), else_=text_of(number))
        date = day + quoted(" ") + month + quoted(" ") + year
        return self._word(WEEK_OF) + date if unit == "WEEK" else date

    def _word(self, words: Words) -> ColumnElement[str]:
        return self._bound(lambda language: words[language])

    def _bound(self, of: Callable[[str], str]) -> ColumnElement[str]:
        return self._sql.bind_reader(
            lambda reader, given: of(given or reader.language), self._language, type_=Unicode()
        )

    def _one_of(
        self, values: Mapping[str, Words], key: SqlExpression, form: Callable[[str], str] = str
    ) -> SqlExpression:
        words = [(key == quoted(value), self._bound(partial(_formed, form, words))) for value, words in values.items()]
        return case(*words)

    def _name(self, column: str, key: SqlExpression) -> SqlExpression:
        names = self._names(column) if column in NAMES else self._translated_names(column)
        if self._look_up is not None:
            return self._look_up(column, self._language, names)
        found = names.subquery()
        return select(found.c.name).where(found.c.key == key).scalar_subquery()

    def _names(self, column: str) -> SqlQuery:
        table, key, name = NAMES[column]
        row = self._sql.row(table)
        return select(row.c[key].label("key"), _not_blank(row.c[name])).select_from(row.source)

    def _translated_names(self, column: str) -> SqlQuery:
        table, translations, own = TRANSLATED[column]
        row, translation = self._sql.row(table), self._sql.row(translations)
        belongs: ColumnElement[bool] = translation.c[own] == row.c.code
        language = self._bound(lambda language: language)
        code = self._sql.bind_reader(
            lambda reader, given: reader.code_in(given or reader.language), self._language, type_=Unicode()
        )
        described = translated(row, translation, belongs, language, code)
        return select(row.c.code.label("key"), _not_blank(described)).select_from(row.source)


def _not_blank(name: SqlExpression) -> SqlExpression:
    return func.nullif(name, quoted("")).label("name")


def _formed(form: Callable[[str], str], words: Words, language: str) -> str:
    return form(words[language])
