"""What Yett costs: each module measures one part and prints what it found. `python -m bench [name …]` runs them."""
