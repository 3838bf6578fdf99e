"""What stands in for Azure and Graph on one machine; nothing in the app imports it."""
