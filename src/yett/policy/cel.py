"""
CEL: a condition on one line, `when: llm.estimatedCost > 1.0 && team.tier == "free"`.

Rules:

1. It is a strict part of the Common Expression Language: `|| && ! == != < <= > >= in`, parentheses, fields, literals,
   `has(f)`, `f.contains(s)`, `f.startsWith(s)`, `f.endsWith(s)`, `f.matches(s)`, and whether `f.size()` is zero. A word
   without a dot names a constant of the document.
2. It becomes the same tree as `{operator, field, value}` does. Nothing is known about conditions but what that tree says.
3. Where CEL would fail, the tree is unknown: a fact of the wrong type, or one that nobody stated. So where a field may
   hold several types, an operator of CEL's is put so that it asks only the type for which CEL has it.
4. What is outside that part is refused by its name, and never read as something else.
"""

import re
from collections.abc import Callable, Iterable
from types import MappingProxyType

from yett.model.errors import Place
from yett.policy.documents import Condition, Reference
from yett.policy.expression import Operator
from yett.policy.nodes import Scalar
from yett.policy.problems import Problems, meant
from yett.policy.relations import METHODS, RELATIONS, Given, Named, Operand, Relations, Size
from yett.policy.spots import Spots
from yett.policy.tokens import MalformedError, OutsideError, Token, Type, WhenError, tokens

__all__ = ["read_when"]

_MAX_DEPTH = 24
_MAX_INTEGER = 2**63 - 1
_TEMPLATE = re.compile(r"\$\{(\w+)\}")
"""How YAML names a constant."""
_MACROS = frozenset({"all", "exists", "exists_one", "map", "filter"})
_RESERVED = frozenset(
    (
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    )
)
"""Words that CEL keeps for later; as names of fields behind a dot they are allowed."""
_KEYWORDS = frozenset({"true", "false", "null", "in"})
"""Words that mean something in CEL wherever they stand."""
_FOREIGN = MappingProxyType(
    {
        "and": "conjunction is `&&`",
        "or": "disjunction is `||`",
        "not": "negation is `!`, before a condition in parentheses",
        "is": "equality is `==`",
        "in": "`in` is written small",
    }
)
"""What other languages say."""
_OUTSIDE = MappingProxyType(
    {
        "?": "the conditional `a ? b : c` is",
        "+": "arithmetic is",
        "-": "arithmetic is",
        "*": "arithmetic is",
        "/": "arithmetic is",
        "%": "arithmetic is",
        "[": "an index in brackets is",
        "{": "maps and messages are",
    }
)


def read_when(node: Scalar, problems: Problems) -> Condition | None:
    """Read the CEL in *node*; None when it has problems, which are noted at their own places."""
    spots = Spots(node)
    try:
        return _Reader(tokens(node.text), spots.place).read()
    except MalformedError as error:
        problems.add(spots.place(error.at), "bad-when", error.message, error.hint)
    except OutsideError as error:
        problems.add(spots.place(error.at), "unsupported", error.message, error.hint)
    return None


class _Reader:
    """Descend through CEL's grammar, from what binds loosest."""

    def __init__(self, stream: Iterable[Token], place: Callable[[int], Place]) -> None:
        self._stream = tuple(stream)
        self._next = 0
        self._depth = 0
        self._place = place
        self._relations = Relations(place)

    def read(self) -> Condition:
        """Read all of it."""
        condition = self._relations.condition(self._either())
        if self._here.type is not Type.END:
            raise self._unexpected("the end")
        return condition

    @property
    def _here(self) -> Token:
        return self._stream[self._next]

    def _take(self, *texts: str) -> Token | None:
        token = self._here
        if token.text not in texts or token.type is Type.LITERAL:
            return None
        self._next += 1
        return token

    def _need(self, text: str) -> None:
        if self._take(text) is None:
            raise self._unexpected(f"`{text}`")

    def _unexpected(self, wanted: str) -> WhenError:
        token = self._here
        if token.type is Type.SIGN and token.text in _OUTSIDE:
            return OutsideError(token.at, f"{_OUTSIDE[token.text]} not read here")
        found = f"`{token.text}`" if token.text else "the end"
        before = self._stream[self._next - 1] if self._next else token
        # A word that other languages have is taken for a constant first, and only what follows it is odd.
        said = (each.text for each in (token, before) if each.text != "in")
        hint = next((_FOREIGN[word.lower()] for word in said if word.lower() in _FOREIGN), "")
        return MalformedError(token.at, f"{found} where {wanted} should be", hint)

    def _either(self) -> Operand:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise MalformedError(self._here.at, f"nested deeper than {_MAX_DEPTH}", "split the rule")
        operand = self._group("||", Operator.OR, lambda: self._group("&&", Operator.AND, self._relation))
        self._depth -= 1
        return operand

    def _group(self, sign: str, operator: Operator, part: Callable[[], Operand]) -> Operand:
        at, first = self._here.at, part()
        if self._here.text != sign or self._here.type is not Type.SIGN:
            return first
        parts = [self._relations.condition(first)]
        while self._take(sign):
            parts.append(self._relations.condition(part()))
        return Condition(self._place(at), operator, parts=tuple(parts))

    def _relation(self) -> Operand:
        left = self._operand()
        while token := self._take(*RELATIONS):
            left = self._relations.compared(left, RELATIONS[token.text], self._operand(), token)
        return left

    def _operand(self) -> Operand:
        operand, after = self._unary(), self._here
        joins = after.text in RELATIONS or (after.type is Type.SIGN and after.text not in _OUTSIDE)
        if not joins and after.type is not Type.END:
            raise self._unexpected("an operator")
        return operand

    def _unary(self) -> Operand:
        at, signs = self._here.at, 0
        if self._take("-"):
            return self._negative(at)
        while self._take("!"):
            signs += 1
        if not signs:
            return self._member()
        condition = self._relations.condition(self._member())
        # Twice the contrary is the same in three-valued logic, too.
        return Condition(self._place(at), Operator.NOT, parts=(condition,)) if signs % 2 else condition

    def _negative(self, at: int) -> Given:
        token = self._here
        if token.type is not Type.LITERAL or isinstance(token.value, str):
            raise OutsideError(at, "arithmetic is not read here", "a minus belongs before a number")
        self._next += 1
        return Given(at, -token.value)

    def _member(self) -> Operand:
        at = self._here.at
        if self._take("("):
            operand = self._either()
            self._need(")")
        elif self._take("["):
            operand = self._list(at)
        elif self._here.type is Type.LITERAL:
            operand = self._literal()
        else:
            operand = self._named()
        if self._here.type is Type.SIGN and self._here.text in _OUTSIDE:
            raise self._unexpected("an operator")
        if self._here.type is Type.SIGN and self._here.text == ".":
            raise OutsideError(self._here.at, "only fields can be asked for more", "such as `llm.model.startsWith(…)`")
        return operand

    def _literal(self) -> Given:
        token = self._here
        if isinstance(token.value, int) and token.value > _MAX_INTEGER:
            raise MalformedError(token.at, f"`{token.text}` is too large a number", "integers have 64 bits")
        if isinstance(token.value, str) and (named := _TEMPLATE.fullmatch(token.value)):
            hint = f"a constant stands without quotes: `{named[1]}`"
            raise OutsideError(token.at, f"`{token.value}` would be a text here", hint)
        self._next += 1
        return Given(token.at, token.value)

    def _list(self, at: int) -> Given:
        items: list[str | int | float | bool | Reference] = []
        while not self._take("]"):
            item = None if self._here.text == "[" else self._unary()
            if not isinstance(item, Given) or isinstance(item.value, tuple):
                raise OutsideError(at, "a list holds literals and constants only")
            items.append(item.value)  # type: ignore[arg-type]  # a decimal is never written
            if not self._take(","):
                self._need("]")
                break
        return Given(at, tuple(items))

    def _named(self) -> Operand:
        at = self._here.at
        word = self._word("a field or a value")
        if word in {"true", "false"}:
            return Given(at, word == "true")
        if word == "null":
            raise OutsideError(at, "`null` is not read here", "`has(f)` asks whether a field has a value")
        if word in _RESERVED or word in _KEYWORDS:
            raise MalformedError(at, f"`{word}` is a reserved word of CEL")
        if self._take("("):
            return self._function(at, word)
        path = [word]
        while self._take("."):
            step_at, step = self._here.at, self._word("a name")
            if step in _KEYWORDS:
                hint = "ask by `{operator, field, value}`, or call the field otherwise"
                raise MalformedError(step_at, f"`{step}` is a reserved word of CEL", hint)
            if self._take("("):
                return self._method(Named(at, ".".join(path)), step_at, step)
            path.append(step)
        return Named(at, ".".join(path)) if len(path) > 1 else Given(at, Reference(word))

    def _word(self, wanted: str) -> str:
        if self._here.type is not Type.WORD:
            raise self._unexpected(wanted)
        self._next += 1
        return self._stream[self._next - 1].text

    def _function(self, at: int, name: str) -> Operand:
        if name not in {"has", "size", "matches"}:
            hint = meant(name, ("has", "size", "matches")) or "there are `has(f)`, `size(f)` and `matches(f, s)`"
            raise OutsideError(at, f"the function `{name}` is not read here", hint)
        of_at, of = self._here.at, self._either()
        if not isinstance(of, Named):
            raise MalformedError(of_at, f"`{name}` asks a field")
        if name == "matches":
            self._need(",")
            return self._relations.asked(of, at, name, self._argument(name))
        self._need(")")
        if name == "size":
            return Size(at, of)
        return Condition(self._place(at), Operator.EXISTS, of.name, self._place(of.at))

    def _method(self, of: Named, at: int, name: str) -> Operand:
        if name == "size":
            self._need(")")
            return Size(of.at, of)
        if name in _MACROS:
            raise OutsideError(
                at, f"the macro `{name}` is not read here", "`{operator: any, field, condition}` asks elements"
            )
        if name not in METHODS:
            known = (*METHODS, "size")
            hint = meant(name, known) or f"there are {', '.join(f'`{each}`' for each in known)}"
            raise OutsideError(at, f"the function `{name}` is not read here", hint)
        return self._relations.asked(of, at, name, self._argument(name))

    def _argument(self, name: str) -> Given:
        at, given = self._here.at, self._either()
        self._need(")")
        if not isinstance(given, Given):
            raise OutsideError(at, f"`{name}` takes a literal or a constant")
        return given
