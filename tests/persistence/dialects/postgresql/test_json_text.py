"""JSON as text on PostgreSQL: constants that follow one another are written as one."""

from persistence.dialects.postgresql.json_text import constant, joined, or_null


def test_constants_of_nested_objects_are_joined() -> None:
    inner = joined(constant('{"code":"'), "t.code", constant('"}'))
    outer = joined(constant('{"it\'s":'), inner, constant(',"no":'), "t.no", constant("}"))
    assert outer == """('{"it''s":{"code":"' || t.code || '"},"no":' || t.no || '}')"""


def test_the_name_of_a_member_stands_beside_its_null() -> None:
    quoted = joined(constant('"'), "t.city", constant('"'))
    assert or_null(quoted) == """coalesce(('"' || t.city || '"'), 'null')"""
    member = joined(constant('{"city":'), or_null(quoted), constant("}"))
    assert member == """(coalesce(('{"city":"' || t.city || '"'), '{"city":null') || '}')"""


def test_the_name_of_a_member_stands_beside_its_condition() -> None:
    member = joined(constant('{"contact":'), or_null("t.json", "t.no IS NOT NULL"), constant("}"))
    assert member == """(CASE WHEN t.no IS NOT NULL THEN ('{"contact":' || t.json) ELSE '{"contact":null' END || '}')"""


def test_many_texts_are_joined_in_groups() -> None:
    assert joined(*"abcdefghijklmnopqr") == f"(({' || '.join('abcdefghijklmnop')}) || (q || r))"
