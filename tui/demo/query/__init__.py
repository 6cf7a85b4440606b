"""Search and filter expressions over users, groups, apps and the log."""
