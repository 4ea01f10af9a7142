"""
The register of finding kinds, one sentence each.

A kind is a family and a name, joined by a dot. Families are what facts, policies and obligations speak of (`pii` covers
`pii.email`). Kinds that operators make themselves (custom categories, conditions on text) stand below a registered
prefix that ends in a dot.
"""

from types import MappingProxyType

__all__ = ["FAMILIES", "KINDS", "covers", "family"]

FAMILIES = MappingProxyType(
    {
        "injection": "Text that tries to replace, override or extract the application's instructions, or the model's.",
        "secret": "Credentials: keys, tokens, private keys, connection strings.",
        "pii": "Personal data.",
        "obfuscation": "Text that hides: invisible characters, encodings, look-alike letters.",
        "command": "Commands that would harm a machine or a database if somebody ran them.",
        "content": "Terms and categories that the operator bans, and parts that nobody can read.",
        "exfiltration": "Links and images that could carry data out.",
        "size": "Texts that are too long, too deep or too repetitive.",
        "text": "Conditions on text that were lifted out of a policy.",
        "detector": "What a detector says about itself.",
    },
)

KINDS = MappingProxyType(
    {
        "injection.override": "An order to ignore, forget or replace earlier instructions.",
        "injection.prompt_leak": "An attempt to read the system prompt.",
        "injection.persona": "Role play that takes off the model's rules.",
        "injection.role_spoof": "Markers of a role or a chat template inside a text.",
        "injection.refusal_suppression": "An order never to refuse, warn or apologise.",
        "injection.exfiltration": "An order to send data somewhere.",
        "injection.tool_abuse": "An order to use tools against their purpose.",
        "injection.indirect": "An order that addresses the assistant from inside a document or a tool's result.",
        "secret.": "A credential, by its issuer and form.",
        "pii.email": "An e-mail address.",
        "pii.phone": "A telephone number.",
        "pii.credit_card": "A payment card number (Luhn).",
        "pii.ssn": "A United States social security number.",
        "pii.iban": "An international bank account number (ISO 13616, mod 97).",
        "pii.ip_address": "An Internet address, version 4 or 6.",
        "pii.": "Personal data of a further kind.",
        "obfuscation.invisible": "Zero-width, soft hyphen and other characters that nobody sees.",
        "obfuscation.bidi": "Bidirectional controls that show text in another order than it has.",
        "obfuscation.tags": "Text written in Unicode tag characters.",
        "obfuscation.confusable": "A word that mixes look-alike letters of several scripts.",
        "obfuscation.encoded": "A stretch that decodes to readable text.",
        "obfuscation.cap": "More encoded text than is read; the rest was not looked at.",
        "command.shell": "A destructive or remote shell command.",
        "command.sql": "A destructive or injected SQL statement.",
        "command.powershell": "A destructive or remote PowerShell command.",
        "command.python": "Python that runs commands or loads code.",
        "content.": "A banned term, by category.",
        "content.opaque": "A part that holds no readable text.",
        "exfiltration.image": "An image whose address carries data.",
        "exfiltration.link": "A link whose address carries data.",
        "size.length": "More characters than allowed.",
        "size.nesting": "Brackets in brackets, deeper than allowed.",
        "size.repetition": "The same piece over and over.",
        "text.": "A condition on text, by its identifier.",
        "detector.unavailable": "A detector failed or ran out of time; what it should have read was not read by it.",
    },
)


def family(kind: str) -> str:
    """Return the family of *kind*: its first word."""
    return kind.partition(".")[0]


def covers(pattern: str, kind: str) -> bool:
    """Say whether *pattern* (`*`, a family, or a kind) covers *kind*."""
    return pattern in {"*", kind} or kind.startswith(f"{pattern}.")
