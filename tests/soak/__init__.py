"""A long run of the whole stack under kills and faults, and a checker that reads what came of it.

The checker shares no code with the app: what it needs to know of names and messages is written down here once more.
"""
