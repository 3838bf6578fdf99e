"""Storage on one machine as the cloud serves it: by HTTPS and bearer tokens, with rights, events and faults."""
