"""What sites learn together; `figures` says how it is run."""

__all__ = ["main"]


def main() -> None:
    """Say where the figures are."""
    print("see bench/federated/RESULTS.md; `python -m bench.federated.figures --corpus FOLDER` measures anew")
