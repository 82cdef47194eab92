"""Cells as other programs write them: several values, extensions, escapes, names of countries, days and amounts."""

import datetime as dt
from decimal import Decimal

import pytest

from resolvers.imports.contacts.cells import country_code, is_same, language_code, post_code
from resolvers.imports.contacts.several_values import emails, is_exchange_address, phone_nos
from resolvers.imports.ignored_columns import CAPTIONS, is_ignored
from resolvers.imports.values.cells import InvalidCell
from resolvers.imports.values.dates_and_times import NO_DAY, Moment, moment
from resolvers.imports.values.escapes import without_escapes
from resolvers.imports.values.formats import DayOrder, Formats
from resolvers.imports.values.shortening import shortened


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("514-555-0101; 514-555-0102", ["514-555-0101", "514-555-0102"]),
        ("514-555-0101 ::: 514-555-0102", ["514-555-0101", "514-555-0102"]),
        ("514-555-0101 / 514-555-0102", ["514-555-0101", "514-555-0102"]),
        ("514-555-0101 or 514-555-0102", ["514-555-0101", "514-555-0102"]),
        ("514-555-0101 ou 514-555-0102", ["514-555-0101", "514-555-0102"]),
        ("514-555-0101\n514-555-0102", ["514-555-0101", "514-555-0102"]),
        ("0049/30/5550177", ["0049/30/5550177"]),
        ("514-555-0101, 12", ["514-555-0101, 12"]),
        ("514-555-0101 ext. 12", ["514-555-0101 ext. 12"]),
        ("514-555-0101 ext #12", ["514-555-0101 ext. 12"]),
        ("514-555-0101 poste 12", ["514-555-0101 poste 12"]),
        ("+1 (555) 123-4567 x89", ["+1 (555) 123-4567 x89"]),
        ("tel:+1-201-555-0123;ext=12", ["+1-201-555-0123;ext=12"]),
        ("'0145550103", ["0145550103"]),
        ("+1 (514) 555-0101 extension 1234", ["+1(514)555-0101 ext. 1234"]),
        ("+33 (0)1 23 45 67 89 poste 12345", ["+33(0)123456789 ext. 12345"]),
        ("15145550103.0", ["15145550103"]),
    ],
)
def test_several_telephone_numbers_in_a_cell_are_found(cell: str, numbers: list[str]) -> None:
    assert phone_nos(cell) == numbers


@pytest.mark.parametrize(
    ("cell", "code"), [("'01234", "01234"), ("75009.0", "75009"), ("h7n 1a1", "H7N 1A1"), ("1.0", "1.0")]
)
def test_post_codes_lose_apostrophes_and_decimals_of_spreadsheets(cell: str, code: str) -> None:
    assert post_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        ("a@x.example; b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example ::: b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example b@x.example", ["a@x.example", "b@x.example"]),
        ("'a@x.example'; 'b@x.example'", ["a@x.example", "b@x.example"]),
        ("Ann N <a@x.example>, Bob <b@x.example>", ["a@x.example", "b@x.example"]),
        ("Ann N <a@x.example>", ["a@x.example"]),
        ("mailto:a@x.example", ["a@x.example"]),
        ('"a@b"@x.example', ['"a@b"@x.example']),
        ("nobody", ["nobody"]),
        ("a@x.example, nobody", ["a@x.example, nobody"]),
    ],
)
def test_several_e_mail_addresses_in_a_cell_are_found(cell: str, addresses: list[str]) -> None:
    assert emails(cell) == addresses


@pytest.mark.parametrize(
    "text", ["/o=ExchangeLabs/ou=X/cn=Recipients/cn=ann", "/O=FIRM/OU=FIRST/CN=ANN", "EX:/o=Firm/cn=Recipients/cn=ann"]
)
def test_addresses_inside_an_exchange_system_are_recognized(text: str) -> None:
    assert is_exchange_address(text)
    assert not is_exchange_address("o=x@example.org")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'+15145550103", "+15145550103"),
        ("'=1+1", "=1+1"),
        ("'t Hart", "'t Hart"),
        ('="0145550103"', "0145550103"),
        ("First_x0020_Name", "First Name"),
        ("two_x000D_\nlines", "two\r\nlines"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_", "_xD83D_"),
        ("snake_x_case", "snake_x_case"),
        ("NULL", ""),
        ("Null", "Null"),
        ("-", ""),
        ("N/A", "N/A"),
    ],
)
def test_escapes_of_spreadsheets_are_removed(cell: str, text: str) -> None:
    assert without_escapes(cell) == text


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("États-Unis", "US"),
        ("United States of America", "US"),
        ("CANADA", "CA"),
        ("Corée du Sud", "KR"),
        ("Republic of Korea", "KR"),
        ("Côte d’Ivoire", "CI"),
        ("Royaume-Uni", "GB"),
        ("Turquie", "TR"),
        ("Czechia", "CZ"),
        ("Deutschland", "DE"),
        ("España", "ES"),
        ("ca", "CA"),
        ("CAN", "CAN"),
        ("Elsewhere", "ELSEWHERE"),
    ],
)
def test_names_of_countries_become_codes(cell: str, code: str) -> None:
    assert country_code(cell) == code


def test_cells_under_one_caption_are_the_same_if_they_mean_the_same() -> None:
    assert is_same("country_code", "Canada", "CA")
    assert is_same("city", "Nantes", "Nantes")
    assert not is_same("city", "Canada", "CA")
    assert not is_same("country_code", "Canada", "FR")


def test_an_unknown_name_of_a_country_needs_a_code() -> None:
    with pytest.raises(InvalidCell, match="not the name of a country"):
        country_code("Narnia and further")


@pytest.mark.parametrize(
    ("cell", "code"),
    [("French", "FRA"), ("fr-CA", "FRC"), ("fr_ca", "FRC"), ("Anglais", "ENU"), ("German", "DEU"), ("ENG", "ENG")],
)
def test_names_of_languages_become_codes(cell: str, code: str) -> None:
    assert language_code(cell) == code


MARCH_1 = dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2025-03-01 10:22", Moment(MARCH_1, dt.time(10, 22))),
        ("3/1/2025 10:22 AM", Moment(MARCH_1, dt.time(10, 22))),
        ("3/1/2025 12:05:06 PM", Moment(MARCH_1, dt.time(12, 5, 6))),
        ("1 March 2025", Moment(MARCH_1)),
        ("01-Mar-25", Moment(MARCH_1)),
        ("March 1st, 2025", Moment(MARCH_1)),
        ("Saturday, March 1, 2025 10:22 PM", Moment(MARCH_1, dt.time(22, 22))),
        ("1er mars 2025", Moment(MARCH_1)),
        ("sam. 1 mars 2025 à 10 h 22", Moment(MARCH_1, dt.time(10, 22))),
        ("le 1 mars 2025", Moment(MARCH_1)),
        ("2025-Mar-01", Moment(MARCH_1)),
        ("20250301T102200Z", Moment(MARCH_1, dt.time(5, 22))),
        ("2025-03-01T15:22:00Z", Moment(MARCH_1, dt.time(10, 22))),
        ("2025-03-01T15:22:00.000+0000", Moment(MARCH_1, dt.time(10, 22))),
        ("2025-03-01T23:30:00-05:00", Moment(MARCH_1, dt.time(23, 30))),
        ("2025-03-02T00:30:00+01:00", Moment(MARCH_1, dt.time(18, 30))),
        ("2025-03-01T00:00:00Z", Moment(MARCH_1)),
        ("0001-01-01", NO_DAY),
        ("1753-01-01", NO_DAY),
        ("12/30/1899", NO_DAY),
        ("0000-00-00 00:00:00", NO_DAY),
        ("00/00/00", NO_DAY),
        ("0D", NO_DAY),
        ("9999-12-31T23:59:59-12:00", None),
        ("2025-02-30", None),
        ("5 apples 2025", None),
        ("mon 2025", None),
        ("Foo 1 March 2025", None),
        ("2025-03-01 10:22 EST", None),
        ("2025-03-01 25:00", None),
        ("2025-03-01 ten", None),
    ],
)
def test_days_are_read_with_and_without_a_time(cell: str, found: Moment | None) -> None:
    assert moment(cell, month_first=True, time_zone="America/Montreal") == found


def test_a_day_is_read_in_the_order_of_the_file() -> None:
    assert Formats(DayOrder.DMY).day("03/01/2025 10:22") == dt.date(2025, 1, 3)
    assert Formats(DayOrder.MDY).day("03/01/2025 10:22") == dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("(1,234.50)", "-1234.50"),
        ("($1,234.50)", "-1234.50"),
        ("1.234,50-", "-1234.50"),
        ("−12.5", "-12.5"),
        ("+12", "12"),
        ("CAD 1,234.50", "1234.50"),
        ("1 234,50 $ CA", "1234.50"),
        ("12.50 EUR", "12.50"),
        ("US$12", "12"),
        ("12 apples", None),
        ("EUR", None),
        ("()", None),
        ("-", None),
    ],
)
def test_amounts_may_have_a_currency_and_a_sign_at_either_end(cell: str, amount: str | None) -> None:
    if amount is None:
        with pytest.raises(InvalidCell, match="not an amount"):
            Formats().amount(cell)
    else:
        assert Formats().amount(cell) == Decimal(amount)


@pytest.mark.parametrize(
    "caption",
    [
        "(Do Not Modify) Row Checksum",
        "Create Date (EDT)",
        "Associated Deal IDs",
        "Website 2 - Label",
        "E-mail 3 Display Name",
    ],
)
def test_columns_without_meaning_outside_their_program_are_recognized(caption: str) -> None:
    assert is_ignored(caption)


@pytest.mark.parametrize(
    "caption", ["Birthday", "Business Fax", "Department", "Custom Field 1 - Value", "Spouse", "State"]
)
def test_columns_that_a_user_may_miss_are_not_ignored(caption: str) -> None:
    assert not is_ignored(caption)
    assert "||" not in CAPTIONS


def test_a_long_text_is_shortened_between_words() -> None:
    assert shortened("Director of everything", 12) == "Director of…"
    assert shortened("Donaudampfschifffahrt", 10) == "Donaudamp…"
    assert shortened("fits", 4) == "fits"
