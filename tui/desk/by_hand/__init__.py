"""By hand: what an agent or the person does where keydesk does not do it."""
