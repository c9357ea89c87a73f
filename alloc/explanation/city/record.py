"""The answer to "why this number" for machines."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from alloc.explanation.city.text import pushed_sentences, pushed_words
from alloc.formulation.registry import catalogue
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.explanation.city.facts import Facts


def record(reasons: Facts) -> dict[str, Any]:
    """Plain values in the units of the instance; words in both languages."""
    rules = catalogue(reasons.result.instance.formulation).rules
    bounds = {
        side: {
            "amount": bound if math.isfinite(bound) else None,
            "rule": rule,
            "words": rules[rule].words._asdict(),
            "reached": at,
            "rows": [
                {
                    "family": family,
                    "name": name,
                    "decided": when != "reached_after",
                    "published": when != "reached_before",
                }
                for (family, name), when in reasons.held(side)
            ],
        }
        for side, bound, rule, at in (
            ("below", reasons.lower, reasons.lower_rule, reasons.at_lower),
            ("above", reasons.upper, reasons.upper_rule, reasons.at_upper),
        )
    }
    split, past, like = reasons.split, reasons.past, reasons.like
    return {
        "city": reasons.city,
        "pool": reasons.pool,
        "published": reasons.published,
        "parts": dict(reasons.parts),
        "decided": reasons.value,
        "bounds": bounds,
        "decider": reasons.decider,
        "away_from_formula": reasons.away,
        "common_share": reasons.common,
        "earlier": None if reasons.earlier is None else {
            "shared": reasons.earlier.shared,
            "tiers": [{**asdict(each), "used_up": each.used_up} for each in reasons.earlier.tiers],
            "whole": reasons.earlier.whole,
        },
        "margin": [
            Text(*each)._asdict()
            for each in zip(*(pushed_sentences(reasons, language) for language in ("zh", "en")), strict=True)
        ],
        "pushes": [
            {**asdict(push), "families": list(push.families), "words": pushed_words(reasons, push)._asdict()}
            for push in reasons.pushes
        ],
        "facilities_held": reasons.whole,
        "against": None if split is None else {
            "before": float(split.before),
            "after": float(split.after),
            "parts": {name: float(part) for name, part in split.parts.items()},
            "changes": {name: dict(columns) for name, columns in split.changes.items()},
            "orders": split.orders,
            "all_orders": split.all_orders,
            "solved": split.solved,
            "mixtures": split.mixtures,
            "impossible": [list(each) for each in split.impossible],
            "stopped": split.stopped,
            "relaxed": split.whole,
        },
        "last_year": None if past is None else {
            "before": float(past.before),
            "after": float(past.after),
            "parts": {name: float(part) for name, part in past.parts.items()},
            "share_before": past.share_before,
            "shares": {name: {"weight": weight, "share": share} for name, (weight, share) in past.shares.items()},
            "given_before": past.given_before,
            "given_now": past.given_now,
        },
        "like": None if like is None else {
            "city": like.other,
            "chosen": like.chosen,
            "same_class": like.same_class,
            "same_place": like.same_place,
            "published": float(like.before),
            "parts": {name: float(part) for name, part in like.parts.items()},
            "weights": dict(like.weights),
            "values": {name: list(values) for name, values in like.values.items()},
            "residents": list(like.residents),
            "each_resident": dict(like.each_resident),
        },
    }  # fmt: skip
