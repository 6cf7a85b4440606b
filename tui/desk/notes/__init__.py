"""Texts to copy: what an agent pastes into a ticket or hands to a colleague."""
