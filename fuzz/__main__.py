"""
Fuzz one target after the other, each for a while.

    python -m fuzz [TARGET …] [--seconds 60]

What breaks a promise is kept in `.fuzz/TARGET/`, as are the inputs that reach new code, with which the next run begins.
It needs atheris, which `make fuzz` installs beside what the tests need.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

NAMES = ("guard", "cost", "streams", "dialects", "policies")
FOLDER = Path(".fuzz")
LONGEST = 4096


def fuzz(name: str, seconds: int) -> None:
    """Fuzz the target *name* in this process, which then ends."""
    import atheris  # noqa: PLC0415 - what it measures must be imported by it

    with atheris.instrument_imports(include=["yett", "fuzz"]):
        from fuzz.targets import SEEDS, TARGETS  # noqa: PLC0415 - as above
    corpus = FOLDER / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]()):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=30", "-rss_limit_mb=4096"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={FOLDER / name}/", str(corpus)], TARGETS[name])
    atheris.Fuzz()


def main() -> None:
    """Fuzz the targets that are named, or all of them, each in a process of its own."""
    options = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    options.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(NAMES)}; all where none is named"
    )
    options.add_argument("--seconds", type=int, default=60, help="for each target")
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = options.parse_args()
    if told.here:
        fuzz(told.targets[0], told.seconds)
    broken = []
    for name in told.targets or NAMES:
        command = [sys.executable, "-m", "fuzz", name, "--seconds", str(told.seconds), "--here"]
        if subprocess.run(command, env=dict(os.environ), check=False).returncode:
            broken.append(name)
    if broken:
        sys.exit(f"broken promises, see {FOLDER}/: {', '.join(broken)}")


if __name__ == "__main__":
    main()
