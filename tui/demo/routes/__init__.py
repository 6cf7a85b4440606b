"""Every operation of the org, one file per resource."""

from tui.demo.routes import apps, factors, groups, lifecycle, logs, members, oauth, org, policies, roles, tokens, users

ROUTES = (
    *org.ROUTES,
    *oauth.ROUTES,
    *users.ROUTES,
    *lifecycle.ROUTES,
    *factors.ROUTES,
    *groups.ROUTES,
    *members.ROUTES,
    *apps.ROUTES,
    *logs.ROUTES,
    *policies.ROUTES,
    *roles.ROUTES,
    *tokens.ROUTES,
)
