"""A world in memory for the steps to live in: storage, an SDS service, a clock, and an engine that misbehaves."""
