"""What the published formula alone would give, beside the plan."""
