"""The emulator read with Microsoft's own SDK: `make graph-sdk`, apart from the tests because the SDK is 700 MB large.

What the SDK's classes know is kept in fields.json, so that the ordinary tests hold the emulator to it.
"""
