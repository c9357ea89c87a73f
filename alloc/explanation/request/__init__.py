"""What it would take to give a city so much of a pool."""
