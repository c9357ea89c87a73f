"""Formulations by name, and whether every room knows what one declares."""
