"""The proof: what a connector's credentials can and cannot do, found out by reading."""
