"""The durable side: one small orchestrator that never changes, and the activities it calls."""
