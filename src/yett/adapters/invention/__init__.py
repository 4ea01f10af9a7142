"""Making up what has no range of its own."""
