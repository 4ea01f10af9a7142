"""
The network: MiniLM-L6, mean pooling, one linear answer; and its way into an ONNX graph of 8-bit numbers.

It is written out in plain torch, so that nothing but the published weights is needed, and so that a graph of one window
without padding can be exported. Source: Wang et al., MiniLM, 2020; weights of all-MiniLM-L6-v2 (Apache-2.0).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, LAYERS, INNER, EPSILON = 384, 12, 6, 1536, 1e-12


class Layer(nn.Module):
    """One layer: attention, then two dense steps, each added to what came in and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.dense = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH, EPSILON), nn.LayerNorm(WIDTH, EPSILON)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        """Return what the next layer gets; *mask* is true where a token may be looked at."""
        batch, length = hidden.shape[:2]
        heads = (batch, length, HEADS, WIDTH // HEADS)
        query, key, value = (part(hidden).view(heads).transpose(1, 2) for part in (self.query, self.key, self.value))
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        hidden = self.first(hidden + self.dense(seen.transpose(1, 2).reshape(batch, length, WIDTH)))
        return self.second(hidden + self.down(functional.gelu(self.up(hidden))))


class Network(nn.Module):
    """Numbers of tokens in, log-odds out."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(WIDTH, 1)
        nn.init.zeros_(self.head.bias)
        self._load(load_file(weights))

    def _load(self, published: dict[str, Tensor]) -> None:
        names = {
            "query": "attention.self.query",
            "key": "attention.self.key",
            "value": "attention.self.value",
            "dense": "attention.output.dense",
            "up": "intermediate.dense",
            "down": "output.dense",
            "first": "attention.output.LayerNorm",
            "second": "output.LayerNorm",
        }
        own = {
            f"layers.{layer}.{name}.{part}": published[f"encoder.layer.{layer}.{theirs}.{part}"]
            for layer in range(LAYERS)
            for name, theirs in names.items()
            for part in ("weight", "bias")
        }
        own["words.weight"] = published["embeddings.word_embeddings.weight"]
        # There is one sentence, so that the vector of its type is the same everywhere.
        kind = published["embeddings.token_type_embeddings.weight"][0]
        own["places.weight"] = published["embeddings.position_embeddings.weight"] + kind
        own |= {f"norm.{part}": published[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias")}
        missing, unexpected = self.load_state_dict(own, strict=False)
        if unexpected or missing != ["head.weight", "head.bias"]:
            raise ValueError(f"these are not the weights of MiniLM-L6: {missing}, {unexpected}")

    def lower(self, tokens: Tensor, mask: Tensor | None, depth: int) -> Tensor:
        """Return what the embeddings and the first *depth* layers make of *tokens*."""
        hidden = self.norm(self.words(tokens) + self.places.weight[: tokens.shape[1]])
        for layer in self.layers[:depth]:
            hidden = layer(hidden, mask)
        return hidden

    def upper(self, hidden: Tensor, mask: Tensor | None, depth: int, present: Tensor | None = None) -> Tensor:
        """Return the answers for what `lower` made; *present* marks the tokens that are none of padding."""
        for layer in self.layers[depth:]:
            hidden = layer(hidden, mask)
        if present is None:
            return self.head(self.drop(hidden.mean(1))).squeeze(1)
        share = present.unsqueeze(2) / present.sum(1).view(-1, 1, 1)
        return self.head(self.drop((hidden * share).sum(1))).squeeze(1)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the answers for windows of equal length."""
        return self.upper(self.lower(tokens, None, 0), None, 0)


def padded(windows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return *windows* as one array, which of it are tokens, and the same as a mask of attention."""
    length = max(map(len, windows))
    tokens = torch.tensor([[*window, *[0] * (length - len(window))] for window in windows])
    present = torch.arange(length) < torch.tensor([[len(window)] for window in windows])
    return tokens, present.float(), present[:, None, None, :]


def export(network: Network, folder: Path) -> tuple[Path, Path]:
    """Write the graph as it is, and with 8-bit numbers, of which each column of a matrix has its own factor."""
    network.eval()
    whole, small = folder / "network.fp32.onnx", folder / "network.onnx"
    torch.onnx.export(
        network,
        (torch.ones(1, 16, dtype=torch.long),),
        str(whole),
        input_names=["tokens"],
        output_names=["answer"],
        dynamic_axes={"tokens": {1: "length"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(str(whole), str(small), per_channel=True, weight_type=QuantType.QInt8)
    return whole, small


def answers(session: object, windows: Sequence[Sequence[int]]) -> np.ndarray:
    """Return what an ONNX *session* answers to each window, one by one."""
    return np.array([session.run(["answer"], {"tokens": np.asarray([each])})[0][0] for each in windows])
