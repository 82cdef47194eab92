"""Shortens texts that are longer than their column."""


def shortened(text: str, length: int) -> str:
    """The text with at most so many characters, cut between words and ending in `…`, if it is longer."""
    if len(text) <= length:
        return text
    start = text[: length - 1]
    words = start if text[length - 1] == " " else start.rpartition(" ")[0]
    return (words if len(words) > length // 2 else start).rstrip(" ,;-") + "…"
