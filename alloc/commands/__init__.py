"""Commands that have a module of their own; heavy imports stand inside them, so that ``--help`` answers at once."""
