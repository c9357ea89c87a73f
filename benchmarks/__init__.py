"""Measurements of the engine; see README.md beside this file."""
