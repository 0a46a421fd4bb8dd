"""A headless Chromium, driven over its DevTools protocol."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import websocket

from . import chromium
from .console import Problem
from .environment import odoo_environment

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
START_SECONDS = 20
# What a page says of itself while something is still on its way.
BUSY = """
(() => {
  const client = document.querySelector("body.o_web_client");
  const empty = client && !document.querySelector(".o_action_manager > *");
  const loading = document.querySelector(".o_loading_indicator, .o_blockUI");
  return document.readyState !== "complete" || empty || Boolean(loading)
    ? null : (document.body || document.documentElement).innerHTML.length;
})()
"""


class Browser:
    """A browser with one page; used as a context manager."""

    def __init__(self, width: int, height: int) -> None:
        program = chromium.find()
        if not program:
            raise Problem("no Chromium on PATH: install it to take screenshots")
        self._profile = Path(tempfile.mkdtemp(prefix="crm_club_browser_"))
        size = f"--window-size={width},{height}"
        profile = f"--user-data-dir={self._profile}"
        self._process = subprocess.Popen(
            [program, *FLAGS, size, profile, "about:blank"],
            env=odoo_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._last_id = 0
        try:
            self._socket = websocket.create_connection(self._page_address(), timeout=60)
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1}
            self.send("Emulation.setDeviceMetricsOverride", mobile=False, **metrics)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove what it kept."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _page_address(self) -> str:
        """Wait for the browser and return the address of its page's socket."""
        port_file = self._profile / "DevToolsActivePort"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if port_file.exists() and (lines := port_file.read_text().splitlines()):
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{lines[0]}/json"
                ) as answer:
                    pages = [one for one in json.load(answer) if one["type"] == "page"]
                if pages:
                    return pages[0]["webSocketDebuggerUrl"]
            time.sleep(0.1)
        raise Problem(f"Chromium did not start within {START_SECONDS} s")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; events in between are ignored."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._last_id:
                if "error" in answer:
                    raise Problem(
                        f"Chromium refused {method}: {answer['error']['message']}"
                    )
                return answer["result"]

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression on the page."""
        result = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            raise Problem(f"the page refused the script: {text}")
        return result["result"].get("value")

    def open(self, url: str) -> None:
        """Go to an address and wait until the page is calm."""
        failure = self.send("Page.navigate", url=url).get("errorText")
        if failure:
            raise Problem(f"{url}: {failure}")
        self.wait_until_calm()

    def click(self, selector: str) -> None:
        """Click on the first element that fits, and wait until the page is calm."""
        script = f"document.querySelector({json.dumps(selector)}).click()"
        self.evaluate(script)
        self.wait_until_calm()

    def wait_until_calm(self, seconds: float = 45) -> None:
        """Wait until nothing loads and the page has not changed for a while."""
        deadline = time.monotonic() + seconds
        sizes: list[Any] = []
        while time.monotonic() < deadline:
            sizes.append(self.evaluate(BUSY))
            if len(sizes) > 4 and sizes[-1] and len(set(sizes[-5:])) == 1:
                self.evaluate("document.fonts.ready.then(() => true)")
                return
            time.sleep(0.2)
        raise Problem(f"the page did not come to rest within {seconds:.0f} s")

    def screenshot(self, path: Path) -> None:
        """Write a picture of what is seen."""
        picture = self.send("Page.captureScreenshot", format="png")["data"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(picture))
