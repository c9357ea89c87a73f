"""Codes of administrative divisions: what became of them, whose they are, and what else they are written as."""
