"""Verification before the upload: every problem of a roster set, with file, line and column."""

from .allowed import parse_allowed
from .model import FileResult, Finding, Scope, Service, Source, Verification
from .verify import verify
from .watch import Watch

__all__ = ["FileResult", "Finding", "Scope", "Service", "Source", "Verification", "Watch", "parse_allowed", "verify"]
