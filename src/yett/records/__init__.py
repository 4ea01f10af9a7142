"""The trail: what is remembered of an exchange, and the chain that shows whether anybody changed it. No text."""
