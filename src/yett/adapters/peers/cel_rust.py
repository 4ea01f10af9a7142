"""`common-expression-language`: the CEL of Rust, in Python."""

from collections.abc import Iterator
from contextlib import contextmanager

from yett.adapters.peers.language import CEL
from yett.adapters.peers.peer import Facts, Peer, Ready, Untold, Written

__all__ = ["CEL_RUST"]

_BROKEN = (KeyError, TypeError, ValueError, RuntimeError)
"""What an expression raises that has no value."""


@contextmanager
def _started(written: Written) -> Iterator[Ready]:
    import cel  # noqa: PLC0415 - only where somebody has it

    try:
        programs = [(number, cel.compile(rule)) for number, rule in written.rules.items()]
    except ValueError as error:
        raise Untold(str(error)) from None

    def question(facts: Facts) -> object:
        return cel.Context(variables=dict(facts))

    def ask(context: object) -> set[int]:
        matching = set()
        for number, program in programs:
            try:
                if program.execute(context) is True:
                    matching.add(number)
            except _BROKEN:
                continue
        return matching

    yield Ready(question, ask)


CEL_RUST = Peer(
    "common-expression-language", "cel", "pip install common-expression-language", write=CEL.write, start=_started
)
