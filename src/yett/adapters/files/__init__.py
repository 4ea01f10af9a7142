"""Policies as plain files, in folders and in repositories: where they are written, and where they are published."""
