"""What every error of alloc that a user can cause is: an `AllocError`, which says in both languages what is wrong."""

from __future__ import annotations

from alloc.text import Text


class AllocError(Exception):
    """Something that alloc refuses.

    Attributes:
        message: what is wrong, in Chinese and in English.

    Args:
        message: the attribute of this name; as a string, an error is the English one.
    """

    def __init__(self, message: Text) -> None:
        """Keep the message."""
        self.message = message
        super().__init__(message.en)
