"""
References: values that the configuration names instead of holding.

Rules:

1. `${NAME}` stands for an environment variable, anywhere in a text of the configuration file; `$${` is a plain `${`.
2. `file:/run/secrets/x` stands for the content of a file, where a secret is expected.
3. No message repeats what a reference led to.
"""

import re
from collections.abc import Mapping
from pathlib import Path

__all__ = ["ReferenceProblem", "expand", "read_secret"]

_REFERENCE = re.compile(r"\$(\$\{|\{([^}]*)\}?)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LARGEST_SECRET = 65_536  # bytes; a private key with its chain of certificates is smaller


class ReferenceProblem(ValueError):
    """A reference leads nowhere; it says so in the words of a Problem."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def expand(text: str, environment: Mapping[str, str]) -> str:
    """
    Replace every `${NAME}` in *text* by the variable's value.

    Raises:
        ReferenceProblem: a variable is not set, or the reference is not closed or not a name.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] == "${":
            return "${"
        name = match[2]
        if not match[0].endswith("}") or not _NAME.match(name):
            message = "`${` opens a reference that is no variable's name"
            raise ReferenceProblem("bad-reference", message, "write `${NAME}`, or `$${` for a plain `${`")
        if not environment.get(name):
            message = f"environment variable `{name}` is not set"
            raise ReferenceProblem(
                "unset-variable", message, f"set `{name}`, also possible in `.env`, or remove the key"
            )
        return environment[name]

    return _REFERENCE.sub(value, text)


def read_secret(reference: str) -> str:
    """
    Return the secret that *reference* stands for: a file's content, or the text itself.

    Raises:
        ReferenceProblem: the file cannot be read or is empty, or the reference is of a kind that is not there.
    """
    scheme, _, rest = reference.partition(":")
    if scheme == "vault":
        message = "a secret in a vault cannot be read by this version"
        raise ReferenceProblem("not-available", message, "use `${NAME}` or `file:/run/secrets/name`")
    return _content(rest) if scheme == "file" else reference


def _content(name: str) -> str:
    path = Path(name)
    if not path.is_absolute():
        message = f"secret file `{name}` has no absolute path"
        raise ReferenceProblem("bad-reference", message, "write `file:/run/secrets/name`")
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_SECRET + 1)
        text = content.decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or "unreadable").lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise ReferenceProblem("unreadable-file", f"secret file `{name}` cannot be read: {why}", "") from None
    if not text or len(content) > _LARGEST_SECRET:
        what = "is empty" if not text else f"is larger than {_LARGEST_SECRET} bytes"
        raise ReferenceProblem("unreadable-file", f"secret file `{name}` {what}", "put the bare secret into it")
    return text
