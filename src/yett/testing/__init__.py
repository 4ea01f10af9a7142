"""Testing: what tests and demonstrations of Yett, and of its plugins, are built on."""
