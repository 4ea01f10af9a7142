"""Every table, once, for every database."""

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, MetaData, String, Table, Text

__all__ = ["METADATA", "VERSION", "bundles", "entries", "frames", "releases", "schema", "sheets"]

VERSION = 4
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

sheets = Table(
    "yett_sheets",
    METADATA,
    Column("chain", String(64), primary_key=True),
    Column(
        "last", BigInteger, primary_key=True, autoincrement=False, comment="the sequence of the last of some entries"
    ),
    Column("first", BigInteger, nullable=False, comment="that of the first; none between them is missing"),
    Column("earliest", Double, nullable=False, comment="the least of their times in yett_entries"),
    Column("latest", Double, nullable=False, comment="the greatest"),
    Column("frames", LargeBinary, nullable=False, comment="the digests of their frames, by SOH"),
    Column("which", LargeBinary, nullable=False, comment="a byte for each: which of those frames it has"),
    Column("columns", LargeBinary, nullable=False, comment="by SOH for each frame, by STX: a column of facts in JSON"),
    Column(
        "told", LargeBinary, nullable=False, comment="a JSON array for each, by SOH: identifier, tenant, model, cost"
    ),
)
"""Copies of what replaying needs of entries; they prove nothing, and an entry may do without."""

frames = Table(
    "yett_frames",
    METADATA,
    Column("digest", String(32), primary_key=True, comment="BLAKE2b of the body, in hex"),
    Column(
        "body", LargeBinary, nullable=False, comment="a JSON array: what many records say alike of their judgements"
    ),
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
