"""A comparison as text for a terminal."""
