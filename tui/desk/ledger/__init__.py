"""The ledger: every change is recorded before it is sent, and its outcome after."""
