"""``python -m alloc``."""

from alloc.cli import main

main()
