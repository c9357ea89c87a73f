"""What is wrong with a formulation."""

from __future__ import annotations

from alloc.errors import AllocError


class FormulationError(AllocError):
    """A formulation that is not installed, or cannot be built; `message` says why in both languages."""
