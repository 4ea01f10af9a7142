"""A toy of an encoder: its answer to a window is the largest number among its tokens."""

import json

from yett.adapters.scorers.onnx import Encoder, Scale

WORDS = ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[", "]", "document", "tool", "calm", "##s", "doubt", "bad", "worst")
NUMBER = {word: number for number, word in enumerate(WORDS)}

# Cast to floats, then ReduceMax over axis 1: `tokens` in, `answer` out, operator set 17.
NETWORK = bytes.fromhex(
    "080812003a9f010a220a06746f6b656e7312076e756d626572732204436173742a090a02746f1801a001020a3a0a076e756d62657273"
    "1206616e7377657222095265647563654d61782a0b0a04617865734001a001072a0f0a086b65657064696d731800a0010212076c6172"
    "676573745a1e0a06746f6b656e7312140a120807120e0a0208010a0812066c656e67746862140a06616e73776572120a0a0808011204"
    "0a02080142040a001011"
)


def description() -> bytes:
    """Return a `tokenizer.json` of a dozen words."""
    special = [
        {"id": NUMBER[word], "content": word, "special": True, "normalized": False}
        | dict.fromkeys(("single_word", "lstrip", "rstrip"), False)
        for word in ("[UNK]", "[CLS]", "[SEP]", "[PAD]")
    ]
    model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab": NUMBER}
    parts = {"added_tokens": special, "pre_tokenizer": {"type": "BertPreTokenizer"}}
    return json.dumps(parts | {"model": model | {"max_input_chars_per_word": 100}}).encode()


def encoder(scale: Scale | None = None) -> Encoder:
    """Return the toy; `calm` is innocent, `doubt` is worth 0.5, `bad` 0.7, `worst` 1."""
    answers = tuple(float(NUMBER[word]) for word in ("calm", "doubt", "bad", "worst"))
    return Encoder("toy", NETWORK, description(), scale or Scale(answers, (0.0, 0.5, 0.7, 1.0)))
