"""The ports in memory: for one process, for development and for tests."""
