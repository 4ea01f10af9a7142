"""The guard: readings, detection, enforcement, streams. It judges, and never waits."""
