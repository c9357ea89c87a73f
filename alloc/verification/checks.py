"""What the verification of a lever consists of, in a module of its own beside those of the page of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alloc.verification.arrays import Columns, Floats
from alloc.verification.ledger import Ledger
from alloc.verification.recompute import Raw

Term = Callable[[Raw, Mapping[str, Columns], Any], Floats]


@dataclass(frozen=True, eq=False)
class Checks:
    """What is known of a lever, with its own arithmetic.

    Attributes:
        families: constraint families that `check` compares.
        bounded: its decisions -> on which sides `check` compares them with a rule, which it does with ``bounds`` the
            name of the decision; none may be negative.
        columns: table of the result -> its columns there. Of a table that the engine does not have, all of them.
        keys: table that the engine does not have -> columns of its key, by ``city``, ``service`` or ``pool``.
        spending, running, earning: what it adds to these sums by city, 10⁴ yuan: called with the recomputed instance,
            the tables in its order, and ``settings.policy``.
        check: enters every comparison: called with the ledger, the recomputed instance, the results (whose ``brought``
            are the tables in its order) and ``settings.policy``.
    """

    check: Callable[[Ledger, Raw, Any, Any], None]
    families: tuple[str, ...] = ()
    bounded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spending: Term | None = None
    running: Term | None = None
    earning: Term | None = None
