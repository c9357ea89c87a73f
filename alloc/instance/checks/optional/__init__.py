"""Checks of optional tables that belong together."""
