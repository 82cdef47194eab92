"""What an interaction is called in a list, in English or French (A.9)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select

from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from persistence.vocabulary import InformationFlow
from resolvers.history import See
from resolvers.languages import Reader, translated

BY = {"EN": " by ", "FR": " par "}
FROM = {"EN": " from ", "FR": " de "}
FROM_A_VOWEL = {"EN": " from ", "FR": " d’"}
VOWELS = ("a", "e", "i", "o", "u")


@dataclass(frozen=True)
class Words:
    """The words of a title in its language, and which translation of the template it takes."""

    by: ColumnElement[str]
    from_: ColumnElement[str]
    from_a_vowel: ColumnElement[str]
    language: ColumnElement[str]
    code: ColumnElement[str]

    @classmethod
    def each(cls, word: Callable[[Callable[[Reader, str], str]], ColumnElement[str]]) -> "Words":
        """Each as `word` makes it of what it is for a reader and the language of the title, `EN` or `FR`."""
        return cls(
            word(lambda _, language: BY[language]), word(lambda _, language: FROM[language]),
            word(lambda _, language: FROM_A_VOWEL[language]), word(lambda _, language: language),
            word(lambda reader, language: reader.code_in(language)),
        )


def title(entry: Any, see: See, words: Words) -> ColumnElement[str]:
    """The template's description; an outbound one with who of us, an inbound one with the contact. Without a template the
    entry's own description."""
    template, translations = see(InteractionTemplate), see(InteractionTemplateTranslation)
    its = translations.c.template_code == template.c.code
    description = translated(template, translations, its, words.language, words.code)
    shown = case(
        (_flows(template, InformationFlow.OUTBOUND), description + words.by + _who_of_us(entry, see)),
        (_flows(template, InformationFlow.INBOUND), description + func.coalesce(_from_whom(entry, see, words), "")),
        else_=description,
    )
    found = select(shown).select_from(template.source).where(template.c.code == entry.c.template_code)
    return func.coalesce(found.scalar_subquery(), entry.c.description)


def _flows(template: Any, flow: InformationFlow) -> ColumnElement[bool]:
    which: ColumnElement[bool] = template.c.information_flow == literal_column(f"'{flow.value}'")
    return which


def _who_of_us(entry: Any, see: See) -> ColumnElement[str]:
    """The salesperson's name; the user's id where there is no salesperson."""
    salesperson = see(Salesperson)
    name = select(salesperson.c.name).select_from(salesperson.source).where(salesperson.c.code == entry.c.salesperson_code)
    return func.coalesce(name.scalar_subquery(), entry.c.user_id)


def _from_whom(entry: Any, see: See, words: Words) -> ColumnElement[Any]:
    """From the contact; French elides before a vowel, written with or without accent."""
    contact = see(Contact)
    begins = func.substr(contact.c.search_name, literal_column("1"), literal_column("1"))
    from_ = case((begins.in_([literal_column(f"'{vowel}'") for vowel in VOWELS]), words.from_a_vowel), else_=words.from_)
    named = select(from_ + contact.c.name).select_from(contact.source).where(contact.c.no == entry.c.contact_no)
    return named.scalar_subquery()
