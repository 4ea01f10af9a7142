"""
Train the encoder: three models on parts of the sources, to say how well unseen ones are judged, and one on all.

    python -m bench.encoder.training --corpus FOLDER --base FOLDER --out FOLDER

needs torch, safetensors, scikit-learn and onnx beside Yett's own extras. The corpus is a folder of `*.jsonl.gz`, the
base one with MiniLM-L6's `model.safetensors` and `tokenizer.json`.

Rules:

1. Whole sources are held out, in three groups, and judged by a model that has seen nothing of them. The model that is
   kept has seen something of every source, and its scale is drawn from texts of these sources that it has not seen.
2. The embeddings and the lowest layers stay as they were published. What they make of a window is computed once and
   kept for all four models.
3. Of a long attack the window is learnt that looks most like one to a linear model of words, since the rest of it may
   well be innocent; of a long innocent text, that one or any other.
4. Equal seeds give equal models on one machine.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from bench.encoder.network import Network, padded
from bench.encoder.texts import disguised, elsewhere, gathered
from yett.adapters.scorers.tokens import Tokens
from yett.learning.example import Example
from yett.learning.folds import Fold, folds
from yett.learning.weighting import weights

FROZEN = 3
"""How many of the lowest layers are left as they were published."""
BATCH = 32
RATE, RATE_OF_HEAD = 1e-4, 1e-3
JUDGED = 100
"""How many attacks and innocent texts of each source are judged when it is held out."""
UNSEEN_ATTACKS, UNSEEN_INNOCENT = 20, 50
"""How many texts of each source are kept for the scale, among those that were not learnt from."""


class Item(NamedTuple):
    """A window to learn from."""

    example: int
    window: list[int]
    attack: float
    weight: float


@dataclass
class Ranker:
    """Says which window of a text looks most like an attack, to a linear model of words."""

    vectors: HashingVectorizer = field(
        default_factory=lambda: HashingVectorizer(n_features=2**19, ngram_range=(1, 3), alternate_sign=False)
    )
    model: SGDClassifier = field(
        default_factory=lambda: SGDClassifier("log_loss", alpha=3e-6, class_weight="balanced", random_state=0)
    )

    def fit(self, examples: Sequence[Example]) -> "Ranker":
        """Learn from the beginnings of *examples*."""
        self.model.fit(
            self.vectors.transform([each.text[:3000] for each in examples]), [each.attack for each in examples]
        )
        return self

    def ranked(self, windows: list[list[int]], words: Tokenizer) -> list[list[int]]:
        """Return *windows*, the worst first."""
        if len(windows) == 1:
            return windows
        marks = self.model.decision_function(self.vectors.transform(words.decode_batch(windows)))
        return [windows[place] for place in np.argsort(-marks, kind="stable")]


@dataclass
class Workshop:
    """What all models are made with."""

    examples: list[Example]
    tokens: Tokens
    words: Tokenizer
    network: Network
    seed: int

    def items(self, count: int) -> list[Item]:
        """Draw about *count* windows to learn from; the more an example weighs, the likelier it is drawn."""
        dice = Random(self.seed)
        ranker = Ranker().fit(self.examples)
        weighed = weights(self.examples)
        drawn = []
        for index, (example, share) in enumerate(zip(self.examples, weighed * count / len(weighed), strict=True)):
            if dice.random() >= share:
                continue
            origin = elsewhere(example, dice)
            windows = self.tokens.windows(disguised(example.text, dice), origin, most=12)
            if example.attack or dice.random() < 0.5:
                window = ranker.ranked(windows, self.words)[0]
            else:
                window = dice.choice(windows)
            drawn.append(Item(index, window, float(example.attack), min(2.0, max(1.0, share))))
        return drawn

    def lowered(self, items: Sequence[Item]) -> list[Tensor]:
        """Return what the lowest layers make of each window, in half precision."""
        made: list[Tensor] = [torch.empty(0)] * len(items)
        self.network.eval()
        with torch.inference_mode():
            for batch in by_length([item.window for item in items]):
                tokens, _, mask = padded([items[place].window for place in batch])
                hidden = self.network.lower(tokens, mask, FROZEN).half()
                for row, place in zip(hidden, batch, strict=True):
                    made[place] = row[: len(items[place].window)].clone()
        return made

    def trained(self, items: Sequence[Item], lowered: Sequence[Tensor], epochs: int) -> Network:
        """Return a network that has learnt from *items*."""
        torch.manual_seed(self.seed)
        network = deepcopy(self.network).train()
        layers = [parameter for layer in network.layers[FROZEN:] for parameter in layer.parameters()]
        optimiser = torch.optim.AdamW(
            [{"params": layers, "lr": RATE}, {"params": network.head.parameters(), "lr": RATE_OF_HEAD}]
        )
        dice = Random(self.seed)
        batches = [batch for _ in range(epochs) for batch in shuffled([len(item.window) for item in items], dice)]
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, len(batches)))
        losses, begun = [], time.monotonic()
        for step, batch in enumerate(batches, 1):
            losses.append(_step(network, [items[place] for place in batch], [lowered[place] for place in batch]))
            torch.nn.utils.clip_grad_norm_([*layers, *network.head.parameters()], 1.0)
            optimiser.step()
            optimiser.zero_grad()
            schedule.step()
            if step % 20 == 0:
                said = f"step {step} of {len(batches)}, loss {np.mean(losses[-20:]):.4f}"
                print(f"{said}, {time.monotonic() - begun:.0f} s", flush=True)
        return network.eval()

    def judged(self, network: Network, examples: Sequence[int], ranker: Ranker) -> dict[int, float]:
        """Return the log-odds of the worst of up to four windows of each of *examples*, by their positions."""
        windows, owners = [], []
        for index in examples:
            example = self.examples[index]
            cut = self.tokens.windows(example.text, example.origin, most=40)
            worst = ranker.ranked(cut, self.words)[:4]
            windows += worst
            owners += [index] * len(worst)
        answers = dict.fromkeys(examples, -np.inf)
        with torch.inference_mode():
            for batch in by_length(windows):
                tokens, present, mask = padded([windows[place] for place in batch])
                made = network.upper(network.lower(tokens, mask, FROZEN), mask, FROZEN, present)
                for place, answer in zip(batch, made.tolist(), strict=True):
                    answers[owners[place]] = max(answers[owners[place]], answer)
        return {index: float(answer) for index, answer in answers.items()}

    def held_out(self, network: Network, fold: Fold) -> list[dict[str, object]]:
        """Return how *network*, which has seen nothing of it, judges what *fold* holds out."""
        ranker = Ranker().fit([self.examples[index] for index in fold.learnt])
        answers = self.judged(network, sampled(self.examples, fold.held, self.seed), ranker)
        rows = told(self.examples, list(answers))
        return [row | {"answer": answer} for row, answer in zip(rows, answers.values(), strict=True)]


def _step(network: Network, items: Sequence[Item], lowered: Sequence[Tensor]) -> float:
    _, present, mask = padded([item.window for item in items])
    hidden = torch.nn.utils.rnn.pad_sequence([each.float() for each in lowered], batch_first=True)
    answers = network.upper(hidden, mask, FROZEN, present)
    wanted = torch.tensor([item.attack for item in items]) * 0.98 + 0.01
    each = functional.binary_cross_entropy_with_logits(answers, wanted, reduction="none")
    weight = torch.tensor([item.weight for item in items])
    loss = (each * weight).sum() / weight.sum()
    loss.backward()
    return float(loss.detach())


def rate(step: int, steps: int) -> float:
    """Rise for 40 steps, then fall to nearly nothing."""
    return min(1.0, (step + 1) / 40) * max(0.02, 1 - step / steps)


def by_length(windows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Group the positions of *windows* so that those of a group are of about equal length."""
    order = sorted(range(len(windows)), key=lambda place: len(windows[place]))
    for begin in range(0, len(order), BATCH):
        yield order[begin : begin + BATCH]


def shuffled(lengths: Sequence[int], dice: Random) -> list[list[int]]:
    """Make batches of about equal length within, in random order."""
    order = list(range(len(lengths)))
    dice.shuffle(order)
    batches = []
    for begin in range(0, len(order), BATCH * 40):
        part = sorted(order[begin : begin + BATCH * 40], key=lambda place: lengths[place])
        batches += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
    dice.shuffle(batches)
    return batches


def sampled(examples: Sequence[Example], held: Sequence[int], seed: int) -> list[int]:
    """Return the positions of up to `JUDGED` attacks and as many innocent texts of each held source."""
    groups: dict[tuple[str, bool], list[int]] = {}
    for index in held:
        groups.setdefault((examples[index].source, examples[index].attack), []).append(int(index))
    return [index for group in groups.values() for index in Random(seed).sample(group, min(JUDGED, len(group)))]


def unseen(examples: Sequence[Example], drawn: set[int], seed: int) -> list[int]:
    """Return the positions of some examples that were not drawn, though others of their sources were."""
    learnt = {examples[index].text for index in drawn}
    rest = [index for index, each in enumerate(examples) if index not in drawn and each.text not in learnt]
    groups: dict[tuple[str, bool], list[int]] = {}
    for index in rest:
        groups.setdefault((examples[index].source, examples[index].attack), []).append(index)
    dice = Random(seed)
    return [
        index
        for (_, attack), group in groups.items()
        for index in dice.sample(group, min(UNSEEN_ATTACKS if attack else UNSEEN_INNOCENT, len(group)))
    ]


def told(examples: Sequence[Example], chosen: Sequence[int]) -> list[dict[str, object]]:
    """Return the *chosen* examples as rows of JSON."""
    fields = ("source", "attack", "origin", "kind", "language", "text")
    return [{name: getattr(examples[index], name) for name in fields} for index in chosen]


def main() -> None:
    """Train, judge and write `network.pt`, `unseen.json` and a `held-out-….json` for each group."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--corpus", "--base", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--windows", type=int, default=14_000, help="to learn from")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    examples = gathered(options.corpus, options.seed)
    description = options.base / "tokenizer.json"
    shop = Workshop(
        examples,
        Tokens(description.read_bytes()),
        Tokenizer.from_file(str(description)),
        Network(options.base / "model.safetensors"),
        options.seed,
    )
    items = shop.items(options.windows)
    print(
        f"{len(examples)} examples, {len(items)} windows, {sum(len(item.window) for item in items)} tokens", flush=True
    )
    lowered = shop.lowered(items)
    print("the lowest layers are done", flush=True)
    rest = unseen(examples, {item.example for item in items}, options.seed)
    (options.out / "unseen.json").write_text(json.dumps(told(examples, rest), ensure_ascii=False), "utf-8")
    if not (kept := options.out / "network.pt").exists():
        torch.save(shop.trained(items, lowered, options.epochs).state_dict(), kept)
    for number, fold in enumerate(folds(examples, 3)):
        if (file := options.out / f"held-out-{number}.json").exists():
            continue
        learnt = set(fold.learnt.tolist())
        places = [place for place, item in enumerate(items) if item.example in learnt]
        network = shop.trained([items[place] for place in places], [lowered[place] for place in places], options.epochs)
        rows = shop.held_out(network, fold)
        file.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        print(f"judged {len(rows)} of {', '.join(fold.sources)}", flush=True)


if __name__ == "__main__":
    main()
