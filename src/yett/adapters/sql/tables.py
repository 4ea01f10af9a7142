"""Every table, once, for every database."""

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, MetaData, String, Table, Text

__all__ = ["METADATA", "VERSION", "bundles", "entries", "releases", "schema"]

VERSION = 2
"""The version of what is described here; one more with every change."""

METADATA = MetaData()

schema = Table(
    "yett_schema",
    METADATA,
    Column("version", BigInteger, primary_key=True, autoincrement=False, comment="as in yett.adapters.sql.tables"),
)

entries = Table(
    "yett_entries",
    METADATA,
    Column("chain", String(64), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(255), nullable=False),
    Column("at", Double, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("body", LargeBinary, nullable=False, comment="the record as canonical JSON; it holds no text"),
    Column("link", String(64), nullable=False),
    Index("yett_entries_id", "id"),
    Index("yett_entries_at", "at"),
)

bundles = Table(
    "yett_bundles",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("documents", Text, nullable=False, comment="a JSON object: by the policy's id, its YAML text"),
    Column("signer", String(64), nullable=False),
    Column("signature", String(128), nullable=False),
)

releases = Table(
    "yett_releases",
    METADATA,
    Column("namespace", String(255), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="from 1, without gaps"),
    Column("digest", String(64), nullable=False),
    Column("rollout", String(16), nullable=False),
    Column("at", Double, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("share", BigInteger, nullable=False, comment="of a canary, the percentage of callers"),
    Column("author", String(255), nullable=False),
    Column("commit", String(64), nullable=False),
    Column("note", Text, nullable=False),
)
