"""Tables that an instance may leave out, each with what belongs to it."""
