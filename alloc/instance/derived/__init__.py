"""Derived data: what follows from the tables before any decision is made."""
