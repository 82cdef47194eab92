"""Finds the encoding of a text file: by its byte order mark, else UTF-8, else by what its words would be."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from charset_normalizer import from_bytes

from resolvers.errors import Refused
from resolvers.imports.files import plausibility
from resolvers.imports.files.plausibility import Judgement
from resolvers.imports.files.refusals import LineTooLong, NotText, UnknownEncoding, UnrecognizedEncoding

BLOCK = 1 << 20
MAX_LINE = 1 << 24
"""The longest line in bytes. A row in memory stays small."""

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
UNMARKED_UNICODE = ["utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"]
SINGLE_BYTE = {
    "cp1252": plausibility.WESTERN,
    "mac_roman": plausibility.WESTERN,
    "cp850": plausibility.WESTERN,
    "cp863": plausibility.WESTERN,
    "iso8859_15": plausibility.WESTERN,
    "cp1250": plausibility.CENTRAL,
    "iso8859_2": plausibility.CENTRAL,
    "cp852": plausibility.CENTRAL,
    "mac_latin2": plausibility.CENTRAL,
    "cp1251": plausibility.CYRILLIC,
    "koi8_u": plausibility.CYRILLIC,
    "cp866": plausibility.CYRILLIC,
    "mac_cyrillic": plausibility.CYRILLIC,
    "iso8859_5": plausibility.CYRILLIC,
    "cp1253": plausibility.GREEK,
    "mac_greek": plausibility.GREEK,
    "cp1254": (*plausibility.TURKISH, *plausibility.WESTERN),
    "cp1257": plausibility.BALTIC,
    "cp1255": (frozenset(map(chr, range(0x5D0, 0x5EB))),),
    "cp1256": (frozenset(map(chr, range(0x621, 0x64B))),),
}
"""Encodings with the languages that are written in them. Of several that give the same text, the first one counts."""

EAST_ASIAN = ["cp932", "gb18030", "big5", "cp949", "euc_jp"]

BETWEEN_WORDS = bytes.maketrans(b',;|"<>()[]/:\x7f' + bytes(range(32)), b" " * 45)
HIGH = bytes(range(128, 256))
UTF_8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
MAX_WORDS, JUDGED_WORDS = 50_000, 800
CLEAR_MARGIN, CLEAR_WORDS = 0.25, 3
"""An encoding fits clearly better if it fits so much larger a share of at least so many words."""


@dataclass(frozen=True)
class Detected:
    """The encoding of a file. `others` are encodings that fit as well and give another text. `broken` means that it is
    UTF-8 but for some bytes, and that `codec` could read all of it. `misread` is a word in UTF-8 that the given
    encoding reads wrongly.
    """

    codec: str
    line_count: int
    others: tuple[str, ...] = ()
    broken: bool = False
    misread: str | None = None


@dataclass
class _Words:
    """The words of a file that are not ASCII, and how much of them is UTF-8."""

    words: set[bytes] = field(default_factory=set)
    bytes_seen: set[int] = field(default_factory=set)
    characters: Counter[bytes] = field(default_factory=Counter)
    high_bytes: int = 0

    def add(self, block: bytes) -> None:
        """Take the words of a block, and after many of them only those with new bytes."""
        found = {word for word in {*block.translate(BETWEEN_WORDS).split()} if not word.isascii()}
        new = set(block) - self.bytes_seen
        self.bytes_seen |= new
        self.words |= found if len(self.words) < MAX_WORDS else {word for word in found if new & {*word}}
        self.characters.update(UTF_8_CHARACTER.findall(block))
        self.high_bytes += len(block) - len(block.translate(None, HIGH))

    def judged(self) -> list[bytes]:
        """Words from all of the file that are not UTF-8, among them one for each of their bytes that is not ASCII."""
        found = sorted(word for word in self.words if not _is_utf_8(word))
        spread = found[:: max(1, len(found) // JUDGED_WORDS)]
        of_bytes = {byte: word for word in reversed(found) for byte in word if byte > 0x7F}
        return sorted({*spread, *of_bytes.values()})

    def is_utf_8_beside(self, codec: str | None) -> bool:
        """Whether some of the text is UTF-8, so that this encoding would read `Ã©` where `é` was meant. None: no
        encoding gives plausible words.
        """
        in_characters = sum(len(each) * count for each, count in self.characters.items())
        if codec is None:
            return in_characters * 2 > self.high_bytes
        strange = {each: count for each, count in self.characters.items() if not _is_plausible(each, codec)}
        if any(_is_european(each.decode()) for each in strange):
            return True
        return bool(strange) and sum(strange.values()) >= self.high_bytes - in_characters


def codec_named(name: str) -> str:
    """The codec of an encoding that users name: `Windows-1252`, `mac roman`. Raises `Refused` if there is none."""
    text = name.strip().lower()
    for candidate in (text, text.replace(" ", "-"), text.replace(" ", "").replace("-", "_")):
        try:
            with suppress(UnicodeError):
                b"a".decode(candidate)
            return codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
    raise Refused(UnknownEncoding(name=name))


def detect(path: Path) -> Detected:
    """The encoding of a file and the number of its lines. Raises `Refused` if it is not a text file."""
    marked = _marked(path)
    codec = marked or "utf-8"
    line_count, is_valid, has_nul = _read(path, codec)
    if is_valid and not has_nul:
        return Detected(codec, line_count)
    if marked == "utf-8-sig" and not has_nul:
        return Detected("cp1252", line_count, broken=True)
    if marked or has_nul:
        found = marked or _unmarked_unicode(path)
        _, is_valid, has_nul = _read(path, found) if found else (0, False, False)
        if found and is_valid and not has_nul:
            return Detected(found, line_count)
        raise Refused(NotText(file=path.name))
    return _by_words(path, line_count)


def check(path: Path, name: str) -> Detected:
    """The encoding of this name; `broken` if the file has bytes that are not in it. Raises `Refused` for NULs."""
    codec, marked = codec_named(name), _marked(path)
    if marked and codec.startswith(marked.removesuffix("-sig")):
        codec = marked  # else the mark would be a part of the first caption
    line_count, is_valid, has_nul = _read(path, codec)
    if has_nul:
        raise Refused(NotText(file=path.name))
    misread = _utf_8_word(path, codec) if is_valid and not codec.startswith("utf") else None
    return Detected(codec, line_count, broken=not is_valid, misread=misread)


def _marked(path: Path) -> str | None:
    """The encoding that the byte order mark of a file says."""
    with path.open("rb") as file:
        start = file.read(4)
    return next((codec for mark, codec in MARKS.items() if start.startswith(mark)), None)


def _read(path: Path, codec: str) -> tuple[int, bool, bool]:
    """The number of lines, whether the file is in this encoding, and whether it has NULs."""
    decoder = codecs.getincrementaldecoder(codec)()
    lines, run, is_valid, has_nul = 0, 0, True, False
    for block in _blocks(path):
        newline = max(block.rfind(b"\n"), block.rfind(b"\r"))
        run = run + len(block) if newline < 0 else len(block) - newline
        if run > MAX_LINE:
            raise Refused(LineTooLong(file=path.name, length=MAX_LINE))
        lines += block.count(b"\n") or block.count(b"\r")
        if is_valid:
            try:
                has_nul = has_nul or "\0" in decoder.decode(block)
            except UnicodeError:
                is_valid = False
        has_nul = has_nul or (not is_valid and b"\0" in block)
    if is_valid:
        try:
            decoder.decode(b"", True)
        except UnicodeError:
            is_valid = False
    return lines, is_valid, has_nul


def _unmarked_unicode(path: Path) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, None if it is neither."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    found = from_bytes(start[: len(start) // 4 * 4 or 2], cp_isolation=UNMARKED_UNICODE).best()
    text = str(found or "")
    if found is None or not {*text} & {*",;|\t\r\n"} or any(char < " " and char not in "\t\r\n" for char in text):
        return None
    return found.encoding


def _utf_8_word(path: Path, codec: str) -> str | None:
    """A word of the file that is UTF-8 and that this encoding reads as `Ã©` where `é` was meant."""
    seen = _words_of(path)
    if not seen.is_utf_8_beside(codec):
        return None
    return next(
        (word.decode() for word in sorted(seen.words) if _is_utf_8(word) and not _is_plausible(word, codec)), None
    )


def _words_of(path: Path) -> _Words:
    seen = _Words()
    for block in _blocks(path):
        if not block.isascii():
            seen.add(block)
    return seen


def _by_words(path: Path, line_count: int) -> Detected:
    seen = _words_of(path)
    words = seen.judged()
    readings: dict[str, Judgement] = {}
    for codec, languages in SINGLE_BYTE.items():
        judgement = plausibility.judge(words, codec, languages)
        if judgement and _decodes(bytes(seen.bytes_seen), codec):
            readings.setdefault(judgement.text, judgement)
    chosen = _choose([*readings.values()], words)
    if seen.is_utf_8_beside(chosen[0] if chosen else None):
        fitting = next((each.codec for each in readings.values() if each.codec == "cp1252"), "iso8859_1")
        return Detected(chosen[0] if chosen else fitting, line_count, broken=True)
    if not chosen and len(words) >= CLEAR_WORDS:
        chosen = _east_asian(words)
    if not chosen:
        raise Refused(UnrecognizedEncoding(file=path.name))
    return Detected(chosen[0], line_count, tuple(chosen[1:]))


def _choose(judgements: Sequence[Judgement], words: Sequence[bytes]) -> list[str]:
    """The encoding that fits best, and those that fit as well. None if no encoding gives plausible words.

    Windows-1252 is preferred, because most files of French and English users are, if no word of it is doubtful.
    """
    fewest = min((judgement.implausible for judgement in judgements), default=len(words))
    if fewest * 3 > len(words):
        return []
    best = [judgement for judgement in judgements if judgement.implausible <= fewest + len(words) // 50]
    first = min(best, key=lambda judgement: (judgement.doubtful, -judgement.fit))
    windows = next((judgement for judgement in best if judgement.codec == "cp1252"), None)
    rivals = [each for each in best if each not in (first, windows)]
    if windows and first is not windows:
        doubts = windows.doubtful - first.doubtful
        if len(words) >= CLEAR_WORDS and (
            first.fit > windows.fit + CLEAR_MARGIN or doubts >= max(CLEAR_WORDS, len(words) * CLEAR_MARGIN)
        ):
            windows = None
        elif windows.doubtful == 0 or first.doubtful > 0:
            return ["cp1252"]
        else:
            return ["cp1252", *(each.codec for each in best if each.doubtful == 0)][:4]
    if windows:
        return ["cp1252"]
    equal = [each for each in rivals if (each.doubtful, each.fit) == (first.doubtful, first.fit)]
    if equal:
        tied = [first.codec, *(each.codec for each in equal)]
        by_language = from_bytes(b" ".join(words), cp_isolation=tied, threshold=1)
        likely = sorted(by_language, key=lambda match: -match.coherence)
        if len(likely) > 1 and likely[0].coherence > likely[1].coherence:
            return [likely[0].encoding]
        return tied[:4]
    return [first.codec]


def _east_asian(words: Sequence[bytes]) -> list[str]:
    found = from_bytes(b"\n".join(words), cp_isolation=EAST_ASIAN).best()
    return [found.encoding] if found else []


def _is_plausible(character: bytes, codec: str) -> bool:
    return _decodes(character, codec) and plausibility.may_be_in_words(character.decode(codec))


def _is_utf_8(word: bytes) -> bool:
    return _decodes(word, "utf-8")


def _decodes(text: bytes, codec: str) -> bool:
    try:
        text.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _is_european(char: str) -> bool:
    return "\u00a0" <= char <= "\u017f" or "\u2010" <= char <= "\u203a" or char in "€™șȘțȚ"


def _blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file in large blocks that end with a line, or inside one that is very long."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block + file.readline(1000)
