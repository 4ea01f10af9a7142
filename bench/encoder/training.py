"""
Train the encoder against the clock, and let it judge what was kept apart.

    python -m bench.encoder.training --corpus FOLDER FOLDER --base FOLDER --out FOLDER --minutes 55

needs torch, safetensors, scikit-learn and onnx beside Yett's own extras. The corpora are folders of `*.jsonl` or
`*.jsonl.gz`, the base one with MiniLM-L6's `model.safetensors` and `tokenizer.json`.

Rules:

1. What `texts.kept_apart` names is not learnt from, nor looked at while learning: whole sources, and a tenth of what was
   written by hand. The model that is judged is the one that is kept, but for its last minutes: a run may go on from an
   earlier one, and with `--last` it learns from what was kept apart, too, slowly, but for what `texts.spared` names.
2. The embeddings and the lowest layers stay as they were published; the higher a layer, the faster it learns.
3. Of a long attack the window is learnt that looks most like one to a linear model of words, since the rest of it may
   well be innocent; of a long innocent text, that one or any other. Most long texts are cut to a shorter piece
   first, which costs less and shows more texts in the same time.
4. Several times the innocent texts that the model finds most like attacks are drawn more often, and so are
   the attacks that it finds most innocent.
5. The clock sets the pace: the rate falls with the time that is left, so that a run ends when it was told to.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from tokenizers import Tokenizer
from torch.nn import functional

from bench.encoder.network import LAYERS, Network, padded
from bench.encoder.texts import WRITTEN, carried, disguised, elsewhere, gathered, kept_apart, spared
from yett.adapters.scorers.tokens import Tokens
from yett.learning.example import Example
from yett.learning.weighting import weights
from yett.model.segment import Origin

FROZEN = 2
"""How many of the lowest layers are left as they were published."""
BATCH = 32
SLOWER = 0.85
"""By what each layer learns slower than the one above it."""
ROUND = 1600
"""Windows drawn at a time."""
PIECE, PIECES = 240, 170
"""Characters of a piece of a long text, and from the beginning of one to that of the next."""
LOOKED_AT = {False: 3000, True: 1200}
"""How many innocent texts and attacks are looked at to find the hard ones."""
SHORTENED, CARRIED = 0.6, 0.1
"""The share of long texts that are cut to a piece, and of short ones that are put among innocent ones."""
HARD, OFTENER = 0.15, 4.0
"""The share of them that counts as hard, and how much oftener those are drawn."""
JUDGED = 400
"""How many attacks and innocent texts of each source that was kept apart are judged."""


class Item(NamedTuple):
    """A window to learn from."""

    window: list[int]
    attack: float


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

    def worst(self, texts: Sequence[str]) -> int:
        """Return the place of the worst of *texts*."""
        return int(self.model.decision_function(self.vectors.transform(texts)).argmax()) if len(texts) > 1 else 0


def _oftener(example: Example) -> float:
    """Say how much oftener *example* is drawn than its weight says, which is that for a sum of words."""
    if not example.source.startswith(WRITTEN):
        return 1.0
    return 15.0 if example.attack else 5.0


class Stream:
    """Draws windows to learn from."""

    def __init__(self, examples: Sequence[Example], tokens: Tokens, words: Tokenizer, seed: int) -> None:
        self.examples = examples
        self.share = weights(examples) * [_oftener(each) for each in examples]
        self._tokens, self._words, self._dice = tokens, words, Random(seed)
        self._ranker = Ranker().fit(examples)
        self._innocent = [each.text for each in examples if not each.attack and len(each.text) > 300]

    def items(self, count: int) -> list[Item]:
        """Draw *count* windows."""
        drawn = self._dice.choices(range(len(self.examples)), self.share.tolist(), k=count)
        return [self.item(self.examples[index]) for index in drawn]

    def item(self, example: Example) -> Item:
        """Make a window of *example*: disguised, in a piece, among innocent texts, or as it is."""
        dice, text, origin = self._dice, example.text, elsewhere(example, self._dice)
        if len(text) > PIECE and dice.random() < SHORTENED:
            pieces = [text[begin : begin + PIECE] for begin in range(0, min(len(text), 4000) - PIECE // 3, PIECES)]
            text = pieces[self._chosen(example, pieces)]
        elif len(text) < PIECE and dice.random() < CARRIED:
            text = carried(text, self._innocent, dice)
            origin = dice.choice((origin, Origin.DOCUMENT, Origin.TOOL))
        windows = self._tokens.windows(disguised(text, dice), origin, most=12)
        place = self._chosen(example, self._words.decode_batch(windows)) if len(windows) > 1 else 0
        return Item(windows[place], float(example.attack))

    def _chosen(self, example: Example, pieces: Sequence[str]) -> int:
        likely = example.attack or self._dice.random() < 0.5
        return self._ranker.worst(pieces) if likely else self._dice.randrange(len(pieces))

    def seek_hard(self, network: Network) -> None:
        """Draw those examples more often that *network* judges wrongest."""
        for attack, most in LOOKED_AT.items():
            places = [place for place, each in enumerate(self.examples) if each.attack is attack]
            looked = sorted(set(self._dice.choices(places, self.share[places].tolist(), k=most)))
            wrong = answered(network, [self.item(self.examples[place]).window for place in looked])
            wrong = -wrong if attack else wrong
            hard = np.array(looked)[wrong >= np.quantile(wrong, 1 - HARD)]
            self.share[hard] *= OFTENER if not attack else OFTENER / 2


@dataclass(frozen=True)
class Pace:
    """How fast a network learns."""

    highest: float = 1.3e-4
    """The rate of its highest layer."""
    head: float = 1e-3
    searches: tuple[float, ...] = (0.25, 0.45, 0.65, 0.85)
    """After which shares of the time hard texts are looked for."""


LAST = Pace(7e-5, 2e-4, ())


@dataclass
class Course:
    """One training."""

    network: Network
    stream: Stream
    seconds: float
    kept: Path
    pace: Pace
    begun: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Train until the time is over; the network is kept after each round."""
        network = self.network.train()
        optimiser = torch.optim.AdamW(
            [
                *(
                    {
                        "params": network.layers[layer].parameters(),
                        "lr": self.pace.highest * SLOWER ** (LAYERS - 1 - layer),
                    }
                    for layer in range(FROZEN, LAYERS)
                ),
                {"params": network.head.parameters(), "lr": self.pace.head},
            ],
            fused=True,
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, self.passed()))
        dice, sought, step, tokens = Random(0), 0, 0, 0
        while self.passed() < 1.0:
            if sought < len(self.pace.searches) and self.passed() > self.pace.searches[sought]:
                self.stream.seek_hard(network.eval())
                network.train()
                sought += 1
            items, losses = self.stream.items(ROUND), []
            for batch in shuffled([len(item.window) for item in items], dice):
                if self.passed() >= 1.0:
                    break
                losses.append(self._step([items[place] for place in batch]))
                optimiser.step()
                optimiser.zero_grad()
                step += 1
                tokens += sum(len(items[place].window) for place in batch)
                schedule.step()
            torch.save(network.state_dict(), self.kept)
            spent = f"{time.monotonic() - self.begun:.0f} s, {time.process_time():.0f} s of the processor"
            print(f"{step} steps, {tokens} tokens, loss {np.mean(losses):.4f}, {spent}", flush=True)
        network.eval()

    def passed(self) -> float:
        """Return the share of the time that is over."""
        return (time.monotonic() - self.begun) / self.seconds

    def _step(self, items: Sequence[Item]) -> float:
        tokens, present, mask = padded([item.window for item in items])
        with torch.no_grad():
            hidden = self.network.lower(tokens, mask, FROZEN)
        answers = self.network.upper(hidden, mask, FROZEN, present)
        wanted = torch.tensor([item.attack for item in items]) * 0.97 + 0.01
        loss = functional.binary_cross_entropy_with_logits(answers, wanted)
        loss.backward()
        learning = [each for each in self.network.parameters() if each.grad is not None]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        return float(loss.detach())


def rate(step: int, passed: float) -> float:
    """Rise for 40 steps, then fall to nearly nothing as the time passes."""
    return min(1.0, (step + 1) / 40) * max(0.02, 1 - passed)


def answered(network: Network, windows: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Return the log-odds of each of *windows*."""
    answers = np.zeros(len(windows))
    with torch.inference_mode():
        for batch in by_length(windows):
            tokens, present, mask = padded([windows[place] for place in batch])
            answers[batch] = network.upper(network.lower(tokens, mask, FROZEN), mask, FROZEN, present).numpy()
    return answers


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


def sampled(examples: Sequence[Example], seed: int) -> list[Example]:
    """Return up to `JUDGED` attacks and as many innocent texts of each source."""
    groups: dict[tuple[str, bool], list[Example]] = {}
    for example in examples:
        groups.setdefault((example.source, example.attack), []).append(example)
    return [each for group in groups.values() for each in Random(seed).sample(group, min(JUDGED, len(group)))]


def counted(examples: Sequence[Example]) -> dict[str, int]:
    """Return how many of *examples* each source has."""
    return dict(sorted(Counter(each.source for each in examples).items()))


def told(examples: Sequence[Example]) -> list[dict[str, object]]:
    """Return *examples* as rows of JSON."""
    fields = ("source", "attack", "origin", "kind", "language", "text")
    return [{name: getattr(each, name) for name in fields} for each in examples]


def main() -> None:
    """Train, and write `network.pt`, `learnt.json`, and `apart.json`, the texts to judge it by."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, nargs="+", required=True)
    for name in ("--base", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=55.0)
    parser.add_argument("--begun", type=Path, help="the network.pt to go on from")
    parser.add_argument("--last", action="store_true", help="learn from what was kept apart, too")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    examples = gathered(options.corpus, options.seed)
    away = spared if options.last else kept_apart
    apart = sampled([each for each in examples if away(each)], options.seed)
    (options.out / "apart.json").write_text(json.dumps(told(apart), ensure_ascii=False), "utf-8")
    description = options.base / "tokenizer.json"
    stream = Stream(
        [each for each in examples if not away(each)],
        Tokens(description.read_bytes()),
        Tokenizer.from_file(str(description)),
        options.seed,
    )
    (options.out / "learnt.json").write_text(json.dumps(counted(stream.examples)), "utf-8")
    print(f"{len(stream.examples)} examples to learn from, {len(apart)} to be judged by", flush=True)
    network = Network(options.base / "model.safetensors")
    if options.begun:
        network.load_state_dict(torch.load(options.begun, weights_only=True))
    pace = LAST if options.last else Pace()
    Course(network, stream, options.minutes * 60, options.out / "network.pt", pace, begun).run()


if __name__ == "__main__":
    main()
