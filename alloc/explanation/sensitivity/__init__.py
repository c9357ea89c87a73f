"""What one more unit of a parameter is worth to a tier, and how far that holds."""
