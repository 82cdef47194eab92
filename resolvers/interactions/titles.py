"""The title of an interaction in a list, in English or French (A.9)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import ColumnElement, Unicode, and_, case, func, literal_column, not_, or_, select

from persistence.contacts import Contact
from persistence.enums import ContactType, InformationFlow
from persistence.salespeople import Salesperson
from persistence.sql.conditions import IsLike
from persistence.sql.folding import Folded
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers import french_grammar
from resolvers.languages import ReaderLanguage, translated
from resolvers.queries import SqlBuilder, SqlCondition, SqlExpression, TableRow, quoted

BY = {"EN": " by ", "FR": " par "}
FROM = {"EN": " from ", "FR": " de "}
POSSESSIVE = "% de %"
"""A description with a complement. `de` before a name would then mean possession: Réponse à une campagne par Zoé, not
de Zoé.
"""

COMPLEMENTS = (" du ", " des ", " d’", " d'", " a ", " au ", " aux ")
"""The beginnings of complements, besides " de "; without accents."""


def title(entry: TableRow, sql: SqlBuilder, language: Enum | None = None) -> SqlExpression:
    """The title: the template's description, followed by the salesperson's name if the template is outbound, or by the
    contact's name if it is inbound. Without a template it is the entry's own description.

    It is in the reader's language unless another one is given, `EN` or `FR`.
    """
    words = _title_language(sql, language)
    template, translations = sql.row(InteractionTemplate), sql.row(InteractionTemplateTranslation)
    belongs = translations.c.template_code == template.c.code
    description = translated(template, translations, belongs, words.language, words.code)
    shown = case(
        (_has_flow(template, InformationFlow.OUTBOUND), description + words.by + _salesperson_or_user(entry, sql)),
        (
            _has_flow(template, InformationFlow.INBOUND),
            description + func.coalesce(_from_contact(entry, sql, words, description), ""),
        ),
        else_=description,
    )
    found = select(shown).select_from(template.source).where(template.c.code == entry.c.template_code)
    return func.coalesce(found.scalar_subquery(), entry.c.description)


@dataclass(frozen=True)
class _TitleLanguage:
    """The language of a title: its prepositions, its name `EN` or `FR`, and the code of the preferred translation."""

    by: ColumnElement[str]
    from_: ColumnElement[str]
    language: ColumnElement[str]
    code: ColumnElement[str]


def _title_language(sql: SqlBuilder, language: Enum | None) -> _TitleLanguage:
    def bound(convert: Callable[[ReaderLanguage, str], str]) -> ColumnElement[str]:
        return sql.bind_reader(
            lambda reader, given: convert(reader, given or reader.language), language, type_=Unicode()
        )

    return _TitleLanguage(
        bound(lambda _, name: BY[name]),
        bound(lambda _, name: FROM[name]),
        bound(lambda _, name: name),
        bound(lambda reader, name: reader.code_in(name)),
    )


def _has_flow(template: TableRow, flow: InformationFlow) -> SqlCondition:
    return template.c.information_flow == quoted(flow.value)


def _salesperson_or_user(entry: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The salesperson's name; the user's id where there is no salesperson."""
    salesperson = sql.row(Salesperson)
    name = (
        select(salesperson.c.name).select_from(salesperson.source).where(salesperson.c.code == entry.c.salesperson_code)
    )
    return func.coalesce(name.scalar_subquery(), entry.c.user_id)


def _from_contact(entry: TableRow, sql: SqlBuilder, words: _TitleLanguage, description: SqlExpression) -> SqlExpression:
    """`from` or `de` and the contact's name. In French, `de` elides before vowels and mute h and contracts with the
    article of a company's name; where it would mean possession it is replaced by `par`.
    """
    contact = sql.row(Contact)
    name, is_french = contact.c.name, words.language == quoted("FR")
    of_company = is_french & (contact.c.type == quoted(ContactType.COMPANY.value))
    named = case(
        (is_french & _has_complement(description), words.by + name),
        (of_company & _starts(name, ("Le ", "LE ", "le ")), quoted(" du ") + func.substr(name, literal_column("4"))),
        (
            of_company & _starts(name, ("Les ", "LES ", "les ")),
            quoted(" des ") + func.substr(name, literal_column("5")),
        ),
        (is_french & _elides(contact.c.search_name), quoted(" d’") + name),
        else_=words.from_ + name,
    )
    return select(named).select_from(contact.source).where(contact.c.no == entry.c.contact_no).scalar_subquery()


def _has_complement(description: SqlExpression) -> SqlCondition:
    folded: SqlExpression = Folded(description)
    for begins in COMPLEMENTS:
        folded = func.replace(folded, quoted(begins), quoted(" de "))
    return IsLike(folded, quoted(POSSESSIVE))


def _elides(folded_name: ColumnElement[str]) -> SqlCondition:
    """Whether `de` before the name becomes `d’`: `french_grammar.elides` in SQL."""
    begins = func.ltrim(folded_name, quoted(french_grammar.OPENING))
    second = func.substr(begins, literal_column("2"), literal_column("1"))
    mute_by_default = second.in_([quoted(letter) for letter in french_grammar.H_ELIDES_BEFORE])
    return or_(
        and_(_starts(begins, french_grammar.VOWELS), not_(_starts(begins, french_grammar.NO_ELISION))),
        and_(_starts(begins, "y"), second.in_([quoted(letter) for letter in french_grammar.CONSONANTS])),
        and_(
            _starts(begins, "h"),
            case(
                (mute_by_default, not_(_starts(begins, french_grammar.ASPIRATED))),
                else_=_starts(begins, french_grammar.MUTE),
            ),
        ),
    )


def _starts(value: ColumnElement[str], beginnings: Iterable[str]) -> SqlCondition:
    by_length: dict[int, list[str]] = defaultdict(list)
    for beginning in beginnings:
        by_length[len(beginning)].append(beginning)
    return or_(
        *(
            func.substr(value, literal_column("1"), literal_column(str(length))).in_([quoted(each) for each in several])
            for length, several in by_length.items()
        )
    )
