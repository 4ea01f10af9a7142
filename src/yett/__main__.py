"""`python -m yett` is the command `yett`."""

from yett.cli.app import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
