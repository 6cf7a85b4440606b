"""The apps: about twenty-five, assigned to people through groups or directly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tui.demo import app_settings
from tui.demo.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.groups import Group, Groups
    from tui.demo.ids import Ids
    from tui.demo.person import Person
    from tui.demo.wire import Json


class Row(NamedTuple):
    """One app: catalogue key, label, sign-on mode, groups it is assigned to, one in how many has it directly."""

    name: str
    label: str
    mode: str = "SAML_2_0"
    groups: tuple[str, ...] = ()
    direct: int = 0
    status: str = "ACTIVE"
    hidden: bool = False
    provisioned: bool = False


ROWS: tuple[Row, ...] = (
    Row("okta_enduser", "Okta Dashboard", "OPENID_CONNECT", ("Everyone",), hidden=True),
    Row("active_directory", "corp.acme.example", "AUTO_LOGIN", hidden=True),
    Row("ldap_sun_one", "ldap.acme.example", "AUTO_LOGIN", hidden=True),
    Row("saasure", "Okta Admin Console", "OPENID_CONNECT", ("Okta Administrators",), hidden=True),
    Row("office365", "Microsoft 365", "WS_FEDERATION", ("Everyone",), provisioned=True),
    Row("salesforce", "Salesforce", "SAML_2_0", ("Salesforce Users",), 60, provisioned=True),
    Row("slack", "Slack", "SAML_2_0", ("Everyone",), provisioned=True),
    Row("zoomus", "Zoom", "SAML_2_0", ("Zoom Licensed",), 40),
    Row("github_enterprise", "GitHub", "SAML_2_0", ("GitHub Developers",), 80),
    Row("jira_onprem", "Jira", "SAML_2_0", ("Jira Users",)),
    Row("confluence", "Confluence", "SAML_2_0", ("Confluence Editors", "Jira Users")),
    Row("figma", "Figma", "SAML_2_0", ("Figma Editors", "Design")),
    Row("adobe_creative_cloud", "Adobe Creative Cloud", "SAML_2_0", ("Creative Cloud",), 90, provisioned=True),
    Row("tableau_online", "Tableau", "SAML_2_0", ("Tableau Viewers",)),
    Row("amazon_aws", "AWS Account Federation", "SAML_2_0", ("AWS Administrators",)),
    Row("workday", "Workday", "SAML_2_0", ("Everyone",)),
    Row("servicenow_ud", "ServiceNow", "SAML_2_0", ("IT", "Support"), 30),
    Row("cisco_anyconnect", "VPN (RADIUS)", "AUTO_LOGIN", ("VPN Users",), hidden=True),
    Row("bookmark", "Canteen Menu", "BOOKMARK", ("Everyone",)),
    Row("template_swa", "Old Timesheets", "BROWSER_PLUGIN", ("Contractors",), 50),
    Row("box_net", "Box", "SAML_2_0", (), 25),
    Row("docusign", "DocuSign", "SAML_2_0", ("Legal", "Finance"), 100),
    Row("bookmark", "[bold]Loud[/] App", "BOOKMARK", ("[bold red]Loud[/] Group",)),
    Row("bookmark", "\x1b[31mRed\x1b[0m App", "BOOKMARK", ("\x1b[31mRed\x1b[0m Group\x07",)),
    Row("basecamp", "Basecamp (retired)", "SAML_2_0", (), 35, "INACTIVE"),
)
_LOGO = "https://ok12static.oktacdn.com/assets/img/logos/default.png"


@dataclass(slots=True)
class App:
    """An app instance and the assignments that calls have changed."""

    index: int
    id: str
    row: Row
    created: float
    groups: list[Group]
    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)


class Apps:
    """All apps of the org. Number 1 is Active Directory, so that imported groups can name it as their source."""

    def __init__(self, ids: Ids, groups: Groups, origin: float) -> None:
        self.ids = ids
        self.groups = groups
        self.org_id = ids.make("00o", 1)
        whole = float(int(origin))
        self.all = [
            App(
                number,
                ids.make("0oa", number),
                row,
                whole - (700 - number) * DAY,
                [groups.named(n) for n in row.groups],
            )
            for number, row in enumerate(ROWS)
        ]

    def find(self, identifier: str) -> App | None:
        """Return the app with that id, or None."""
        number = self.ids.read("0oa", identifier)
        return self.all[number] if number is not None and number < len(self.all) else None

    def scope(self, app: App, person: Person) -> str | None:
        """Return USER for a direct assignment, GROUP for one through a group, None for none."""
        if person.status in {"DEPROVISIONED", "STAGED"}:
            return None
        if person.index in app.added:
            return "USER"
        if (
            app.row.direct
            and (person.salt >> (app.index + 16)) % app.row.direct == 0
            and person.index not in app.removed
        ):
            return "USER"
        return "GROUP" if any(self.groups.is_member(group, person) for group in app.groups) else None

    def of(self, person: Person) -> list[tuple[App, str]]:
        """Return every app of a person with the scope of its assignment."""
        scopes = ((app, self.scope(app, person)) for app in self.all)
        return [(app, scope) for app, scope in scopes if scope is not None]

    def show(self, app: App, base: str) -> Json:
        """Return the app object."""
        row, href = app.row, f"{base}/api/v1/apps/{app.id}"
        toggle = "deactivate" if row.status == "ACTIVE" else "activate"
        return {
            "id": app.id,
            "orn": f"orn:okta:idp:{self.org_id}:apps:{row.name}:{app.id}",
            "name": row.name,
            "label": row.label,
            "status": row.status,
            "lastUpdated": iso(app.created),
            "created": iso(app.created),
            "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
            "visibility": {
                "autoLaunch": False,
                "autoSubmitToolbar": False,
                "hide": {"iOS": row.hidden, "web": row.hidden},
                "appLinks": {"login": True},
            },
            "features": ["PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION"] if row.provisioned else [],
            "signOnMode": row.mode,
            "credentials": app_settings.credentials(row.mode, app.id),
            "settings": app_settings.settings(row.mode),
            "_links": {
                "appLinks": [{"name": "login", "href": f"{base}/home/{row.name}/{app.id}/2557", "type": "text/html"}],
                "groups": {"href": f"{href}/groups"},
                "logo": [{"name": "medium", "href": _LOGO, "type": "image/png"}],
                "users": {"href": f"{href}/users"},
                toggle: {"href": f"{href}/lifecycle/{toggle}"},
            },
        }

    def show_user(self, app: App, person: Person, scope: str, base: str) -> Json:
        """Return the assignment of a person, whose id is the person's."""
        active = person.status not in {"SUSPENDED", "DEPROVISIONED"}
        return {
            "id": person.id,
            "externalId": f"ext-{person.index}" if app.row.provisioned else None,
            "created": iso(max(app.created, person.created)),
            "lastUpdated": iso(max(app.created, person.created)),
            "scope": scope,
            "status": "PROVISIONED" if app.row.provisioned and active else "ACTIVE",
            "statusChanged": iso(max(app.created, person.created)),
            "passwordChanged": None,
            "syncState": "SYNCHRONIZED" if app.row.provisioned else "DISABLED",
            "credentials": {"userName": person.login},
            "profile": {},
            "_links": {
                "app": {"href": f"{base}/api/v1/apps/{app.id}"},
                "user": {"href": f"{base}/api/v1/users/{person.id}"},
            },
        }

    def show_group(self, app: App, group: Group, base: str) -> Json:
        """Return the assignment of a group."""
        return {
            "id": group.id,
            "lastUpdated": iso(app.created),
            "priority": app.groups.index(group),
            "profile": {},
            "_links": {
                "app": {"href": f"{base}/api/v1/apps/{app.id}"},
                "self": {"href": f"{base}/api/v1/apps/{app.id}/groups/{group.id}"},
                "group": {"href": f"{base}/api/v1/groups/{group.id}"},
            },
        }

    def show_link(self, app: App, person: Person, base: str, order: int) -> Json:
        """Return the tile on a person's dashboard."""
        return {
            "id": self.ids.make("00u", person.index) + f"_{app.index}",
            "label": app.row.label,
            "linkUrl": f"{base}/home/{app.row.name}/{app.id}/2557",
            "logoUrl": _LOGO,
            "appName": app.row.name,
            "appInstanceId": app.id,
            "appAssignmentId": self.ids.make("0ua", person.index * 64 + app.index),
            "credentialsSetup": False,
            "hidden": False,
            "sortOrder": order,
        }
