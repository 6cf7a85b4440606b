"""`keydesk doctor`: what is wrong with this terminal, this machine and the way to the org."""
