"""How messages of refusals show given values."""

import pytest

from persistence.segment_steps import SavedSegmentCriteria
from persistence.segments import LoggedSegment
from resolvers.errors import NotFound, StaleVersion, Translated
from resolvers.imports.files.refusals import NotText
from resolvers.refusals import ContactNotFound, SegmentNotFound, TemplateNotFound
from resolvers.work import record_name


def test_messages_about_unknown_records_name_their_kind_in_french() -> None:
    result = [
        NotFound(what=record_name(table), key="999").message("FR") for table in (LoggedSegment, SavedSegmentCriteria)
    ]

    assert result[0].startswith("Enregistrement introuvable\u00a0: segment journalisé 999.")
    assert result[1].startswith("Enregistrement introuvable\u00a0: critères de segmentation enregistrés 999.")


@pytest.mark.parametrize("nothing", [None, "", " ", "\u202e"])
def test_an_invisible_key_is_shown_as_empty_quotation_marks(nothing: str | None) -> None:
    assert SegmentNotFound(no=nothing).message("EN").startswith("There is no open segment “”. Check the number")
    assert SegmentNotFound(no=nothing).message("FR").startswith("Le segment actif «\u00a0» n’existe pas. Vérifiez")


def test_a_long_key_is_cut_in_messages() -> None:
    assert ContactNotFound(key="X" * 100_000).message("EN") == (
        f"There is no contact {'X' * 60}…. Check the number, or search for the contact by name."
    )


def test_a_key_cannot_change_the_writing_direction_of_a_message() -> None:
    assert "PRIX\u202eTEL" not in TemplateNotFound(key="PRIX\u202eTEL").message("EN")
    assert "PRIXTEL." in TemplateNotFound(key="PRIX\u202eTEL").message("EN")


def test_a_message_starts_with_a_capital_letter_unless_it_starts_with_a_file_name() -> None:
    assert (
        StaleVersion(what="segment", key="SM1", actual=2, expected=1)
        .message("EN")
        .startswith("Segment SM1 was changed")
    )
    assert NotText(file="c.csv").message("FR").startswith("c.csv n’est pas un fichier texte.")


def test_a_translated_value_is_shown_in_the_language_of_the_message() -> None:
    assert (
        TemplateNotFound(key=Translated("seven", "sept"))
        .message("FR")
        .startswith("Le modèle interaction sept n’existe pas.")
    )
