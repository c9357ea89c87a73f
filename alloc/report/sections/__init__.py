"""Chapters of a report, a module each: a function of the view that says, lists and draws what it is about."""
