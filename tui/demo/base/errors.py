"""Okta's error codes with their HTTP status and summary, and the exception that carries one to the wire.

The statuses and texts are those of Okta's error code reference; where a real recorded answer differs in wording,
the recording wins.
"""

from __future__ import annotations

CODES: dict[str, tuple[int, str]] = {
    "E0000001": (400, "Api validation failed: {0}"),
    "E0000002": (400, "The request was not valid: {0}"),
    "E0000003": (400, "The request body was not well-formed."),
    "E0000006": (403, "You do not have permission to perform the requested action"),
    "E0000007": (404, "Not found: Resource not found: {0} ({1})"),
    "E0000008": (404, "The requested path was not found"),
    "E0000009": (500, "Internal Server Error"),
    "E0000010": (503, "Service is in read only mode"),
    "E0000011": (401, "Invalid token provided"),
    "E0000014": (403, "Update of credentials failed"),
    "E0000015": (401, "You do not have permission to access the feature you are requesting"),
    "E0000016": (403, "Activation failed because the user is already active"),
    "E0000017": (403, "Password reset failed"),
    "E0000022": (405, "The endpoint does not support the provided HTTP method"),
    "E0000023": (
        403,
        "Operation failed because user profile is mastered under another system",
    ),
    "E0000028": (400, "The request is missing a required parameter."),
    "E0000029": (400, "Invalid paging request."),
    "E0000031": (400, "Invalid search criteria."),
    "E0000032": (403, "Unlock is not allowed for this user."),
    "E0000033": (400, "Search request contains both search and filter query parameters."),
    "E0000034": (403, "Forgot password not allowed on specified user."),
    "E0000038": (403, "This operation is not allowed in the user's current status."),
    "E0000041": (400, "Credentials should not be set on this resource based on the scheme."),
    "E0000046": (403, "Deactivate application for user forbidden."),
    "E0000047": (429, "API call exceeded rate limit due to too many requests."),
    "E0000053": (400, "Invalid filter '{0}': {1}"),
    "E0000056": (403, "Delete application forbidden."),
    "E0000060": (501, "Unsupported operation."),
    "E0000067": (504, "The factor service timed out."),
    "E0000068": (403, "Invalid Passcode/Answer"),
    "E0000069": (403, "User Locked"),
    "E0000075": (
        403,
        "Cannot modify the {0} attribute because it has a field mapping and profile push is enabled.",
    ),
    "E0000082": (403, "Each code can only be used once. Please wait for a new code and try again."),
    "E0000083": (403, "PassCode is valid but exceeded time window."),
    "E0000087": (403, "The recovery question answer did not match our records."),
    "E0000090": (409, "The role specified is already assigned to the user."),
    "E0000091": (400, "The provided role type was not the same as required role type."),
    "E0000098": (400, "This phone number is invalid."),
    "E0000109": (429, "An SMS message was recently sent. Please wait 30 seconds before trying again."),
    "E0000112": (
        409,
        "Cannot update this user because they are still being activated. Please try again in a few minutes.",
    ),
    "E0000117": (403, "Cannot assign apps or update app profiles for an inactive user."),
    "E0000133": (429, "A phone call was recently made. Please wait 30 seconds before trying again."),
    "E0000180": (423, "The factor is suspended."),  # only the code and its status are known
}


class ApiError(Exception):
    """A refusal in Okta's words.

    Args:
        code: An errorCode of CODES.
        words: What fills the places in its summary.
        causes: The texts of errorCauses.
    """

    def __init__(self, code: str, *words: str, causes: tuple[str, ...] = ()) -> None:
        self.code = code
        self.status, summary = CODES[code]
        # Replaced one by one: the words come from requests and may hold braces of their own.
        for place, word in enumerate(words):
            summary = summary.replace(f"{{{place}}}", word, 1)
        self.summary = summary
        self.causes = causes
        super().__init__(f"{code} {summary}")

    def body(self, error_id: str) -> dict[str, object]:
        """Return the JSON body, keys in Okta's order."""
        return {
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": error_id,
            "errorCauses": [{"errorSummary": cause} for cause in self.causes],
        }


def not_found(identifier: str, kind: str) -> ApiError:
    """Return the 404 for a resource of a kind such as User, UserGroup or AppInstance."""
    return ApiError("E0000007", identifier, kind)


def invalid(name: str, why: str) -> ApiError:
    """Return the 400 for a field of a body or a parameter."""
    return ApiError("E0000001", name, causes=(f"{name}: {why}",))
