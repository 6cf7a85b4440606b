"""What an org has set up around signing in: network zones, trusted origins, log streams, risk, the Admin Console."""
