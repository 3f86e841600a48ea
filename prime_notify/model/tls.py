"""TLS of an endpoint: the CAs that it trusts, and the client's certificate."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Optional, Tuple, Union

import requests.utils

from prime_notify.model.failure import FailureKind, UnsendableError
from prime_notify.model.request import ConnectionOptions
from prime_notify.text.wording import Wording

__all__ = ["tls_context", "tls_files"]

_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def tls_context(options: ConnectionOptions = ConnectionOptions()) -> ssl.SSLContext:  # noqa: B008 - immutable
    """Verifies against the configured CAs, else the bundle that requests would use.

    :raises UnsendableError: a file of CAs or of the client's certificate cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if options.verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _trust(context, options.verify)
    if options.cert:
        _identify(context, options.cert)
    return context


def tls_files(options: ConnectionOptions) -> Tuple[Optional[int], ...]:
    """The times of change of the files that the options name, so that a renewed certificate is used without a
    reload.
    """
    paths = [*([options.verify] if isinstance(options.verify, str) else []), *options.cert]
    return tuple(_modified(Path(path)) for path in paths)


def _modified(path: Path) -> Optional[int]:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _trust(context: ssl.SSLContext, verify: Union[bool, str]) -> None:
    variable = next((name for name in _CA_VARIABLES if os.environ.get(name)), None)
    bundle = os.environ[variable] if variable else requests.utils.DEFAULT_CA_BUNDLE_PATH
    package = Wording("the package certifi", "certifi 包")
    owner = Wording("the CA bundle of {of}", "{of} 的 CA 文件", of=variable or package)
    if isinstance(verify, str):
        bundle, owner = verify, Wording('the file of "verify"', "verify 所指的文件")
    try:
        if Path(bundle).is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError:  # ssl.SSLError, raised for a file without certificates, is an OSError, too
        reason = Wording("{owner} cannot be read", "{owner}无法读取", owner=owner)
        hint = Wording("look at {bundle}: is it PEM?", "请检查 {bundle}：它是 PEM 格式吗？", bundle=bundle)
        raise UnsendableError(FailureKind.TLS, reason, hint) from None


def _identify(context: ssl.SSLContext, cert: Tuple[str, ...]) -> None:
    try:
        # Without a password here, OpenSSL asks for that of an encrypted key at the console, and waits
        context.load_cert_chain(cert[0], cert[1] if len(cert) > 1 else None, password="")
    except OSError:
        reason = Wording("the client certificate cannot be used", "客户端证书无法使用")
        hint = Wording(
            'let "cert" name a PEM file with certificate and key, or one of each; the key must not be encrypted',
            "cert 应为同时含证书与私钥的 PEM 文件，或两者各一个文件；私钥不能加密",
        )
        raise UnsendableError(FailureKind.TLS, reason, hint) from None
