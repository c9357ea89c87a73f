"""The verification of the lever, with its own arithmetic."""

from __future__ import annotations

from alloc.verification.levers import Checks, Quantity

CHECKS = Checks(
    quantities={
        "enlarged": Quantity(
            lambda raw, results, service, policy: results.services["expand"][:, raw.services.tolist().index(service)],
            "units of the service",
        )
    },
    tiers={"renewed": lambda one, raw, results, scores: float(results.settle.sum())},
)
