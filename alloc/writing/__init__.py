"""The one way in which anything is written: whether it may be is said before any work, and it is written whole or not.

What lies at a target already is replaced only where it is of alloc's own making and of the same kind (`kinds`), and
then it is renamed beside, to the first free of ``NAME.1``, ``NAME.2``, …, a file with its ending (``plan.1.xlsx``).
Everything else is refused (`target`). What a target cannot take at the end is written elsewhere (`place`).
"""

from alloc.writing.place import Written, write
from alloc.writing.target import TargetError, allowed, ready

__all__ = ["TargetError", "Written", "allowed", "ready", "write"]
