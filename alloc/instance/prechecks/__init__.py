"""What can be said of an instance before any solver is called."""
