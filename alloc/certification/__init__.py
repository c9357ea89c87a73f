"""Certificates of results: what proves every tier's bound, as files that a stranger can check without alloc."""
