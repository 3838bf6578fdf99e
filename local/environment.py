"""The stack's own settings and the environment of its host."""

import os
from contextlib import suppress
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from local.azurite import ACCOUNT
from local.certificates import Certificates
from local.child import StartError
from local.host_process import KEYS, PORT
from local.identity import CLIENT_IDS, Fetch, audience_of
from local.sign_in import SignIn
from local.surroundings import certificates, without_foreign
from shared.settings import BadSetting, Settings, is_loopback

PROFILE = "6f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10"
"""The profile that is there when SDS_PROFILES names none. The app then takes any GUID."""

QUICK = {
    "SDS_SETTLE_SECONDS": "1",
    "SDS_POLL_SECONDS": "0.5",
    "SDS_POLL_MAX_SECONDS": "2",
    "SDS_INCOMPLETE_AFTER_SECONDS": "5",
    "SDS_SWEEP_SCHEDULE": "*/10 * * * * *",
    "SDS_DRIVER_SECONDS": "10",
    "SDS_START_CONFIRM_SECONDS": "10",
    "SDS_FOLLOW_SECONDS": "120",
}
"""The stack's own settings: what takes minutes in Azure takes seconds here."""


class Doors(NamedTuple):
    """Where the parts of a running stack are."""

    graph: str
    emulated: bool
    """Whether Graph is the emulator."""
    identity_endpoint: str
    identity_header: str
    blobs: str
    queues: str
    certificates: Certificates


class Own:
    """Settings of one stack. Those in the environment go before the stack's own, the `given` before both."""

    def __init__(
        self,
        api: str,
        given: dict[str, str],
        graph_url: str,
        *,
        real: bool = False,
        identity: Literal["user", "system"] = "user",
    ) -> None:
        self._api = api
        self._given = given
        self._real = real
        self.graph_url = graph_url
        """Empty: Graph is the emulator."""
        self.identity = identity

    @property
    def world(self) -> bool:
        """Whether Graph is not on this machine."""
        return bool(self.graph_url) and not is_loopback(urlsplit(self.graph_url).hostname or "")

    def settings(self) -> Settings:
        """What the app will read. Raises StartError for a bad setting, or for a Graph that was not meant."""
        asked = {**os.environ, **self._given}
        try:
            settings = Settings.load({**self.quick(), **asked})
        except BadSetting as error:
            raise StartError(str(error)) from None
        if not self.graph_url and asked.get("GRAPH_BASE_URL", "").strip():
            self.graph_url = settings.graph_base_url
        if self.world:
            lacking = [
                what
                for what, there in (
                    ("SDS_PROFILES", bool(settings.profiles)),
                    ("--api", bool(asked.get("SDS_API", "").strip())),
                    ("--yes-real", self._real),
                )
                if not there
            ]
            if lacking:
                raise StartError(
                    f"{self.graph_url} is not on this machine: files that are dropped here would change a real school; "
                    f"if you mean that, give {', '.join(lacking)}"
                )
        return settings

    def elsewhere(self, settings: Settings) -> dict[str, Fetch]:
        """For which resources tokens come from the person's own sign-in."""
        return {audience_of(settings.graph_scope): SignIn(settings.graph_scope).token} if self.world else {}

    def environment(self, doors: Doors, port: int, function_key: str, blobs_key: str) -> dict[str, str]:
        """What the host and the app see: the cloud's settings, with addresses of this machine."""
        own = self.quick()
        if doors.emulated:
            own["SDS_OPERATION_POLL_SECONDS"] = QUICK["SDS_POLL_SECONDS"]
        authority = doors.certificates.authority
        if self.world:
            authority = doors.certificates.with_system(certificates(os.environ))
        client = CLIENT_IDS["app"] if self.identity == "user" else ""
        fixed = {
            **self.storage_variables(doors, client),
            **_identity("AzureWebJobsStorage", client),
            "AzureWebJobsStorage__accountName": ACCOUNT,
            "GRAPH_BASE_URL": doors.graph,
            "WEBSITE_HOSTNAME": f"127.0.0.1:{port}",
            **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), str(authority)),
            PORT: str(port),
            KEYS["function"]: function_key,
            KEYS["blobs"]: blobs_key,
        }
        return {**own, **without_foreign(os.environ, world=self.world), **self._given, **fixed}

    def storage_variables(self, doors: Doors, client_id: str) -> dict[str, str]:
        """How a program reaches the storage by an identity; no client id: by the system-assigned one."""
        return {
            "DROP_STORAGE__blobServiceUri": doors.blobs,
            "DROP_STORAGE__queueServiceUri": doors.queues,
            **_identity("DROP_STORAGE", client_id),
            "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
            **({"AZURE_CLIENT_ID": client_id} if client_id else {}),
            "IDENTITY_ENDPOINT": doors.identity_endpoint,
            "IDENTITY_HEADER": doors.identity_header,
            "REQUESTS_CA_BUNDLE": str(doors.certificates.authority),
            "SSL_CERT_FILE": str(doors.certificates.authority),
        }

    def quick(self) -> dict[str, str]:
        """The stack's own settings. A longer first interval of the user's makes the longest one longer."""
        own = {**QUICK, "SDS_API": self._api, "SDS_TASK_HUB": "rosterdrop"}
        first = {**os.environ, **self._given}.get("SDS_POLL_SECONDS", "")
        with suppress(ValueError):
            if float(first) > float(own["SDS_POLL_MAX_SECONDS"]):
                own["SDS_POLL_MAX_SECONDS"] = first
        return own


def _identity(connection: str, client_id: str) -> dict[str, str]:
    credential = {f"{connection}__credential": "managedidentity"}
    return credential | ({f"{connection}__clientId": client_id} if client_id else {})
