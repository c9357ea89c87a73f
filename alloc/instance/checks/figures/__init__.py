"""Single figures beside those of others."""
