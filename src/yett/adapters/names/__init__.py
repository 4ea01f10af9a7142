"""Names: of people, places and organisations, by a language model that the operator has installed."""
