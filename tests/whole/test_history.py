"""A doubt that passes by itself does not pass after a denial, for the one who was denied, until it has faded."""

import json
from pathlib import Path

from tests.whole.gate import ORDER, gate, posted

POLICY = {
    "metadata": {"id": "recent-risk", "name": "Less doubt for those who were risky lately", "version": "1.0.0"},
    "rules": [
        {
            "id": "risky-again",
            "stages": ["request"],
            "condition": {"operator": "gte", "field": "risk.contextual", "value": 0.4},
            "action": {"decision": "deny", "reason": "too risky, after what came before"},
        }
    ],
    "status": "active",
}
KEYS = {name: f"{name}-0123456789abcdef" for name in ("alice", "bob")}  # not credentials
MAIL = "My address is jane.doe@mail.example.org"


async def asked(port: int, name: str, text: str) -> int:
    body = json.dumps({"model": "stub", "messages": [{"role": "user", "content": text}]}).encode()
    return (await posted(port, body, head={"authorization": f"Bearer {KEYS[name]}"}))[0]


async def test_who_was_denied_lately_has_less_benefit_of_the_doubt(tmp_path: Path) -> None:
    (tmp_path / "recent.yaml").write_text(json.dumps(POLICY), "utf-8")
    keys = [{"id": name, "subject": name, "secret": secret} for name, secret in KEYS.items()]
    async with gate(tmp_path, policies={"files": ["recent.yaml"]}, access={"keys": keys}) as house:
        assert await asked(house.port, "alice", MAIL) == 200
        assert await asked(house.port, "alice", ORDER) == 403
        assert await asked(house.port, "alice", MAIL) == 403
        assert await asked(house.port, "alice", "Good morning") == 200
        assert await asked(house.port, "bob", MAIL) == 200
        records = await house.records(5)
    assert "risk.contextual" in records[2].judgements[0].facts
