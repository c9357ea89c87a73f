"""What is wrong with a formulation."""

from __future__ import annotations

from alloc.text import Text


class FormulationError(Exception):
    """A formulation that is not installed, or cannot be built; `message` says why in both languages."""

    def __init__(self, message: Text) -> None:
        """As a string it is the English one."""
        super().__init__(message.en)
        self.message = message
