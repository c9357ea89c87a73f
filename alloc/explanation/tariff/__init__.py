"""The unit tariff: what one more unit of what drives a formula brings a city."""
