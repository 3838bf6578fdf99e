"""The industry data API: inbound file flows, upload sessions, validation and runs (Graph beta)."""
