"""A file landed, or the sweep found something: wake the profile. Nothing else is decided here."""
