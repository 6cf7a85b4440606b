"""The action subcommands: `keydesk unlock` and its siblings."""
