"""What happens in the org: its past, its cast's stories, and its life from the start on."""
