"""What answers at once, with the standard library alone, while everything else is being loaded."""
