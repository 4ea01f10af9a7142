"""Policy engines elsewhere, as authorities."""
