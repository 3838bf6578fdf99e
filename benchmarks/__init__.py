"""Measurements, beside a bare script that does the same; `make bench` prints their tables."""
