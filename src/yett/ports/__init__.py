"""What each part must be able to do: Protocols, one family per file."""
