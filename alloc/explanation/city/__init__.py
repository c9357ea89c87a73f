"""Why a city gets what it gets, and what holds it."""
