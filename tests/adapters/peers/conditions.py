"""Conditions that the tests of all peers tell, and facts that they are true and false of."""

from yett.policy.expression import And, Each, Expression, Leaf, Networks, Not, Operator, Or, Pattern
from yett.policy.values import Sort

FREE = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
DEAR = Leaf("llm.cost", Sort.NUMBER, Operator.GT, 1.5)
MANY = Leaf("llm.tokens", Sort.NUMBER, Operator.GTE, 100)
FEW = Leaf("llm.tokens", Sort.NUMBER, Operator.BETWEEN, (1, 9))
CHEAP = Leaf("llm.cost", Sort.NUMBER, Operator.BETWEEN, (0.5, 1))
LISTED = Leaf("llm.model", Sort.STRING, Operator.IN, ("m1", "m2"))
ROLE = Leaf("user.roles", Sort.STRINGS, Operator.CONTAINS, "admin")
PART = Leaf("llm.model", Sort.STRING, Operator.CONTAINS, "*")
FIRST = Leaf("llm.model", Sort.STRING, Operator.STARTS_WITH, "m")
LAST = Leaf("llm.model", Sort.STRING, Operator.ENDS_WITH, "1")
SHAPE = Leaf("llm.model", Sort.STRING, Operator.MATCHES, Pattern("^m[0-9]$"))
THERE = Leaf("metadata.x", Sort.ANY, Operator.EXISTS)
SECRET = Leaf("text.a-b", Sort.BOOLEAN, Operator.EQ, True)
NEAR = Leaf("client.ip", Sort.STRING, Operator.CIDR, Networks(("10.0.0.0/8", "fd00::/8")))
EITHER = Leaf("metadata.x", Sort.ANY, Operator.CONTAINS, "a")
_ELEMENT = Leaf("", Sort.STRING, Operator.EQ, "admin")
SOME = Each("user.roles", Sort.STRINGS, False, _ELEMENT)
EVERY = Each("user.roles", Sort.STRINGS, True, _ELEMENT)
BOTH = And((FREE, DEAR))
NEVER = Not(Or((FREE, ROLE)))

RULES: tuple[Expression, ...] = (BOTH, LISTED, NEVER)
FACTS = (
    {"team": {"tier": "free"}, "llm": {"cost": 2, "model": "m3"}, "user": {"roles": ("admin",)}},
    {"team": {"tier": "pro"}, "llm": {"cost": 0.5, "model": "m1"}, "user": {"roles": ("guest",)}},
    {"team": {"tier": "pro"}, "llm": {"cost": 0.5, "model": "m3"}, "user": {"roles": ("admin",)}},
)
MATCHING: tuple[set[int], ...] = ({0}, {1, 2}, set())
