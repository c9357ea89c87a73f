"""Checks of every table and of the settings, all faults at once."""
