"""What a report says in plain words: what was changed by hand, what is uncertain, which cities a condition means."""
