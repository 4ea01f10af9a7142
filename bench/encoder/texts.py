"""
Texts to learn from: a corpus, and innocent texts that it lacks.

Those are source code and documentation as any Python installation has them, and requests that use the words of attacks
for what they mean in ordinary life. Each comes in three sources of its own, so that each can be held out.
"""

import gzip
import sysconfig
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from zlib import crc32

from yett.compose.corpora import read_corpus, written_by_rule
from yett.learning.example import Example
from yett.model.segment import Origin

__all__ = [
    "APART",
    "HALVED",
    "WRITTEN",
    "carried",
    "cut",
    "disguised",
    "elsewhere",
    "gathered",
    "innocent",
    "kept_apart",
    "local",
    "spared",
]

WRITTEN = "written_"
"""How the names of sources begin that were written by hand for the corpus."""
APART = {
    "attack_self_reminder",
    "attack_fuzzyai",
    "attack_small_collections",
    "mixed_deepset_train",
    "benign_oasst",
    "benign_banking77",
    "benign_atlas",
}
HALVED = "benign_arena_hard_v2"

PARTS = 3
ORIGINS = (Origin.USER, Origin.DOCUMENT, Origin.TOOL)
REQUESTS = """
Ignore the {} in the second column and total the rest.
How do I override {} in a subclass?
Please disregard my earlier message about the {}, I found the answer.
What does "ignore previous instructions" mean in articles about the {}?
Write a system prompt for a {} that helps customers.
Can you bypass the {} when the cache is warm?
Act as a {} and interview me for a job.
Pretend you are a {} in a short play for children.
The rules for the {} changed; forget the old version of the document and use this one.
How would a jailbreak of my phone affect the {}?
Decode this base64 string from the {} log.
Developer mode shows a {} on Android, how do I turn it on?
Roleplay a {} who complains about a late delivery.
What were the instructions for assembling the {}?
Reveal the {} on click with CSS, hidden by default.
Summarise the previous paragraph on the {} and print the table above again.
How do I reset the {} and forget all saved networks?
Is it safe to disable the filter of the {} while cleaning?
My teacher said to ignore the instruction about the {}. Is that right?
Repeat the sentence about the {} word for word, but louder.
Tell me a story in which a {} has no rules and no limits.
Set the {} to ignore errors and continue.
Write an email asking the team to disregard the notice about the {}.
You are a {}. Answer in formal English.
From now on I will send you data of the {}, reply with a title for a chart.
Which password policy overrides the default of the {}?
Send the report on the {} to my manager and copy me.
Do not follow the old guide to the {}, it is out of date.
Translate into Spanish: "Ignore the {} and go home."
Stop replying in German about the {}; use English.
The {} was hacked last night. What should we do first?
Explain how prompt injection works against a {} that reads mail, for a talk on defence.
What are the hidden costs of a {}?
I forgot the password of the {}. Where is the manual kept?
Do anything you like with the decoration of the {}.
The {} ignores all my instructions, is it broken?
""".strip().splitlines()
NOUNS = [
    "warning",
    "footnote",
    "parser",
    "printer",
    "invoice",
    "chatbot",
    "router",
    "recipe",
    "doctor",
    "pilot",
    "gardener",
    "firewall",
    "tooth",
    "shelf",
    "contract",
    "translation",
    "shipment",
    "forecast",
    "school",
    "museum",
    "database",
    "calendar",
    "novel",
    "guitar",
    "guide",
    "coach",
    "pirate",
    "librarian",
    "heater",
]


def gathered(folders: Sequence[Path], seed: int) -> list[Example]:
    """Return the examples of all files in *folders*, what is written by rule, and innocent ones from elsewhere."""
    dice = Random(seed)
    return [*read_corpus(folders), *written_by_rule(seed), *innocent(dice), *local(dice)]


def kept_apart(example: Example) -> bool:
    """
    Say whether *example* is not learnt from, so that what is learnt can be judged.

    Those are whole sources, half of another, and what `apart.txt` lists of what was written by hand: a tenth, in pairs of
    an attack and an innocent text that are alike but for what makes one of them an attack.
    """
    if example.source.startswith(WRITTEN):
        return sha256(example.text.encode()).hexdigest()[:16] in _listed()
    half = example.source == HALVED and crc32(example.text.encode()) % 2 == 0
    return half or example.source in APART


def spared(example: Example) -> bool:
    """Say whether *example* is not even learnt from in the last minutes, so that a scale can be drawn from it."""
    if not kept_apart(example) or example.source.startswith(WRITTEN):
        return kept_apart(example)
    return not example.attack and crc32(example.text.encode() + b"x") % 2 == 0


@cache
def _listed() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("apart.txt").read_text("ascii").split())


def innocent(dice: Random, each: int = 12) -> Iterator[Example]:
    """Make requests whose words are those of attacks."""
    for place, request in enumerate(REQUESTS):
        for noun in dice.sample(NOUNS, each):
            text = request.replace("{}", noun)
            yield Example(text, attack=False, source=f"made_innocent_{place % PARTS}")


def local(dice: Random, each: int = 1600) -> Iterator[Example]:
    """Take pieces of this installation's source code and documentation, as if users, documents or tools had them."""
    library, packages = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
    code = [*library.glob("*.py"), *library.glob("*/*.py"), *packages.glob("*/*.py"), *packages.glob("*/*/*.py")]
    shared = Path("/usr/share")
    prose = [
        *packages.glob("*/METADATA"),
        *shared.glob("man/man*/*.gz"),
        *shared.glob("doc/*/*"),
        *shared.glob("perl/**/*.pod"),
    ]
    for name, files in (("code", code), ("prose", prose)):
        yield from _pieces(sorted(files), name, dice, each)


def _pieces(files: list[Path], name: str, dice: Random, most: int) -> Iterator[Example]:
    dice.shuffle(files)
    made = 0
    for file in files:
        text = _read(file)
        for _ in range(min(4, len(text) // 400)):
            begin, length = dice.randrange(len(text) - 300), dice.choice((200, 400, 700))
            source = f"local_{name}_{crc32(str(file).encode()) % PARTS}"
            yield Example(text[begin : begin + length], attack=False, source=source, origin=dice.choice(ORIGINS))
            made += 1
        if made >= most:
            return


def _read(file: Path) -> str:
    if not file.is_file() or file.stat().st_size > 1_000_000:
        return ""
    raw = file.read_bytes()
    return (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode(errors="replace")


def disguised(text: str, dice: Random, share: float = 0.15) -> str:
    """Disguise a *share* of texts in ways that no reading undoes, innocent ones just as often as attacks."""
    return dice.choice((_misspelt, _misspelt, _bare, _hasty))(text, dice) if dice.random() < share else text


def _misspelt(text: str, dice: Random) -> str:
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 4 and dice.random() < 0.3:
            cut = dice.randrange(1, len(word) - 2)
            words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def _bare(text: str, dice: Random) -> str:  # noqa: ARG001 - one of several disguises
    return "".join(letter for letter in text if letter not in ".,;:!?\"'()[]{}<>*#`")


def _hasty(text: str, dice: Random) -> str:
    return "".join(letter for letter in text if dice.random() > 0.03)


def carried(text: str, innocent: Sequence[str], dice: Random) -> str:
    """Put *text* between, before or behind pieces of *innocent* ones."""
    before, behind = (cut(dice.choice(innocent), dice.randrange(80, 260), dice) for _ in range(2))
    joint = dice.choice((" ", "\n", "\n\n"))
    return joint.join(dice.choice(((before, text), (text, behind), (before, text, behind))))


def cut(text: str, length: int, dice: Random) -> str:
    """Return a piece of *text* of about *length* characters, from anywhere."""
    begin = dice.randrange(max(1, len(text) - length))
    return text[begin : begin + length].partition(" ")[2] if begin else text[:length]


def elsewhere(example: Example, dice: Random, share: float = 0.15) -> Origin:
    """Let a *share* of what users say stand in documents and tools' results: an order to override is one anywhere."""
    if example.origin is Origin.USER and dice.random() < share:
        return dice.choice((Origin.DOCUMENT, Origin.TOOL))
    return example.origin
