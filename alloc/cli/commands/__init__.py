"""The verbs of alloc as commands, a module each."""
