"""The tables can be made on every database, and hold nothing that only one of them knows."""

from dataclasses import fields

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from yett.adapters.sql.tables import METADATA, VERSION, entries, releases
from yett.model.record import Entry
from yett.model.release import Release


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_every_table_can_be_made(dialect: Dialect) -> None:
    for table in METADATA.sorted_tables:
        assert table.name in str(CreateTable(table).compile(dialect=dialect))


def test_the_columns_are_the_fields_of_an_entry() -> None:
    assert tuple(entries.c.keys()) == Entry._fields


def test_the_columns_of_releases_are_the_fields_of_a_release() -> None:
    assert tuple(releases.c.keys()) == tuple(field.name for field in fields(Release))


def test_the_version_is_pinned_to_what_the_tables_look_like() -> None:
    shape = {table.name: [f"{c.name} {c.type}" for c in table.c] for table in METADATA.sorted_tables}
    assert (VERSION, shape) == (
        4,
        {
            "yett_bundles": ["digest VARCHAR(64)", "documents TEXT", "signer VARCHAR(64)", "signature VARCHAR(128)"],
            "yett_entries": [
                "chain VARCHAR(64)",
                "sequence BIGINT",
                "id VARCHAR(255)",
                "at DOUBLE",
                "body BLOB",
                "link VARCHAR(64)",
            ],
            "yett_frames": ["digest VARCHAR(32)", "body BLOB"],
            "yett_releases": [
                "namespace VARCHAR(255)",
                "number BIGINT",
                "digest VARCHAR(64)",
                "rollout VARCHAR(16)",
                "at DOUBLE",
                "share BIGINT",
                "author VARCHAR(255)",
                "commit VARCHAR(64)",
                "note TEXT",
            ],
            "yett_schema": ["version BIGINT"],
            "yett_sheets": [
                "chain VARCHAR(64)",
                "last BIGINT",
                "first BIGINT",
                "earliest DOUBLE",
                "latest DOUBLE",
                "frames BLOB",
                "which BLOB",
                "columns BLOB",
                "told BLOB",
            ],
        },
    )
