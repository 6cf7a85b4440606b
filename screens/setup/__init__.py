"""The wizard that sets a connector up, a file for each step."""
