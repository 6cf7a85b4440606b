"""The screen of the ledger."""
