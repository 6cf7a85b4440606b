"""The Okta client. Only this package and the demo org know HTTP."""
