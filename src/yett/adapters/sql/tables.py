"""Every table, once, for every database."""

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, MetaData, String, Table

__all__ = ["METADATA", "VERSION", "entries", "schema"]

VERSION = 1
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
