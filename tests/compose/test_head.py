"""A head has one meaning, or it is refused."""

from urllib.parse import unquote

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.compose.head import objection, target, weight

HOST = (b"host", b"a")
CHUNKED = (b"transfer-encoding", b"chunked")


@pytest.mark.parametrize(
    ("version", "method", "target", "headers", "status"),
    [
        ("1.1", b"GET", b"/", [HOST], None),
        ("1.1", b"GET", b"/", [(b"host", b"[::1]:8000")], None),
        ("1.0", b"GET", b"/", [], None),
        ("1.1", b"GET", b"/", [], 400),
        ("1.1", b"GET", b"/", [(b"host", b"")], 400),
        ("1.1", b"GET", b"/", [(b"host", b"a/b")], 400),
        ("1.0", b"GET", b"/", [(b"host", b"u@a")], 400),
        ("1.1", b"GET", b"/", [HOST, HOST], 400),
        ("1.1", b"GET", b"/", [HOST, (b"x", b"y"), (b"x", b"y")], None),
        ("1.1", b"GET", b"/a#b", [HOST], 400),
        ("1.1", b"BREW", b"/", [HOST], 400),
        ("0.9", b"GET", b"/", [HOST], 400),
        ("2.0", b"GET", b"/", [HOST], 400),
        ("1.1", b"POST", b"/", [HOST, CHUNKED], None),
        ("1.0", b"POST", b"/", [CHUNKED], 400),
        ("1.1", b"POST", b"/", [HOST, CHUNKED, (b"content-length", b"3")], 400),
        ("1.1", b"POST", b"/", [HOST, (b"transfer-encoding", b"gzip, chunked")], 400),
        ("1.1", b"POST", b"/", [HOST, (b"content-length", b"50")], None),
        ("1.1", b"POST", b"/", [HOST, (b"content-length", b"51")], 413),
        ("1.1", b"POST", b"/", [HOST, (b"expect", b"100-Continue")], None),
        ("1.1", b"POST", b"/", [HOST, (b"expect", b"more")], 417),
        ("1.1", b"POST", b"/", [HOST, (b"authorization", b"a"), (b"authorization", b"b")], 400),
    ],
)
def test_a_head_is_judged(
    version: str, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], status: int | None
) -> None:
    refusal = objection(version, method, target, headers, 50)
    assert (refusal and refusal.status) == status


def test_a_head_is_weighed_with_the_signs_between() -> None:
    assert weight(b"/", [HOST]) == len(b"/" + b"host: a\r\n")


def parsed(url: bytes) -> dict[str, object] | None:
    """Take a target apart by llhttp's own rules."""
    try:
        read = httptools.parse_url(url)
        path = read.path.decode("ascii")
    except (httptools.HttpParserInvalidURLError, UnicodeDecodeError):
        return None
    return {"path": unquote(path), "raw_path": read.path, "query_string": read.query or b""}


VISIBLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#"), max_size=20)


@given(st.one_of(VISIBLE, st.text("/?%a:@[]*;", max_size=12)))
def test_a_target_is_taken_apart_as_the_parser_does_it(told: str) -> None:
    url = b"/" + told.encode()
    assert target(url) == parsed(url)


@pytest.mark.parametrize(("url", "path"), [(b"http://b/x?q", "/x"), (b"//b/x", "//b/x"), (b"/a%2fb?c?d", "/a/b")])
def test_a_target_has_a_path(url: bytes, path: str) -> None:
    assert target(url)["path"] == path
