"""Tiers in lexicographic order: linear, max-min and quadratic ones, each held on its optimal face."""
