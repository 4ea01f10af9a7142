"""
Make the artefact that is shipped out of what training left: the graph in 8-bit numbers, its tokenizer, its scale.

    python -m bench.encoder.artefact --trained FOLDER --base FOLDER --out FOLDER --key FILE [--judged FILE]

The scale is drawn from innocent texts that were met in the world and not learnt from, judged by the 8-bit graph: 3 % of
them reach 0.5, 0.75 % reach 0.7, 0.1 % reach 0.9. The manifest says that, how well what was kept apart is judged on this
scale, and how far the 8-bit graph departs from the whole one. FILE holds the private key, in hex.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import onnxruntime
import torch

from bench.encoder.figures import OPERATING, Row, counted, mean_found, points
from bench.encoder.network import Network, answers, export
from yett.adapters.scorers.tokens import Tokens
from yett.integrity.digests import digest
from yett.integrity.manifest import Manifest, sealed, write_manifest
from yett.model.segment import Origin

__all__ = ["about", "agreement", "main", "scale"]

SCORES = {"monitor": 0.5, "balanced": 0.7, "strict": 0.9}


def scale(rows: Sequence[Row]) -> dict[str, list[float]]:
    """Return the points at which an answer has a known score."""
    innocent = np.array([row["answer"] for row in rows if counted(row) and not row["attack"]])
    attacks = np.array([row["answer"] for row in rows if row["attack"]])
    drawn = [(float(np.median(innocent)), 0.05)]
    drawn += [(threshold, SCORES[name]) for name, threshold in points(rows).items()]
    drawn.append((max(drawn[-1][0] + 0.1, float(np.quantile(attacks, 0.99))), 1.0))
    return {"answers": [round(answer, 4) for answer, _ in drawn], "scores": [score for _, score in drawn]}


def agreement(whole: Path, small: Path, windows: Sequence[list[int]], threshold: float) -> dict[str, float]:
    """Say how far the *small* graph departs from the *whole* one on *windows*."""
    one, other = (answers(opened(file), windows) for file in (whole, small))
    return {
        "windows": len(windows),
        "correlation": round(float(np.corrcoef(one, other)[0, 1]), 5),
        "mean difference of the log-odds": round(float(np.abs(one - other).mean()), 4),
        "largest difference": round(float(np.abs(one - other).max()), 4),
        "same side of the balanced point": round(float(((one >= threshold) == (other >= threshold)).mean()), 4),
    }


def description(file: Path) -> bytes:
    """Return a tokenizer's description without what the reader of windows decides himself."""
    parts = json.loads(file.read_text("utf-8"))
    return json.dumps(parts | {"truncation": None, "padding": None}, ensure_ascii=False, separators=(",", ":")).encode()


def judged(rows: Sequence[Row], network: Path, tokens: Tokens) -> list[Row]:
    """Return *rows* with the answer of *network* to the worse of the first two windows of each."""
    session = opened(network)
    return [
        {
            **row,
            "answer": float(answers(session, tokens.windows(str(row["text"]), Origin(str(row["origin"])), 2)).max()),
        }
        for row in rows
    ]


def opened(network: Path) -> onnxruntime.InferenceSession:
    """Open *network* for one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])


def about(
    learnt: Mapping[str, int], spared: Sequence[Row], apart: Sequence[Row], agreed: Mapping[str, float]
) -> dict[str, object]:
    """Return what the manifest says beside names and digests; *apart* are rows that were judged before the last minutes."""
    at = points(apart)
    return {
        "base": "all-MiniLM-L6-v2, Apache-2.0",
        "licence": "Apache-2.0",
        "learnt from": dict(learnt),
        "scale": scale(spared),
        "kept apart until the last minutes": {
            "sources": sorted({str(row["source"]) for row in apart}),
            "innocent": sum(not row["attack"] for row in apart),
            "attacks": sum(bool(row["attack"]) for row in apart),
            "attacks found at these shares of false alarms": {
                f"{OPERATING[name]:.2%}": round(mean_found(apart, threshold), 3) for name, threshold in at.items()
            },
        },
        "8-bit graph against whole one": dict(agreed),
    }


def main() -> None:
    """Write `network.onnx`, `tokenizer.json` and `manifest.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--trained", "--base", "--out", "--key"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--judged", type=Path, help="the judged.json of what was trained without the last minutes")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    network = Network(options.base / "model.safetensors")
    network.load_state_dict(torch.load(options.trained / "network.pt", weights_only=True))
    whole, small = export(network, options.out)
    (options.out / "tokenizer.json").write_bytes(tokenizer := description(options.base / "tokenizer.json"))
    tokens = Tokens(tokenizer)
    spared = judged(json.loads((options.trained / "apart.json").read_text("utf-8")), small, tokens)
    (options.out / "judged.json").write_text(json.dumps(spared, ensure_ascii=False), "utf-8")
    windows = [tokens.windows(str(row["text"]), Origin(str(row["origin"])))[0] for row in Random(0).sample(spared, 400)]
    agreed = agreement(whole, small, windows, points(spared)["balanced"])
    whole.unlink()
    apart = json.loads(options.judged.read_text("utf-8")) if options.judged else spared
    learnt = json.loads((options.trained / "learnt.json").read_text("utf-8"))
    files = {small.name: small.read_bytes(), "tokenizer.json": tokenizer}
    revision = digest(files[small.name]).partition(":")[2][:12]
    manifest = Manifest("encoder", revision, {}, about(learnt, spared, apart, agreed))
    signed = sealed(manifest, files, options.key.read_text("ascii").strip())
    (options.out / "manifest.json").write_bytes(write_manifest(signed))
    print(json.dumps(manifest.about, indent=1))


if __name__ == "__main__":
    main()
