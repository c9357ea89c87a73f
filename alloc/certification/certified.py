"""What a certificate proves of every tier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TierBound:
    """What is proven of a tier, in its own unit.

    Attributes:
        tier: its name.
        value: of the plan as decided, as in the manifest.
        bound: what no plan can better; None where nothing is proven.
        gap: how much better the bound is than the value.
        reported: the bound in the manifest.
        unproven: whether that one is tighter than what is proven.
        by_tangent: whether this tier or one before it is quadratic, and its tangent stands in its place: a bound may
            then be weaker than what is true.
    """

    tier: str
    value: float
    bound: float | None
    gap: float | None
    reported: float | None
    unproven: bool
    by_tangent: bool


@dataclass(frozen=True)
class Certified:
    """A certificate that was written and has been checked.

    Attributes:
        formulation: the model.
        methods: tier -> by which it is measured, where it has one.
        folder: of the certificate.
        older: where an older one has been moved to; None where there was none.
        rows, columns: of the matrix.
        violation: the largest of a row at the plan, relative to its unit and terms.
        searched: whether the facilities come from one search over the country, whose bounds are its own word.
        tiers: those that the solve came to, in order.
    """

    formulation: str
    methods: tuple[tuple[str, str], ...]
    folder: str
    older: str | None
    rows: int
    columns: int
    violation: float
    searched: bool
    tiers: tuple[TierBound, ...]

    @property
    def holds(self) -> bool:
        """Whether every bound that the result reports is proven, but for those of a search and those by tangents."""
        return self.searched or not any(
            each.unproven and not each.by_tangent and each.bound is not None for each in self.tiers
        )

    @property
    def complete(self) -> bool:
        """Whether something is proven of every tier: time left none out."""
        return all(each.bound is not None for each in self.tiers)
