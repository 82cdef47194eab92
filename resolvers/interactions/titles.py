"""What an interaction is called in a list, in English or French (A.9)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Unicode, and_, case, func, literal_column, not_, or_, select

from persistence.conditions import IsLike
from persistence.contacts import Contact
from persistence.enums import ContactType, InformationFlow
from persistence.folding import Folded
from persistence.salespeople import Salesperson
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers import french
from resolvers.interactions.queries import See
from resolvers.languages import ReaderLanguage, translated

BY = {"EN": " by ", "FR": " par "}
FROM = {"EN": " from ", "FR": " de "}
POSSESSIVE = "% de %"
"""After a complement, `de` and a name would read as possession: Réponse à une campagne par Zoé, not de Zoé."""

COMPLEMENTS = (" du ", " des ", " d’", " d'", " a ", " au ", " aux ")
"""What begins a complement, besides " de "; folded."""


@dataclass(frozen=True)
class Words:
    """The words of a title in its language, and which translation of the template it takes."""

    by: ColumnElement[str]
    from_: ColumnElement[str]
    language: ColumnElement[str]
    code: ColumnElement[str]

    @classmethod
    def each(cls, word: Callable[[Callable[[ReaderLanguage, str], str]], ColumnElement[str]]) -> "Words":
        """Each as `word` makes it of what it is for a reader and the language of the title, `EN` or `FR`."""
        return cls(
            word(lambda _, language: BY[language]),
            word(lambda _, language: FROM[language]),
            word(lambda _, language: language),
            word(lambda reader, language: reader.code_in(language)),
        )


def title(entry: Any, see: See, words: Words) -> ColumnElement[str]:
    """The template's description; an outbound one with who of us, an inbound one with the contact. Without a
    template the entry's own description."""
    template, translations = see(InteractionTemplate), see(InteractionTemplateTranslation)
    its = translations.c.template_code == template.c.code
    description = translated(template, translations, its, words.language, words.code)
    shown = case(
        (_flows(template, InformationFlow.OUTBOUND), description + words.by + _who_of_us(entry, see)),
        (
            _flows(template, InformationFlow.INBOUND),
            description + func.coalesce(_from_whom(entry, see, words, description), ""),
        ),
        else_=description,
    )
    found = select(shown).select_from(template.source).where(template.c.code == entry.c.template_code)
    return func.coalesce(found.scalar_subquery(), entry.c.description)


def _flows(template: Any, flow: InformationFlow) -> ColumnElement[bool]:
    which: ColumnElement[bool] = template.c.information_flow == _quoted(flow.value)
    return which


def _who_of_us(entry: Any, see: See) -> ColumnElement[str]:
    """The salesperson's name; the user's id where there is no salesperson."""
    salesperson = see(Salesperson)
    name = (
        select(salesperson.c.name).select_from(salesperson.source).where(salesperson.c.code == entry.c.salesperson_code)
    )
    return func.coalesce(name.scalar_subquery(), entry.c.user_id)


def _from_whom(entry: Any, see: See, words: Words, description: ColumnElement[Any]) -> ColumnElement[Any]:
    """`from` or `de` and the contact. French elides before vowels and mute h, contracts `de` with the article of a
    company's name, and uses `par` where `de` would read as possession."""
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


def _has_complement(description: ColumnElement[Any]) -> ColumnElement[bool]:
    folded: ColumnElement[Any] = Folded(description)
    for begins in COMPLEMENTS:
        folded = func.replace(folded, _quoted(begins), _quoted(" de "))
    return IsLike(folded, _quoted(POSSESSIVE))


def _elides(folded_name: ColumnElement[str]) -> ColumnElement[bool]:
    """`french.elides` as SQL."""
    begins = func.ltrim(folded_name, _quoted(french.OPENING))
    second = func.substr(begins, literal_column("2"), literal_column("1"))
    as_a_rule = second.in_([_quoted(letter) for letter in french.H_ELIDES_BEFORE])
    return or_(
        and_(_starts(begins, french.VOWELS), not_(_starts(begins, french.NO_ELISION))),
        and_(_starts(begins, "y"), second.in_([_quoted(letter) for letter in french.CONSONANTS])),
        and_(
            _starts(begins, "h"),
            case((as_a_rule, not_(_starts(begins, french.ASPIRATED))), else_=_starts(begins, french.MUTE)),
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
