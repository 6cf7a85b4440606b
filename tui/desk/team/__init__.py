"""A team's record on PostgreSQL: one ledger for all agents of a desk, on whatever machines they sit."""
