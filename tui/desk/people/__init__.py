"""People: search, person, card, factors, and the password policy that applies to them."""
