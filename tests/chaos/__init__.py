"""Many processes at a team's ledger under random faults, and a check of the history that they leave."""
