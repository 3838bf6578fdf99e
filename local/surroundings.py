"""What the functions host sees of this machine: everything but what the stack has its own of."""

from collections.abc import Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1,localhost,::1"

_FOREIGN = ("DROP_STORAGE", "AZURE_", "AzureWebJobs", "IDENTITY_", "MSI_", "IMDS_", "WEBSITE_", "FUNCTIONS_")
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "grpc_proxy")
_NO_PROXY = ("no_proxy", "NO_PROXY")
# Without these gRPC takes no_proxy; with them, it forgets it.
_GRPC_NO_PROXY = ("no_grpc_proxy", "NO_GRPC_PROXY")


def foreign(environment: Mapping[str, str]) -> list[str]:
    """The names in a shell's environment that mean another storage or identity than the stack's, sorted."""
    return sorted(name for name, value in environment.items() if name.startswith(_FOREIGN) and value.strip())


def certificates(environment: Mapping[str, str]) -> list[Path]:
    """Files of authorities that this machine trusts besides the system's: a school's proxy may have one."""
    return [Path(environment[name]) for name in _CERTIFICATES if environment.get(name)]


def without_foreign(environment: Mapping[str, str], *, world: bool) -> dict[str, str]:
    """What is passed on; the machine's proxies only if the host speaks to the `world`, and never for loopback."""
    proxies = () if world else _PROXIES
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_FOREIGN) and name not in _CERTIFICATES and name.lower() not in proxies
    }
    return {name: value for name, value in kept.items() if name not in _GRPC_NO_PROXY} | no_proxy(environment)


def no_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Both spellings of the variable, as libraries read one or the other, with this machine among the hosts."""
    given = ",".join(filter(None, (environment.get(name, "") for name in _NO_PROXY)))
    hosts = dict.fromkeys(host.strip() for host in f"{given},{LOOPBACK}".split(",") if host.strip())
    return dict.fromkeys(_NO_PROXY, ",".join(hosts))
