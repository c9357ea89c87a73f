"""Conditions over the rows of a table, and their grammar."""
