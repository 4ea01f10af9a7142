"""The tables can be made on every database, and hold nothing that only one of them knows."""

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from yett.adapters.sql.tables import METADATA, VERSION, entries
from yett.model.record import Entry


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_every_table_can_be_made(dialect: Dialect) -> None:
    for table in METADATA.sorted_tables:
        assert table.name in str(CreateTable(table).compile(dialect=dialect))


def test_the_columns_are_the_fields_of_an_entry() -> None:
    assert tuple(entries.c.keys()) == Entry._fields


def test_the_version_is_pinned_to_what_the_tables_look_like() -> None:
    shape = {table.name: [f"{c.name} {c.type}" for c in table.c] for table in METADATA.sorted_tables}
    assert (VERSION, shape) == (
        1,
        {
            "yett_entries": [
                "chain VARCHAR(64)",
                "sequence BIGINT",
                "id VARCHAR(255)",
                "at DOUBLE",
                "body BLOB",
                "link VARCHAR(64)",
            ],
            "yett_schema": ["version BIGINT"],
        },
    )
