"""The names of encodings in messages and in the option `--encoding`."""

from collections.abc import Sequence

from resolvers.errors import Translated

NAMES = {
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp1257": "Windows-1257",
    "cp932": "Shift-JIS",
    "cp949": "CP949",
    "mac_roman": "Mac Roman",
    "mac_latin2": "Mac Latin2",
    "mac_cyrillic": "Mac Cyrillic",
    "mac_greek": "Mac Greek",
    "iso8859_1": "ISO-8859-1",
    "iso8859-1": "ISO-8859-1",
    "iso8859_2": "ISO-8859-2",
    "iso8859_5": "ISO-8859-5",
    "iso8859_15": "ISO-8859-15",
    "koi8_u": "KOI8-U",
    "utf-8-sig": "UTF-8",
}


def name_in_messages(codec: str) -> str:
    """The name in messages: Mac Roman."""
    return NAMES.get(codec) or NAMES.get(codec.replace("-", "_")) or codec.upper().replace("_", "-")


def name_in_option(codec: str) -> str:
    """The name in the option: mac-roman."""
    return name_in_messages(codec).lower().replace(" ", "-")


def read_as_note(codec: str, misread: str | None = None) -> Sequence[Translated]:
    """A note about the encoding, none for UTF-8 and ASCII; and one about a word in UTF-8 that it reads wrongly."""
    name = name_in_messages(codec)
    notes = [] if name in ("UTF-8", "ASCII") else [Translated(f"Read as {name}.", f"Lu en {name}.")]
    if misread:
        wrong = misread.encode().decode(codec)
        notes.append(
            Translated(
                f"Part of the file is in UTF-8: {misread} was read as {wrong}. Save the file in one encoding and "
                "import that instead.",
                f"Une partie du fichier est en UTF-8\u00a0: {misread} a été lu comme {wrong}. Enregistrez "
                "le fichier dans un seul encodage et importez plutôt celui-là.",
            )
        )
    return notes
