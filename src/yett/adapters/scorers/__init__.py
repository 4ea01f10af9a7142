"""Scorers: models that give a second opinion on texts of which a detector is in doubt."""
