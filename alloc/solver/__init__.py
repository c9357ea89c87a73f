"""Compiled models solved: tiers in order, each held, whole facilities first. `alloc.solver.solution` is the way in."""
