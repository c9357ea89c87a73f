"""Edits by titles: what planners write read by the names that are kept, and shown by titles again."""
