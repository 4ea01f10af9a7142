"""
Texts to learn from: a corpus, and innocent texts that it lacks.

Those are source code and documentation as any Python installation has them, and requests that use the words of attacks
for what they mean in ordinary life. Each comes in three sources of its own, so that each can be held out.
"""

import gzip
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from random import Random
from zlib import crc32

from yett.learning.corpus import read_examples
from yett.learning.example import Example
from yett.model.segment import Origin

__all__ = ["disguised", "elsewhere", "gathered", "innocent", "local"]

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
_LEET = str.maketrans("aeiost", "4310$7")


def gathered(folder: Path, seed: int) -> list[Example]:
    """Return the examples of all files in *folder*, and the innocent ones from elsewhere."""
    dice = Random(seed)
    corpus = [
        example
        for file in sorted(folder.glob("*.jsonl.gz"))
        for example in read_examples(gzip.decompress(file.read_bytes()).splitlines(), file.name)
    ]
    return [*corpus, *innocent(dice), *local(dice)]


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
    """Disguise a *share* of texts as attacks may be, and innocent ones just as often: misspelt, in leet, spaced out."""
    if dice.random() >= share:
        return text
    return dice.choice((_misspelt, _misspelt, _leet, _spaced))(text, dice)


def _misspelt(text: str, dice: Random) -> str:
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 4 and dice.random() < 0.3:
            cut = dice.randrange(1, len(word) - 2)
            words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def _leet(text: str, dice: Random) -> str:
    return "".join(letter.translate(_LEET) if dice.random() < 0.6 else letter for letter in text)


def _spaced(text: str, dice: Random) -> str:  # noqa: ARG001 - one of several disguises
    return " ".join(text[:150])


def elsewhere(example: Example, dice: Random, share: float = 0.15) -> Origin:
    """Let a *share* of what users say stand in documents and tools' results: an order to override is one anywhere."""
    if example.origin is Origin.USER and dice.random() < share:
        return dice.choice((Origin.DOCUMENT, Origin.TOOL))
    return example.origin
