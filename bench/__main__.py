"""
Run the benchmarks, all in turn or those that are named: `python -m bench [name …]`.

A benchmark is a module of this package with a `main()`. What it prints is its result.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

import bench

__all__ = ["main", "names"]


def names() -> list[str]:
    """Return the names of all benchmarks, in alphabetical order; those of a folder are `folder.name`."""
    return sorted(_below(bench.__path__, ""))


def _below(folders: Iterable[str], prefix: str) -> Iterator[str]:
    for module in iter_modules(folders):
        if module.name.startswith("_"):
            continue
        yield f"{prefix}{module.name}"
        if module.ispkg:
            yield from _below([f"{folder}/{module.name}" for folder in folders], f"{prefix}{module.name}.")


def main(wanted: list[str]) -> int:
    """Run the *wanted* benchmarks, or all; return the exit code."""
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark `{'`, `'.join(unknown)}`; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in wanted or known:
        print(f"\n=== {name} ===", flush=True)
        sys.argv = [f"bench.{name}"]  # a benchmark reads its own options when it is run by itself
        try:
            benchmark = import_module(f"bench.{name}")
        except ModuleNotFoundError as missing:
            if missing.name and missing.name.startswith("bench"):
                raise
            print(f"left out: it compares with `{missing.name}`, which is not installed")
            continue
        benchmark.main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
