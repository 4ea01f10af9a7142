"""The words of the house: frozen dataclasses and enumerations, standard library only."""
