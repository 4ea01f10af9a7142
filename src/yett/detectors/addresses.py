"""
Addresses: whether the address of a link or an image carries data out.

A renderer fetches an image by itself, and a reader follows a link, with whatever the model was talked into writing
there: behind the question mark, as a step of the path, after the number sign, or as a label of the host's name. Data is
what decodes to readable text, what reads like a sentence, and, behind a question mark, what is simply long. Digests,
identifiers, signatures of storage services and addresses of other pictures are none.

An address that is only written down, or that a tool is called with, may hold a sentence for good reasons: that is how one
searches, and how a message to be sent is begun. There data is what nobody would encode: words.
"""

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from types import MappingProxyType

__all__ = ["ADDRESSES", "carries", "hosts", "targets"]

_TARGETS = (
    re.compile(r"\]\(\s{0,3}<?([^\s)>]+)"),
    re.compile(r"(?m)^\s{0,3}\[[^\]\n]+\]:\s{0,3}<?([^\s>]+)"),
    re.compile(
        r"""(?i)\b(?:src|srcset|href|data|poster|background|action|content)\s{0,3}=\s{0,3}["']?\s{0,3}([^\s"'>]+)"""
    ),
    re.compile(r"""(?i)\burl\(\s{0,3}["']?([^\s"')]+)"""),
)
_PARTS = re.compile(
    r"(?is)(?:[a-z][a-z0-9+.-]{0,15}:)?//(?P<host>[^/?#\\]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:\#(?P<fragment>.*))?",
)
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
_BARE = re.compile(r"(?i)https?://[^\s)>\"'\]]+")
_HOST = re.compile(r"(?i)(?:https?:)?//([^\s/?#)>\"'\]]*)")
_SHORT, _LONG = 24, 40
"""How long a value behind a question mark is data in an image, which is fetched unasked, and in a link."""
_ENDLESS = 4_000
"""An address of more characters carries data, whatever it is; so no address takes long to judge."""
_ENCODED = 12
_LABEL = 40
_SENTENCE = 5
_READABLE = 0.9
_DIGEST = re.compile(
    r"(?i)\A(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z"
)
_SIGNED = re.compile(
    r"(?i)\A(?:x-amz-|x-goog-|awsaccesskeyid|sig(?:nature)?\Z|expires\Z|key-pair-id\Z|policy\Z|hash\Z|digest\Z|ixid\Z|ixlib\Z|sv\Z|se\Z)"
)
_ADDRESS = re.compile(r"(?i)https?://")
_PICTURE = re.compile(r"(?i)\A(?:/[^\s?]*\.(?:png|jpe?g|gif|webp|svg|avif)\Z|data:image/)")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 3
_INLINE = re.compile(r"(?i)data:image/[a-z0-9.+-]{1,20};base64,[A-Za-z0-9+/]*={0,2}")
"""A picture that is written out: it is long, and nobody is asked for it."""


def targets(written: str) -> list[str]:
    """Return the addresses that *written*, a link or an image in Markdown or HTML, leads to; a bare one is itself."""
    found = [html.unescape(each[1]) for target in _TARGETS for each in target.finditer(written)]
    return found or [html.unescape(each[0]) for each in _BARE.finditer(written)]


def hosts(written: str) -> set[str]:
    """Return the names of all hosts that *written* speaks of, in lower case; what could mislead is left as it is."""
    return {found[1].lower() for found in _HOST.finditer(html.unescape(written))}


def carries(address: str, longest: int) -> bool:
    """Say whether *address* carries data; behind a question mark a value of *longest* characters is data."""
    found = _PARTS.match(address)
    if found is None or len(address) > _ENDLESS:
        return found is not None
    host = found["host"].rpartition("@")[2]
    return (
        any(len(label) > _LABEL for label in host.split("."))
        or any(map(_told, _unnamed(found)))
        or any(_data(name, value, longest) for name, value in _named(found["query"] or ""))
    )


def _unnamed(found: re.Match[str]) -> Iterator[str]:
    """Yield what stands in an address outside of named values."""
    user, _, host = found["host"].rpartition("@")
    yield from host.split(".")
    yield _plain(user)
    yield from map(_plain, (found["path"] or "").split("/"))
    yield _plain(found["fragment"] or "")
    yield from (_plain(each) for each in (found["query"] or "").split("&") if "=" not in each)


def _named(query: str) -> Iterator[tuple[str, str]]:
    for each in query.split("&"):
        name, separator, value = each.partition("=")
        if separator:
            yield name, _plain(value)


def _plain(text: str) -> str:
    """Undo the escapes of an address."""
    data = _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), text.replace("+", " ").encode(errors="replace"))
    return data.decode(errors="replace")


def _data(name: str, value: str, longest: int) -> bool:
    """Say whether *value*, which an address calls *name*, is data rather than a digest, a signature or an address."""
    if _ADDRESS.match(value):
        return carries(value, longest)
    if _SIGNED.match(name) or _DIGEST.match(value) or _PICTURE.match(value):
        return False
    return len(value) >= longest or _told(value)


def _told(value: str) -> bool:
    """Say whether *value* reads like a sentence, or decodes to something that can be read."""
    if len(value) < _ENCODED:
        return False
    return len(value.split()) >= _SENTENCE or any(True for _ in _decoded(value))


def _decoded(value: str) -> Iterator[str]:
    """Yield what can be read once stretches of *value* are decoded."""
    encoded = value.replace(" ", "+")  # a plus sign is a space in an address, and a digit in base64
    for run in _RUN.finditer(encoded):
        digits = run[0].rstrip("=")
        yield from _readable(partial(bytes.fromhex, digits))
        if not (digits.isalpha() and (digits.islower() or digits.isupper())):
            padded = digits.replace("-", "+").replace("_", "/") + "=" * (-len(digits) % 4)
            yield from _readable(partial(base64.b64decode, padded))


def _readable(decode: Callable[[], bytes]) -> Iterator[str]:
    try:
        text = decode().decode()
    except (binascii.Error, ValueError):  # the latter for odd digits and for what is no UTF-8
        return
    plain = sum(character.isalnum() or character in " .,:;!?'\"@_/=&{}[]()-\n" for character in text)
    if len(text) >= _ENCODED * 2 // 3 and plain >= _READABLE * len(text):
        yield text


def _words(address: str) -> bool:
    """Say whether *address* holds words that were encoded."""
    found = _PARTS.match(address[:_ENDLESS])
    if found is None:
        return False
    values = (value for name, value in _named(found["query"] or "") if not _SIGNED.match(name))
    return any(
        len(text.split()) > 1 and len(_WORD.findall(text)) >= _FEWEST_WORDS
        for value in chain(_unnamed(found), values)
        for text in _decoded(value)
    )


def _any(written: str, longest: int) -> bool:
    """Say whether an address in *written* carries data; what takes endless characters to write does."""
    written = _INLINE.sub("data:", written)
    return len(written) > 2 * _ENDLESS or any(carries(target, longest) for target in targets(written))


def _image(written: str) -> bool:
    return _any(written, _SHORT)


def _link(written: str) -> bool:
    return _any(written, _LONG)


def _readable_link(written: str) -> bool:
    return _any(written, len(written))


def _bare(written: str) -> bool:
    return any(map(_words, targets(written)))


def _elsewhere(written: str) -> bool:
    return bool(hosts(written))


ADDRESSES = MappingProxyType(
    {
        "address": _link,
        "address_bare": _bare,
        "address_elsewhere": _elsewhere,
        "address_encoded": _readable_link,
        "address_fetched": _image,
    },
)
"""The checks of addresses, by their names in rules."""
