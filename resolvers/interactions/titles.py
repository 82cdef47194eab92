"""The title of an interaction in a list, in English or French (A.9)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Unicode, and_, case, func, literal_column, not_, or_, select

from persistence.columns import SqlValue
from persistence.conditions import IsLike
from persistence.contacts import Contact
from persistence.enums import ContactType, InformationFlow
from persistence.folding import Folded
from persistence.salespeople import Salesperson
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers import french
from resolvers.interactions.queries import See, TableRow
from resolvers.languages import ReaderLanguage, translated

BY = {"EN": " by ", "FR": " par "}
FROM = {"EN": " from ", "FR": " de "}
POSSESSIVE = "% de %"
"""A description with a complement. `de` before a name would then mean possession: Réponse à une campagne par Zoé, not
de Zoé.
"""

COMPLEMENTS = (" du ", " des ", " d’", " d'", " a ", " au ", " aux ")
"""The beginnings of complements, besides " de "; without accents."""

Bind = Callable[[Callable[[ReaderLanguage, str], str]], ColumnElement[str]]
"""Creates a parameter whose value is computed from the reader's language and that of the title, `EN` or `FR`."""


@dataclass(frozen=True)
class TitleWords:
    """The parameters of a title: "by" and "from" in its language, the language, and the code of the translation of the
    template.
    """

    by: ColumnElement[str]
    from_: ColumnElement[str]
    language: ColumnElement[str]
    code: ColumnElement[str]

    @classmethod
    def bound(cls, bind: Bind) -> "TitleWords":
        """The parameters, created by `bind`."""
        return cls(
            bind(lambda _, language: BY[language]),
            bind(lambda _, language: FROM[language]),
            bind(lambda _, language: language),
            bind(lambda reader, language: reader.code_in(language)),
        )


def title(entry: TableRow, see: See, words: TitleWords) -> ColumnElement[str]:
    """The title: the template's description, followed by the salesperson's name if the template is outbound, or by the
    contact's name if it is inbound. Without a template it is the entry's own description.
    """
    template, translations = see(InteractionTemplate), see(InteractionTemplateTranslation)
    its = translations.c.template_code == template.c.code
    description = translated(template, translations, its, words.language, words.code)
    shown = case(
        (_flows(template, InformationFlow.OUTBOUND), description + words.by + _salesperson(entry, see)),
        (
            _flows(template, InformationFlow.INBOUND),
            description + func.coalesce(_from_contact(entry, see, words, description), ""),
        ),
        else_=description,
    )
    found = select(shown).select_from(template.source).where(template.c.code == entry.c.template_code)
    return func.coalesce(found.scalar_subquery(), entry.c.description)


def _flows(template: TableRow, flow: InformationFlow) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = template.c.information_flow == _quoted(flow.value)
    return condition


def _salesperson(entry: TableRow, see: See) -> ColumnElement[str]:
    """The salesperson's name; the user's id if there is no salesperson."""
    salesperson = see(Salesperson)
    name = (
        select(salesperson.c.name).select_from(salesperson.source).where(salesperson.c.code == entry.c.salesperson_code)
    )
    return func.coalesce(name.scalar_subquery(), entry.c.user_id)


def _from_contact(entry: TableRow, see: See, words: TitleWords, description: SqlValue) -> SqlValue:
    """`from` or `de` and the contact's name. In French, `de` elides before vowels and mute h and contracts with the
    article of a company's name; where it would mean possession it is replaced by `par`.
    """
    contact = see(Contact)
    name, is_french = contact.c.name, words.language == _quoted("FR")
    of_company = is_french & (contact.c.type == _quoted(ContactType.COMPANY.value))
    named = case(
        (is_french & _has_complement(description), words.by + name),
        (of_company & _starts(name, ("Le ", "LE ", "le ")), _quoted(" du ") + func.substr(name, literal_column("4"))),
        (
            of_company & _starts(name, ("Les ", "LES ", "les ")),
            _quoted(" des ") + func.substr(name, literal_column("5")),
        ),
        (is_french & _elides(contact.c.search_name), _quoted(" d’") + name),
        else_=words.from_ + name,
    )
    return select(named).select_from(contact.source).where(contact.c.no == entry.c.contact_no).scalar_subquery()


def _has_complement(description: SqlValue) -> ColumnElement[bool]:
    folded: SqlValue = Folded(description)
    for begins in COMPLEMENTS:
        folded = func.replace(folded, _quoted(begins), _quoted(" de "))
    return IsLike(folded, _quoted(POSSESSIVE))


def _elides(folded_name: ColumnElement[str]) -> ColumnElement[bool]:
    """The same as `french.elides`, as SQL."""
    begins = func.ltrim(folded_name, _quoted(french.OPENING))
    second = func.substr(begins, literal_column("2"), literal_column("1"))
    mute_by_default = second.in_([_quoted(letter) for letter in french.H_ELIDES_BEFORE])
    return or_(
        and_(_starts(begins, french.VOWELS), not_(_starts(begins, french.NO_ELISION))),
        and_(_starts(begins, "y"), second.in_([_quoted(letter) for letter in french.CONSONANTS])),
        and_(
            _starts(begins, "h"),
            case((mute_by_default, not_(_starts(begins, french.ASPIRATED))), else_=_starts(begins, french.MUTE)),
        ),
    )


def _starts(value: ColumnElement[str], beginnings: Iterable[str]) -> ColumnElement[bool]:
    by_length: dict[int, list[str]] = defaultdict(list)
    for beginning in beginnings:
        by_length[len(beginning)].append(beginning)
    return or_(
        *(
            func.substr(value, literal_column("1"), literal_column(str(length))).in_(
                [_quoted(each) for each in several]
            )
            for length, several in by_length.items()
        )
    )


def _quoted(text: str) -> ColumnElement[str]:
    escaped = text.replace("'", "''")
    return literal_column(f"'{escaped}'", Unicode())
