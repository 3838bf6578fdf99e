"""The classic API: education synchronization profiles (Graph beta, retired by Microsoft at the end of 2024)."""
