"""The explanation room: why nothing satisfies the rules, what things are worth, why a number, and what it would take.

Every question is a function that gives an `alloc.explanation.shared.answer.Answer`; the command ``alloc explain`` and
the verb `alloc.explain` only choose the function and print what it gives.
"""
