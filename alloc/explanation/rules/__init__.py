"""What every rule costs."""
