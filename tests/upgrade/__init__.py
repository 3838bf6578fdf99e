"""Apps of older versions as they were left in the middle of their work, and taken over by the app of today."""
