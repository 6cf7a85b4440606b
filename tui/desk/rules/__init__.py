"""The desk's rules: how well a caller must be proven before what, for whom, how often; pure, without Okta or screen."""
