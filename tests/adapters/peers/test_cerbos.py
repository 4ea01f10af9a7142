"""Cerbos is started with the rules, asked over HTTP, and ended with whatever it started."""

import os
import sys
from pathlib import Path

import pytest

from tests.adapters.peers import conditions as told
from yett.adapters.peers.cerbos import CERBOS
from yett.adapters.peers.peer import Untold, Written, written

PROGRAM = f"""#!{sys.executable}
import http.server, json, os, pathlib, sys

told = dict(each.removeprefix("--set=").split("=", 1) for each in sys.argv if each.startswith("--set="))
policy = json.loads((pathlib.Path(told["storage.disk.directory"]) / "r.json").read_text())
rules = [each["condition"]["match"]["expr"] for each in policy["resourcePolicy"]["rules"]]
if "broken" in rules[0]:
    sys.exit(1)
pathlib.Path({{mark!r}}).write_text(str(os.getpid()))


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.tell({{{{"status": "SERVING"}}}})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["resources"][0]
        model = asked["resource"]["attr"].get("llm", {{{{}}}}).get("model")
        if model is None:
            return self.tell({{{{"code": 3}}}})
        allowed = any(f'"{{{{model}}}}"' in rule for rule in rules)
        self.tell({{{{"results": [{{{{"actions": {{{{"do": "EFFECT_ALLOW" if allowed else "EFFECT_DENY"}}}}}}}}]}}}})

    def tell(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


host, port = told["server.httpListenAddr"].split(":")
http.server.HTTPServer((host, int(port)), Answers).serve_forever()
"""


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program on the path that is asked as Cerbos is; it leaves its number here."""
    where, program = tmp_path / "pid", tmp_path / "cerbos"
    program.write_text(PROGRAM.format(mark=str(where)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return where


def test_rules_are_conditions_on_attributes_of_a_resource() -> None:
    assert CERBOS.write(told.BOTH, frozenset()) == '(R.attr.team.tier == "free" && R.attr.llm.cost > 1.5)'
    assert CERBOS.write(told.NEAR, frozenset()) == (
        '(R.attr.client.ip.inIPAddrRange("10.0.0.0/8") || R.attr.client.ip.inIPAddrRange("fd00::/8"))'
    )


def test_it_is_asked_and_ended(mark: Path) -> None:
    with CERBOS.start(written(CERBOS, [told.LISTED], [])) as ready:
        answers = [ready.ask(ready.question({"llm": {"model": each}})) for each in ("m1", "m9", None, "m2")]
        os.kill(int(mark.read_text()), 0)
    assert answers == [True, False, False, True]
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


@pytest.mark.usefixtures("mark")
def test_one_that_does_not_start_is_untold() -> None:
    with pytest.raises(Untold, match="did not start"), CERBOS.start(Written({0: "broken"}, {})):
        pass
