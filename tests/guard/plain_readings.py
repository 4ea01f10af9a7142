"""How characters are spelled and markup is left out, once more, written to be read: escape by escape."""

import html
import re

__all__ = ["digits", "entities", "escapes", "leaf", "percent", "rows", "runs"]

TAG = r"</?[A-Za-z][^<>]{0,256}>|<!--[^<>]{0,256}-->"
ENTITY = r"&(?:#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][0-9A-Za-z]{1,30};)"
EDIT = re.compile(rf"{TAG}|{ENTITY}|\\(?:u[0-9A-Fa-f]{{4}}|x[0-9A-Fa-f]{{2}})" + r'|\\[nrt"/\\]|\*{1,3}|`{1,3}')


def runs(data: bytes, start: int) -> list[tuple[int, int]]:
    return [match.span() for match in re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}").finditer(data, start)]


def digits(data: bytes, first: int, last: int) -> list[tuple[int, int]]:
    return [match.span() for match in re.compile(rb"[0-9A-Fa-f]{16,}").finditer(data, first, last)]


def rows(data: bytes) -> list[tuple[int, int, bool]]:
    found = re.finditer(
        rb"(?:\A|[ \t\n])((?:[!-~][ \t\n]{1,4}){11,}[!-~])(?:\Z|[ \t\n])"
        rb"|\b(?:[A-Za-z][ \t\n.\-_*|/,+~]{1,3}){5,}[A-Za-z]\b",
        data,
    )
    return [(*(match.span(1) if match[1] else match.span()), bool(match[1])) for match in found]


def percent(run: str) -> bytes:
    found = re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), run)
    return found.encode("latin-1")


def entities(run: str) -> str:
    return html.unescape(run)


def escapes(run: str) -> str:
    found = re.sub(
        r"\\u(?:([0-9A-Fa-f]{4})|\{([0-9A-Fa-f]{2,6})\})",
        lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)),
        run,
    )
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def leaf(written: str, meant: object) -> list[tuple[str, int, int]]:
    """Return each character that *written* is read as, and which characters it was."""
    found: list[tuple[str, int, int]] = []
    last = 0
    for match in EDIT.finditer(written):
        found += [(written[at], at, at + 1) for at in range(last, match.start())]
        found += [(character, match.start(), match.end()) for character in meant(match[0])]  # type: ignore[operator]
        last = match.end()
    return found + [(written[at], at, at + 1) for at in range(last, len(written))]
