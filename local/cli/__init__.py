"""The commands `run`, `up`, `drop` and `results` of `python -m local`."""
