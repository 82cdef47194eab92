"""Chromium without access to the internet, driven by its DevTools protocol: keys, expressions, console."""

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WITHOUT_BROWSER = "no Chromium on this machine: nothing was tried in a browser"
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30
"""Seconds until something must have happened."""

KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowUp": 38, "ArrowRight": 39}
"""The keys that tests press, with their virtual key codes."""


class Tab:
    """The only tab of a browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._sent = connection, 0
        self.console: list[str] = []
        """The errors that scripts threw or logged, and what the browser reported, such as violations of policies."""
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **parameters: Any) -> Any:
        """The result of a command of the DevTools protocol."""
        self._sent += 1
        self._connection.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(timeout=PATIENCE))
            if message.get("id") == self._sent:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: Any) -> None:
        parameters = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.console.append(str(parameters["exceptionDetails"]))
        elif message.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.console.append(parameters["entry"]["text"])

    def open(self, url: str, language: str = "fr-CA") -> None:
        """Open a page; its requests prefer the language."""
        agent = self.value("navigator.userAgent")
        self.command("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
        self.command("Page.navigate", url=url)

    def press(self, key: str) -> None:
        """Press a key and release it."""
        text = {"Enter": "\r"}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            sent = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
            self.command("Input.dispatchKeyEvent", type=kind, **sent, **({"text": text} if text else {}))

    def press_until(self, key: str, condition: str) -> None:
        """Press a key until the focused element, `focused` in the condition, meets it."""
        for _ in range(60):
            self.press(key)
            if self.value(f"((focused) => {condition})(document.activeElement)"):
                return
        raise AssertionError(f"{key} does not lead to {condition}, but to {self.focused()}")

    def type(self, text: str) -> None:
        """Type a text."""
        self.command("Input.insertText", text=text)

    def value(self, expression: str) -> Any:
        """The value of an expression, null if it throws."""
        return self.command("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait(self, expression: str) -> Any:
        """The value of an expression as soon as it is true."""
        until = time.monotonic() + PATIENCE
        while not (found := self.value(expression)):
            assert time.monotonic() < until, f"{expression} is {found}; console: {self.console}"
            time.sleep(0.05)
        return found

    def wait_for(self, selector: str) -> None:
        """Wait until there is such an element."""
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null")

    def focused(self) -> str:
        """The label or the text of the focused element."""
        focused = "document.activeElement"
        return str(self.value(f'{focused}.getAttribute("aria-label") ?? {focused}.textContent'))

    def set_width(self, width: int) -> None:
        """Resize the window."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )


@contextmanager
def chromium(folder: Path) -> Iterator[Tab]:
    """A browser with one empty tab and a new profile in the folder."""
    resolver = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    arguments = [str(BROWSER), *OPTIONS, resolver, "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    process = subprocess.Popen([*arguments, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_address(folder / "DevToolsActivePort"), max_size=None) as connection:
            yield Tab(connection)
    finally:
        process.terminate()
        process.wait()


def _address(file: Path) -> str:
    """The address of the tab. The browser writes its port into the file."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if file.exists() and (port := file.read_text().partition("\n")[0]):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [target for target in json.load(answer) if target["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("the browser did not start")
