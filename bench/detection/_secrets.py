"""
Secrets: credentials by their issuers' documented forms, made from fresh random characters, and what only looks like one.

The forms are written here a second time, by prefix, alphabet and length, and take nothing from the rules that are measured.
Nothing made here was ever issued.
"""

import base64
import json
import string
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from faker import Faker

__all__ = ["LOOKALIKES", "secret"]

_ALNUM = string.ascii_letters + string.digits
_URL = _ALNUM + "-_"
_HEX = "0123456789abcdef"
_CAPITALS = string.ascii_uppercase + string.digits
_LOWER = string.ascii_lowercase + string.digits
_BASE32 = string.ascii_uppercase + "234567"


_SPELLED = {
    "GITHUB_TOKEN": ("ghp_|alnum36", "gho_|alnum36", "ghs_|alnum36", "github_pat_|alnum22|_|alnum59"),
    "GITLAB_TOKEN": ("glpat-|url20", "glrt-|url20", "gldt-|url20"),
    "OPENAI_API_KEY": ("sk-proj-|url74|T3BlbkFJ|url74", "sk-|alnum20|T3BlbkFJ|alnum20", "sk-svcacct-|url60"),
    "ANTHROPIC_API_KEY": ("sk-ant-api03-|url93|AA", "sk-ant-admin01-|url93|AA"),
    "AWS_ACCESS_KEY_ID": ("AKIA|base3216", "ASIA|base3216"),
    "AWS_SECRET_ACCESS_KEY": ("alnum40",),
    "GOOGLE_API_KEY": ("AIza|url35",),
    "GOOGLE_CLIENT_SECRET": ("GOCSPX-|url28",),
    "SLACK_BOT_TOKEN": ("xoxb-|digit12|-|digit12|-|alnum24", "xoxp-|digit12|-|digit12|-|digit12|-|hex32"),
    "SLACK_WEBHOOK": ("https://hooks.slack.com/services/T|capital10|/B|capital10|/|alnum24",),
    "STRIPE_SECRET_KEY": ("sk_live_|alnum24", "sk_test_|alnum99", "rk_live_|alnum24"),
    "TWILIO_API_KEY": ("SK|hex32",),
    "SENDGRID_API_KEY": ("SG.|url22|.|url43",),
    "MAILGUN_API_KEY": ("key-|hex32",),
    "MAILCHIMP_API_KEY": ("hex32|-us12",),
    "NPM_TOKEN": ("npm_|alnum36",),
    "PYPI_TOKEN": ("pypi-AgEIcHlwaS5vcmc|url120",),
    "HF_TOKEN": ("hf_|alnum34",),
    "GROQ_API_KEY": ("gsk_|alnum52",),
    "REPLICATE_API_TOKEN": ("r8_|alnum37",),
    "XAI_API_KEY": ("xai-|alnum80",),
    "PERPLEXITY_API_KEY": ("pplx-|alnum48",),
    "DATABRICKS_TOKEN": ("dapi|hex32",),
    "DIGITALOCEAN_TOKEN": ("dop_v1_|hex64",),
    "SHOPIFY_TOKEN": ("shpat_|hex32", "shpss_|hex32"),
    "SQUARE_TOKEN": ("sq0atp-|url22", "EAAA|url60"),
    "NEW_RELIC_API_KEY": ("NRAK-|capital27",),
    "GRAFANA_TOKEN": ("glsa_|alnum32|_|hex8",),
    "SENTRY_AUTH_TOKEN": ("sntrys_|alnum80",),
    "LINEAR_API_KEY": ("lin_api_|alnum40",),
    "NOTION_TOKEN": ("ntn_|digit11|alnum35", "secret_|alnum43"),
    "FIGMA_TOKEN": ("figd_|url40",),
    "POSTMAN_API_KEY": ("PMAK-|hex24|-|hex34",),
    "ATLASSIAN_TOKEN": ("ATATT3xFfGF0|url170",),
    "AIRTABLE_TOKEN": ("pat|alnum14|.|hex64",),
    "VAULT_TOKEN": ("hvs.|url24", "hvb.|url120"),
    "TF_TOKEN": ("alnum14|.atlasv1.|url67",),
    "DOCKER_PAT": ("dckr_pat_|url27",),
    "RUBYGEMS_API_KEY": ("rubygems_|hex48",),
    "NUGET_KEY": ("oy2|lower43",),
    "CARGO_TOKEN": ("cio|alnum32",),
    "TAILSCALE_KEY": ("tskey-auth-|alnum12|CNTRL-|alnum32",),
    "PULUMI_TOKEN": ("pul-|hex40",),
    "DISCORD_TOKEN": ("M|alnum25|.G|url5|.|url38",),
    "TELEGRAM_TOKEN": ("1|digit9|:AA|url33",),
    "AZURE_STORAGE": ("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=|alnum86|==;",),
    "AZURE_CLIENT_SECRET": ("alnum3|8Q~|alnum34",),
    "DATABASE_URL": ("postgres://app:|alnum16|@db.internal:5432/prod", "redis://:|alnum20|@cache:6379/0"),
    "PINECONE_API_KEY": ("pcsk_|alnum5|_|alnum63",),
    "LANGSMITH_API_KEY": ("lsv2_pt_|hex32|_|hex10",),
    "BREVO_KEY": ("xkeysib-|hex64|-|alnum16",),
    "AGE_KEY": ("AGE-SECRET-KEY-1|base3258",),
    "DYNATRACE_TOKEN": ("dt0c01.|capital24|.|capital64",),
    "DOPPLER_TOKEN": ("dp.pt.|alnum43",),
    "SUPABASE_KEY": ("sbp_|hex40",),
    "SECRET_KEY": ("hex64", "alnum50"),
    "API_KEY": ("alnum32", "hex32", "url40"),
    "CLIENT_SECRET": ("alnum40",),
    "ACCESS_TOKEN": ("url64", "hex40"),
    "DB_PASSWORD": ("password",),
}
_ALPHABETS = {
    "alnum": _ALNUM, "url": _URL, "hex": _HEX, "capital": _CAPITALS, "lower": _LOWER, "base32": _BASE32, "digit": string.digits,
}  # fmt: skip


def secret(dice: Random) -> tuple[str, str]:
    """Return the name of a setting and a credential for it."""
    name = dice.choice([*sorted(_SPELLED), "JWT", "PRIVATE_KEY"])
    if name == "JWT":
        return name, ".".join(
            map(_part, ({"alg": "HS256", "typ": "JWT"}, {"sub": _run(dice, _ALNUM, 12), "iat": 1}))
        ) + "." + _run(dice, _URL, 43)
    if name == "PRIVATE_KEY":
        body = "\\n".join(_run(dice, _ALNUM + "+/", 64) for _ in range(6))
        kind = dice.choice(("RSA ", "EC ", "OPENSSH ", ""))
        return name, f"-----BEGIN {kind}PRIVATE KEY-----\\n{body}\\n-----END {kind}PRIVATE KEY-----"
    return name, "".join(_piece(dice, piece) for piece in dice.choice(_SPELLED[name]).split("|"))


def _part(claims: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def _piece(dice: Random, piece: str) -> str:
    if piece == "password":
        return _run(dice, string.ascii_lowercase, 6).title() + dice.choice("!#%&*?") + _run(dice, string.digits, 3)
    for name, alphabet in _ALPHABETS.items():
        count = piece.removeprefix(name)
        if count != piece and count.isdigit():
            return _run(dice, alphabet, int(count))
    return piece


def _run(dice: Random, alphabet: str, count: int) -> str:
    return "".join(dice.choices(alphabet, k=count))


_Make = Callable[[Random, Faker], str]
LOOKALIKES: Mapping[str, _Make] = MappingProxyType(
    {
        "a UUID": lambda _, faker: f"request {faker.uuid4()} took 12 ms",
        "a digest": lambda _, faker: f"sha256:{faker.sha256()}  dist/app.tar.gz",
        "a commit": lambda _, faker: f"commit {faker.sha1()} fixes the build",
        "integrity": lambda dice, _: f'"integrity": "sha512-{_run(dice, _ALNUM + "+/", 86)}=="',
        "base64": lambda dice, _: f"data:image/png;base64,{_run(dice, _ALNUM + '+/', 200)}",
        "an identifier": lambda dice, _: f'"id": "{_run(dice, _HEX, 24)}", "order": "{_run(dice, _CAPITALS, 12)}"',
        "a placeholder": lambda dice, _: dice.choice(
            (
                "api_key = 'your-api-key-here'",
                "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx",
                "token: <your token>",
                "password: changeme",
                "export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
                "client_secret: ${CLIENT_SECRET}",
                "Authorization: Bearer YOUR_ACCESS_TOKEN",
                "postgres://user:password@localhost:5432/db",
                "secret = os.environ['SECRET_KEY']",
                'password = input("Password: ")',
                "api_key=REPLACE_ME_WITH_A_REAL_KEY",
            )
        ),
        "code": lambda dice, faker: dice.choice(
            (
                f"token = tokenizer.encode({faker.word()!r})",
                f"def get_secret(name: str) -> str: return store[name + {faker.word()!r}]",
                f"self.access_token = response.json()[{faker.word()!r}]",
                f"password_hash = hash_password({faker.word()})",
                f"secret_name: {faker.word()}-{faker.word()}-secret",
                f"keys = sorted(mapping, key=lambda {faker.word()}: 1)",
            )
        ),
        "a public key": lambda dice, _: (
            f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{_run(dice, _ALNUM + '+/', 300)} ann@laptop"
        ),
        "a certificate": lambda dice, _: (
            f"-----BEGIN CERTIFICATE-----\n{_run(dice, _ALNUM + '+/', 64)}\n-----END CERTIFICATE-----"
        ),
        "an asset": lambda dice, faker: f"/static/js/main.{_run(dice, _HEX, 20)}.chunk.js of {faker.url()}",
        "prose": lambda _, faker: str(faker.paragraph()),
        "a cache key": lambda dice, faker: (
            f"cache key: {faker.word()}-{_run(dice, string.digits, 4)}, version {dice.randint(1, 9)}"
        ),
        "a camel name": lambda _, faker: "".join(word.title() for word in faker.words(6)),
    }
)
"""Texts that hold no credential."""
