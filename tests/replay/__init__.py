"""Recorded histories of every path of the orchestrator, replayed against the orchestrator of today."""
