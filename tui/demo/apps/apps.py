"""The apps: about thirty, assigned to people through groups or directly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.apps import app_settings
from tui.demo.apps.app import App, AppRow, Link
from tui.demo.base.dice import roll
from tui.demo.base.times import DAY, iso, iso_or_none
from tui.demo.people.cast import AD_DOMAIN

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.groups.groups import Groups
    from tui.demo.people.person import Person

ROWS: tuple[AppRow, ...] = (
    AppRow("okta_enduser", "Okta Dashboard", "OPENID_CONNECT", ("Everyone",), hidden=True),
    AppRow("active_directory", "corp.acme.example", "AUTO_LOGIN", hidden=True),
    AppRow("ldap_sun_one", "ldap.acme.example", "AUTO_LOGIN", hidden=True),
    AppRow("saasure", "Okta Admin Console", "OPENID_CONNECT", ("Okta Administrators",), hidden=True),
    AppRow("office365", "Microsoft 365", "WS_FEDERATION", ("Everyone",), provisioned=True),
    AppRow("salesforce", "Salesforce", "SAML_2_0", ("Salesforce Users",), 60, provisioned=True),
    AppRow("slack", "Slack", "SAML_2_0", ("Everyone",), provisioned=True),
    AppRow("zoomus", "Zoom", "SAML_2_0", ("Zoom Licensed",), 40),
    AppRow("github_enterprise", "GitHub", "SAML_2_0", ("GitHub Developers",), 80),
    AppRow("jira_onprem", "Jira", "SAML_2_0", ("Jira Users",)),
    AppRow("confluence", "Confluence", "SAML_2_0", ("Confluence Editors", "Jira Users")),
    AppRow("figma", "Figma", "SAML_2_0", ("Figma Editors", "Design")),
    AppRow("adobe_creative_cloud", "Adobe Creative Cloud", "SAML_2_0", ("Creative Cloud",), 90, provisioned=True),
    AppRow("tableau_online", "Tableau", "SAML_2_0", ("Tableau Viewers",)),
    AppRow("amazon_aws", "AWS Account Federation", "SAML_2_0", ("AWS Administrators",)),
    AppRow("workday", "Workday", "SAML_2_0", ("Everyone",)),
    AppRow("servicenow_ud", "ServiceNow", "SAML_2_0", ("IT", "Support"), 30),
    AppRow("cisco_anyconnect", "VPN (RADIUS)", "AUTO_LOGIN", ("VPN Users",), hidden=True),
    AppRow("bookmark", "Canteen Menu", "BOOKMARK", ("Everyone",)),
    AppRow("template_swa", "Old Timesheets", "BROWSER_PLUGIN", ("Contractors",), 50),
    AppRow("box_net", "Box", "SAML_2_0", (), 25),
    AppRow("docusign", "DocuSign", "SAML_2_0", ("Legal", "Finance"), 100),
    AppRow("bookmark", "[bold]Loud[/] App", "BOOKMARK", ("[bold red]Loud[/] Group",)),
    AppRow("bookmark", "\x1b[31mRed\x1b[0m App", "BOOKMARK", ("\x1b[31mRed\x1b[0m Group\x07",)),
    AppRow("basecamp", "Basecamp (retired)", "SAML_2_0", (), 35, "INACTIVE"),
    AppRow("jira_service_management", "Jira Service Management", "SAML_2_0", ("Jira Agents",)),
    AppRow("warehouse_board", "Warehouse Board", "SAML_2_0", (f"{AD_DOMAIN}/Warehouse",)),
    AppRow("bookmark", "Zürich Parking", "BOOKMARK", ("Zürich Office",)),
    AppRow(
        "lucidchart",
        "Lucidchart",
        "SAML_2_0",
        ("Lucidchart Editors",),
        provisioned=True,
        failure="Bad Request. Errors reported by remote server: No licenses left",
    ),
    AppRow("concur", "SAP Concur", "SAML_2_0", ("Concur Travellers",), provisioned=True, slow=True),
    AppRow("miro", "Miro", "SAML_2_0", provisioned=True, schema=(("role", "Viewer"), ("licence", None))),
)
# Seconds until an account downstream is there, or until it is known that it cannot be made.
_SOONEST, _SPAN = 5, 11
_SLOW = 90
_LOGO = "https://ok12static.oktacdn.com/assets/img/logos/default.png"


class Apps:
    """All apps of the org. Number 1 is Active Directory, so that imported groups can name it as their source."""

    def __init__(self, ids: Ids, groups: Groups, origin: float) -> None:
        self.ids = ids
        self.groups = groups
        self.org_id = ids.make("00o", 1)
        self.origin = origin
        whole = float(int(origin))
        self.all: list[App] = []
        self._numbered: dict[int, App] = {}
        self._made = 0
        for number, row in enumerate(ROWS):
            created = whole - (700 - number) * DAY
            links = [Link(groups.named(n), created, place) for place, n in enumerate(row.groups)]
            self.add(row, created, links)

    def add(self, row: AppRow, created: float, links: list[Link] | None = None) -> App:
        """Make an app."""
        number = self._made
        self._made += 1
        app = App(number, self.ids.make("0oa", number), row, created, links or [], created)
        self.all.append(app)
        self._numbered[number] = app
        return app

    def delete(self, app: App) -> None:
        """Forget an app and all its assignments; its id is not given out again."""
        self.all.remove(app)
        del self._numbered[app.index]
        # What is still to happen to its assignments finds none.
        app.row = app.row._replace(direct=0)
        for kept in (app.links, app.leaving, app.given, app.waiting, app.lingering):
            kept.clear()

    def find(self, identifier: str) -> App | None:
        """Return the app with that id, or None."""
        number = self.ids.read("0oa", identifier)
        return None if number is None else self._numbered.get(number)

    def is_direct(self, app: App, person: Person) -> bool:
        """Return whether a person has an app by an assignment of their own."""
        given = app.given.get(person.index)
        if given is not None and given.direct:
            return True
        return (
            app.row.direct > 0
            and person.status != "STAGED"
            and (person.salt >> (app.index + 16)) % app.row.direct == 0
            and person.index not in app.removed
        )

    def through(self, app: App, person: Person) -> Link | None:
        """Return the assignment of a group that gives an app to a person, None when no group does."""
        if person.status in {"DEPROVISIONED", "STAGED"}:
            return None
        for link in (*app.links, *app.leaving):
            if link.live and self.groups.is_member(link.group, person):
                return link
        return None

    def scope(self, app: App, person: Person) -> str | None:
        """Return USER for a direct assignment, GROUP for one through a group, None for none."""
        if person.status == "DEPROVISIONED" or person.deleted:
            return None
        if self.is_direct(app, person):
            return "USER"
        if person.index in app.lingering:
            return "GROUP"
        if person.index in app.waiting or not (app.links or app.leaving):
            return None
        return "GROUP" if self.through(app, person) is not None else None

    def of(self, person: Person) -> list[tuple[App, str]]:
        """Return every app of a person with the scope of its assignment."""
        scopes = ((app, self.scope(app, person)) for app in self.all)
        return [(app, scope) for app, scope in scopes if scope is not None]

    def since(self, app: App, person: Person) -> float:
        """Return when a person got an app, in seconds since 1970."""
        given = app.given.get(person.index)
        if given is not None:
            return given.since
        link = self.through(app, person)
        start = app.created if link is None else link.since
        return max(start, person.created if person.created < self.origin else person.activated or person.created)

    def ready(self, app: App, person: Person, since: float) -> float:
        """Return when provisioning is over that began at a time."""
        chance = roll(self.ids.seed, 0xA44, app.index, person.index)
        return since + (_SLOW if app.row.slow else 0) + _SOONEST + chance % _SPAN

    def state(self, app: App, person: Person, since: float, now: float) -> tuple[str, str, float]:
        """Return status and syncState of an assignment, and when the account downstream is done."""
        if not app.row.provisioned:
            return "ACTIVE", "DISABLED", since
        if person.status in {"STAGED", "SUSPENDED"}:
            return ("STAGED" if person.status == "STAGED" else "SUSPENDED"), "DISABLED", since
        ready = self.ready(app, person, since)
        if now < ready:
            return "STAGED", "SYNCING", ready
        if app.row.failure and since >= self.origin:
            return "STAGED", "ERROR", ready
        return "PROVISIONED", "SYNCHRONIZED", ready

    def show(self, app: App, base: str) -> Json:
        """Return the app object."""
        row, href = app.row, f"{base}/api/v1/apps/{app.id}"
        toggle = "deactivate" if row.status == "ACTIVE" else "activate"
        answer: Json = {
            "id": app.id,
            "orn": f"orn:okta:idp:{self.org_id}:apps:{row.name}:{app.id}",
            "name": row.name,
            "label": row.label,
            "status": row.status,
            "lastUpdated": iso(app.updated),
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
        }
        return {
            **app_settings.overlay(answer, app.settings),
            "_links": {
                "appLinks": [{"name": "login", "href": f"{base}/home/{row.name}/{app.id}/2557", "type": "text/html"}],
                "groups": {"href": f"{href}/groups"},
                "logo": [{"name": "medium", "href": _LOGO, "type": "image/png"}],
                "users": {"href": f"{href}/users"},
                toggle: {"href": f"{href}/lifecycle/{toggle}"},
            },
        }

    def show_user(self, app: App, person: Person, scope: str, base: str, now: float) -> Json:
        """Return the assignment of a person, whose id is the person's, as it is at a time."""
        since, given = self.since(app, person), app.given.get(person.index)
        status, sync, ready = self.state(app, person, since, now)
        done = sync == "SYNCHRONIZED"
        changed = max(since, ready) if now >= ready else since
        answer: Json = {
            "id": person.id,
            "externalId": f"ext-{person.index}" if done else None,
            "created": iso(since),
            "lastUpdated": iso(max(changed, given.updated if given else 0.0)),
            "scope": scope,
            "status": status,
            "statusChanged": iso(changed),
            "passwordChanged": iso_or_none(given.password_changed if given else None),
            "syncState": sync,
        }
        if done:
            answer["lastSync"] = iso(changed)
        answer["credentials"] = {"userName": (given.user_name if given else None) or person.login}
        if given is not None and given.password_changed is not None:
            answer["credentials"] = {"userName": given.user_name or person.login, "password": {}}
        answer["profile"] = self.profile(app, person)
        answer["_links"] = {
            "app": {"href": f"{base}/api/v1/apps/{app.id}"},
            "user": {"href": f"{base}/api/v1/users/{person.id}"},
        }
        return answer

    def profile(self, app: App, person: Person) -> Json:
        """Return a person's profile in an app: mapped from Okta's, then the group's, then their own."""
        mapped: Json = {}
        if app.row.provisioned:
            mapped = {"email": person.email, "firstName": person.first, "lastName": person.last, **dict(app.row.schema)}
        link, given = self.through(app, person), app.given.get(person.index)
        return {**mapped, **(link.profile if link else {}), **(given.profile if given else {})}

    def show_group(self, app: App, link: Link, base: str) -> Json:
        """Return the assignment of a group."""
        return {
            "id": link.group.id,
            "lastUpdated": iso(link.updated or link.since),
            "priority": link.priority,
            "profile": link.profile,
            "_links": {
                "app": {"href": f"{base}/api/v1/apps/{app.id}"},
                "self": {"href": f"{base}/api/v1/apps/{app.id}/groups/{link.group.id}"},
                "group": {"href": f"{base}/api/v1/groups/{link.group.id}"},
            },
        }

    def assignment_id(self, app: App, person: Person) -> str:
        """Return the id of a person's assignment, as the System Log names it."""
        return self.ids.make("0ua", person.index * 10_000 + app.index)

    def show_link(self, app: App, person: Person, base: str, order: int) -> Json:
        """Return the tile on a person's dashboard."""
        return {
            "id": self.ids.make("00u", person.index) + f"_{app.index}",
            "label": app.row.label,
            "linkUrl": f"{base}/home/{app.row.name}/{app.id}/2557",
            "logoUrl": _LOGO,
            "appName": app.row.name,
            "appInstanceId": app.id,
            "appAssignmentId": self.assignment_id(app, person),
            "credentialsSetup": False,
            "hidden": False,
            "sortOrder": order,
        }
