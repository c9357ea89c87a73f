"""``python -m alloc``."""

from alloc.cli import main

if __name__ == "__main__":  # a process that the workbench starts imports this module too
    main()
