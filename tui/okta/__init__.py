"""Speaks to Okta. With the demo org, the only code that knows HTTP."""
