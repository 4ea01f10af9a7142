"""
Measure `yett policy replay`: records a second, for each second of processor time, by the share of them that differ.

    python -m bench.replay [--records 200000] [--shares 1,10,100]

A gateway that is served and asked tells how a record looks; as many as are wanted are made of that by what writes records,
with other ids, times, callers, lengths, prices and facts, and chained and stored as always. Of two records whose facts differ,
the candidate can tell: it asks about the model, the team and the length of the prompt, beside everything that the default
policy asks.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from sqlite3 import connect

from bench.gateway import await_port, free_port, running
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.compose.loading import SettingsSource
from yett.compose.replaying import replay
from yett.model.record import Entry, Record
from yett.policy.comparison import Report
from yett.records.building import parse, serialise
from yett.records.chain import GENESIS, link

__all__ = ["filled", "main", "recorded"]

_SETTINGS = """
server: {{mode: development, port: {port}}}
records: {{path: {folder}/records, database_url: "{address}"}}
llm_providers: {{stub: {{kind: stub}}}}
"""
_CANDIDATE = """
metadata: {id: candidate, priority: 2000}
rules:
  - {id: long, when: "llm.promptLength > 4000000", action: {decision: deny}}
  - {id: dear, when: "llm.model == 'model-8' && team.tier == 'free'", action: {decision: deny}}
  - {id: team, when: "team.id == 'team-3' && !('intern' in user.roles)", action: {decision: warn}}
"""
_TEXTS = ("Hi", "What is a yett?", "Her address is jane@example.org")
_PAGE = 2_000
_MODELS, _TEAMS, _TIERS = 40, 200, ("free", "pro", "team", "enterprise")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--shares", default="1,10,100")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = recorded(folder)
        (folder / "candidate.yaml").write_text(_CANDIDATE)
        _replayed(folder, f"sqlite:///{folder / 'gateway.db'}")  # what is imported late is imported now
        print(f"a record has {sum(len(serialise(each)) for each in kinds) // len(kinds):,} bytes")
        for share in map(int, options.shares.split(",")):
            address = f"sqlite:///{folder / f'{share}.db'}"
            asyncio.run(filled(address, kinds, options.records, max(1, options.records * share // 100)))
            _row(folder, share, address)
            (folder / f"{share}.db").unlink()


def recorded(folder: Path) -> list[Record]:
    """Return what a gateway that is served in *folder* records of a few questions."""
    port = free_port()
    file = _configured(folder, port, f"sqlite:///{folder / 'gateway.db'}")
    with running([sys.executable, "-m", "yett", "serve", "--config", str(file)], core=0):
        await_port(port)
        for text in _TEXTS:
            _ask(port, text)
    with closing(connect(folder / "gateway.db")) as database:
        bodies = database.execute("SELECT body FROM yett_entries ORDER BY sequence").fetchall()
    return [record for (body,) in bodies if (record := parse(body))]


async def filled(address: str, kinds: Sequence[Record], count: int, distinct: int) -> None:
    """Store *count* records like *kinds* at *address*, with *distinct* different sets of facts."""
    database = await Database.open(address)
    store, chain, previous, sequence = SqlRecords(database), f"bench-{count}-{distinct}", GENESIS, 0
    made = _made(kinds, count, distinct)
    while page := list(islice(made, _PAGE)):
        entries = []
        for record in page:
            sequence, body = sequence + 1, serialise(record)
            previous = link(previous, sequence, body)
            entries.append(Entry(chain, sequence, record.id, record.at, body, previous))
        await store.append(entries)
    await database.aclose()


def _made(kinds: Sequence[Record], count: int, distinct: int) -> Iterator[Record]:
    rng, now = random.Random(count), time.time()
    for number in range(count):
        facts = number if distinct >= count else rng.randrange(distinct)
        kind = kinds[facts % len(kinds)]
        known = {
            "llm.model": f"model-{facts % _MODELS}",
            "llm.promptLength": 10 + facts,
            "team.id": f"team-{facts % _TEAMS}",
            "team.tier": _TIERS[facts % len(_TIERS)],
        }
        judgements = [
            replace(
                judged,
                coverage=tuple((path, origin, 10 + number % 5_000, by) for path, origin, _, by in judged.coverage),
                vector={**(judged.vector or {}), **known},
            )
            for judged in kind.judgements
        ]
        yield replace(
            kind,
            id=f"req_{rng.getrandbits(96):024x}",
            at=now - count + number,
            tenant=str(known["team.id"]),
            subject=f"{rng.getrandbits(128):032x}",
            model=str(known["llm.model"]),
            judgements=judgements,
            duration=rng.random(),
            request_digest=f"{rng.getrandbits(128):032x}",
            response_digest=f"{rng.getrandbits(128):032x}",
            cost=f"0.{rng.randrange(1, 100_000):06}",
        )


def _row(folder: Path, share: int, address: str) -> None:
    wall, spent = time.perf_counter(), time.process_time()
    report = _replayed(folder, address)
    spent, wall = time.process_time() - spent, time.perf_counter() - wall
    print(
        f"{share:3} % distinct{report.records / spent:12,.0f} records for a second of processor time, "
        f"{report.records / wall:,.0f}/s; {_told(report)}",
        flush=True,
    )


def _replayed(folder: Path, address: str) -> Report:
    source = SettingsSource(_configured(folder, free_port(), address), environment={}, folder=folder)
    return replay(source.load().settings, (folder / "candidate.yaml",), 0.0)


def _configured(folder: Path, port: int, address: str) -> Path:
    file = folder / "yett.yaml"
    file.write_text(_SETTINGS.format(port=port, folder=folder, address=address))
    return file


def _told(report: Report) -> str:
    changes = ", ".join(f"{each.count:,} {change.value}" for change, each in report.changed.items())
    return f"{report.replayed:,} of {report.records:,} replayed: {changes}"


def _ask(port: int, text: str) -> None:
    body = json.dumps({"model": "stub", "messages": [{"role": "user", "content": text}]}).encode()
    headers = {"authorization": "Bearer dev-token", "content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions", body, headers)
    with urllib.request.urlopen(request) as answer:
        answer.read()


if __name__ == "__main__":
    main()
