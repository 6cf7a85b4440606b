"""The simulated org: people, lifecycle rules, HTTP surface, faults on request."""
