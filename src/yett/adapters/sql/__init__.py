"""The ports on a SQL database."""
