"""Who somebody is, as far as it can be told without asking anybody."""
