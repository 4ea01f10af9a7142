"""A configuration and policies that change under a running gateway."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from tests.whole.gate import Gate, chunk, gate, posted, said, spelled
from yett.compose import house
from yett.compose.watching import Watcher
from yett.testing.provider import Provider, Step, event, stream

RULE = """
metadata: {{id: words, version: {version}, priority: 2000}}
rules:
  - id: answers
    stages: [response]
    condition: {{operator: contains, field: response.text, value: {word}}}
    action: {{decision: deny, reason: "not that word"}}
  - id: prompts
    stages: [request]
    condition: {{operator: contains, field: llm.prompt, value: {word}}}
    action: {{decision: deny, reason: "not that word"}}
status: active
"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "PAUSE", 0.01)


async def readiness(gateway: Gate) -> tuple[int, dict[str, str]]:
    status, body = await page(gateway, "/readyz")
    return status, json.loads(body)["checks"]


async def page(gateway: Gate, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".encode())
    top, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(top.split()[1]), body


async def until(gateway: Gate, name: str, told: str) -> dict[str, str]:
    """Wait until the readiness page says what *told* matches about *name*."""
    async with asyncio.timeout(60):
        while not re.fullmatch(told, (found := (await readiness(gateway))[1])[name], re.DOTALL):  # noqa: ASYNC110  # pages tell nobody
            await asyncio.sleep(0.01)
    return found


async def status(gateway: Gate, text: str) -> int:
    return (await posted(gateway.port, json.dumps(said(text, model="stub")).encode()))[0]


def write(folder: Path, version: str, word: str) -> None:
    (folder / "words.yaml").write_text(RULE.format(version=version, word=word))


async def test_a_changed_policy_takes_effect_and_what_began_before_goes_on_by_the_old_one(tmp_path: Path) -> None:
    write(tmp_path, "1.0.0", "unicorn")
    go = asyncio.Event()
    pieces: list[Step] = [chunk({"content": "Once upon a time "}), go]
    pieces += [*spelled("a dragon slept ", "beside a pond. ")[:2], chunk({}, "stop"), event("[DONE]")]
    async with (
        Provider(stream(pieces)) as provider,
        gate(tmp_path, provider, policies={"files": ["words.yaml"]}) as gateway,
        gateway.client(max_retries=0) as client,
    ):
        assert (await status(gateway, "a dragon"), await status(gateway, "a unicorn")) == (200, 403)
        began = await client.chat.completions.create(**said("Hi"), stream=True)
        first = await anext(began)
        assert first.choices[0].delta.content == "Once upon a time "
        write(tmp_path, "1.1.0", "dragon")
        await until(gateway, "policies", r".*words@1\.1\.0")
        assert (await status(gateway, "a dragon"), await status(gateway, "a unicorn")) == (403, 200)
        go.set()
        rest = [piece.choices[0] async for piece in began]
        assert "".join(choice.delta.content or "" for choice in rest) == "a dragon slept beside a pond. "
        assert rest[-1].finish_reason == "stop"
        fresh = await client.chat.completions.create(**said("Hi"), stream=True)
        choices = [piece.choices[0] async for piece in fresh]
        assert choices[-1].finish_reason == "content_filter"
        records = await gateway.records(6)
    old, new = {record.revision for record in records[:2]}, {record.revision for record in records[3:]}
    assert len(old) == len(new) == 1
    assert old != new
    assert records[2].revision in old  # the stream that had begun before


@pytest.mark.parametrize(
    ("file", "broken", "told"),
    [
        ("words.yaml", "rules: [", "words.yaml:"),
        (
            "words.yaml",
            "metadata: {id: words, version: 1.0.0}\nrules: [{id: a, condition: {operator: equals}}]\n",
            "2:",
        ),
        ("words.yaml", None, "words.yaml"),
        ("yett.yaml", "{server: {prot: 1}}", "prot"),
        ("yett.yaml", None, "yett.yaml"),
        ("yett.yaml", '{llm_providers: {x: {kind: openai, base_url: "http://a.test", api_key: "a\\nb"}}}', "header"),
    ],
)
async def test_a_broken_file_is_refused_and_told_and_the_running_one_stays(
    tmp_path: Path, file: str, broken: str | None, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "1.0.0", "unicorn")
    async with gate(tmp_path, policies={"files": ["words.yaml"]}) as gateway:
        assert (await readiness(gateway))[1]["configuration"] == "ok"
        before = (tmp_path / file).read_text()
        (tmp_path / file).unlink() if broken is None else (tmp_path / file).write_text(broken)
        checks = await until(gateway, "configuration", "kept .*")
        assert told in checks["configuration"]
        assert (await readiness(gateway))[0] == 200  # it serves, by what it has
        assert b'yett_reloads_total{result="kept"} 1.0' in (await page(gateway, "/metrics"))[1]
        assert "the running one stays" in caplog.text
        assert (await status(gateway, "a dragon"), await status(gateway, "a unicorn")) == (200, 403)
        (tmp_path / file).write_text(before.replace("unicorn", "dragon"))
        await until(gateway, "configuration", "ok")
        if file == "words.yaml":
            assert (await status(gateway, "a dragon"), await status(gateway, "a unicorn")) == (403, 200)
        assert b'yett_reloads_total{result="swapped"} 1.0' in (await page(gateway, "/metrics"))[1]


async def test_changes_of_providers_and_keys_take_effect(tmp_path: Path) -> None:
    key = "a-key-of-at-least-sixteen-characters"  # not a credential
    async with gate(tmp_path) as gateway:
        body = json.dumps(said("Hi", model="parrot")).encode()
        assert (await posted(gateway.port, body))[0] == 404
        changed = json.loads((tmp_path / "yett.yaml").read_text())
        changed["llm_providers"]["other"] = {"kind": "stub", "models": ["parrot"]}
        changed["access"] = {"keys": [{"id": "a", "secret": key}]}
        changed["server"] = {"mode": "production"}
        (tmp_path / "yett.yaml").write_text(json.dumps(changed))
        async with asyncio.timeout(60):
            while (await posted(gateway.port, body))[0] != 401:  # noqa: ASYNC110  # the same
                await asyncio.sleep(0.01)
        assert (await posted(gateway.port, body, head={"authorization": f"Bearer {key}"}))[0] == 200


async def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "1.0.0", "unicorn")
    async with gate(tmp_path, policies={"files": ["words.yaml"]}) as gateway:
        reload = gateway.house.renewal.reload

        async def slow() -> object:
            """Write once more, right after everything has been read."""
            loaded = await reload()
            if gateway.house.snapshots.current.policies[-1] == "words@1.1.0":
                write(tmp_path, "1.2.0", "dragon")
            return loaded

        repeating = (each.get_coro().cr_frame.f_locals.get("self") for each in asyncio.all_tasks())  # type: ignore[union-attr]
        looking = (getattr(getattr(each, "_work", None), "__self__", None) for each in repeating)
        (watcher,) = (each for each in looking if isinstance(each, Watcher))
        monkeypatch.setattr(watcher, "_reload", slow)
        write(tmp_path, "1.1.0", "griffin")
        await until(gateway, "policies", r".*words@1\.2\.0")
        assert await status(gateway, "a dragon") == 403
