"""A certificate authority for one stack, and the certificate that its storage shows."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from local.files import private_folder, write_private

_DAYS = 400
"""How long they are good; a stack that stays up for a year is started again some day."""


class Certificates:
    """PEM files in a folder that only the owner can read. The authority's own key is never written."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "ca.pem"
        self.certificate = folder / "certificate.pem"
        self.key = folder / "key.pem"

    @classmethod
    def make(cls, folder: Path) -> "Certificates":
        """Make new ones in a folder, which is made if need be. Elliptic curves: both take a few milliseconds."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

        now = datetime.now(UTC)
        authority_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        authority_name, own_name = (
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Rosterdrop local {what}")])
            for what in ("authority", "storage")
        )

        def begun(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(authority_name)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - timedelta(hours=1))
                .not_valid_after(now + timedelta(days=_DAYS))
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            )

        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
        signs = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
        authority = (
            begun(authority_name, authority_key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(signs, critical=True)
            .sign(authority_key, hashes.SHA256())
        )
        own = (
            begun(own_name, own_key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(identifier, critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        made = cls(private_folder(folder))
        pem = serialization.Encoding.PEM
        write_private(made.authority, authority.public_bytes(pem))
        write_private(made.certificate, own.public_bytes(pem))
        write_private(
            made.key,
            own_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        )
        return made

    def server_context(self) -> ssl.SSLContext:
        """For whoever shows the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def client_context(self) -> ssl.SSLContext:
        """For whoever trusts this authority alone."""
        return ssl.create_default_context(cafile=str(self.authority))

    def with_system(self, more: list[Path]) -> Path:
        """A file of this authority, of the system's and of `more`: for a host that also speaks to the world."""
        import certifi

        paths = [self.authority, Path(certifi.where()), *more]
        if system := ssl.get_default_verify_paths().cafile:
            paths.append(Path(system))
        bundle = self.authority.with_name("bundle.pem")
        write_private(bundle, b"\n".join(path.read_bytes() for path in dict.fromkeys(paths) if path.is_file()))
        return bundle
