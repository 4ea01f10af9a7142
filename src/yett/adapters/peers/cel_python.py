"""`cel-python`: CEL written in Python."""

from collections.abc import Iterator
from contextlib import contextmanager

from yett.adapters.peers.language import CEL
from yett.adapters.peers.peer import Facts, Peer, Ready, Untold, Written

__all__ = ["CEL_PYTHON"]


@contextmanager
def _started(written: Written) -> Iterator[Ready]:
    import celpy  # noqa: PLC0415 - only where somebody has it

    environment = celpy.Environment()
    try:
        programs = [(number, environment.program(environment.compile(rule))) for number, rule in written.rules.items()]
    except celpy.CELParseError as error:
        raise Untold(str(error)) from None

    def question(facts: Facts) -> object:
        return celpy.json_to_cel(facts)

    def ask(context: object) -> set[int]:
        matching = set()
        for number, program in programs:
            try:
                if program.evaluate(context):
                    matching.add(number)
            except celpy.CELEvalError:
                continue
        return matching

    yield Ready(question, ask)


CEL_PYTHON = Peer("cel-python", "celpy", "pip install cel-python", write=CEL.write, start=_started)
