"""The domain of Rosterdrop, free of Azure Functions and of the durable SDK: it all runs in a plain Python process."""

VERSION = "0.2.0"
