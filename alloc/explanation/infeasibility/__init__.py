"""Why nothing satisfies the rules, and which repairs are known to work."""
