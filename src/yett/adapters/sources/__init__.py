"""Where policies are written: folders and repositories."""
