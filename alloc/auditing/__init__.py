"""Whether an answer can be believed: what it looks like, what it can be made to do, and how it compares with reality.

    audited = alloc.audit("china-2020", only=["distributions", "twins"])
    print(alloc.show(audited))

Nothing here changes an instance: every probe solves a copy.
"""
