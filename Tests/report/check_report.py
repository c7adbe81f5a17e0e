"""Opens pages of `kac report` in headless Chromium, in a narrow and a wide window.

Usage: check_report.py CHROMIUM FOLDER PAGE.html …

A page passes when nothing is logged as an error, nothing is asked of the network, every figure is drawn with a text beside
it and lies within the window, and the page is no wider than the window. Screenshots go to FOLDER. Talks to the browser by the
DevTools protocol through a pipe, with Python's own library alone.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

WIDTHS = (400, 1400)

FACTS = """JSON.stringify({
  window: document.documentElement.clientWidth,
  page: document.documentElement.scrollWidth,
  height: document.documentElement.scrollHeight,
  title: document.title,
  headings: [...document.querySelectorAll('h2')].map(e => e.textContent),
  smallest: Math.min(...[...document.querySelectorAll('p, td, th, figcaption, pre')].map(e => parseFloat(getComputedStyle(e).fontSize))),
  figures: [...document.images].map(e => {
    const box = e.getBoundingClientRect();
    return {drawn: e.complete && e.naturalWidth > 0, left: box.left, right: box.right, width: box.width, height: box.height, alt: e.alt};
  }),
})"""


class Browser:
    """A Chromium that is told what to do through a pipe: messages end with a zero byte."""

    def __init__(self, program, profile):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []

        def connect():
            # The browser reads descriptor 3 and writes descriptor 4.
            os.dup2(to_browser, 63)
            os.dup2(from_browser, 62)
            os.dup2(63, 3)
            os.dup2(62, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
            + [f"--user-data-dir={profile}"] + sandbox,
            preexec_fn=connect, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.events = []

    def message(self):
        while b"\0" not in self.buffer:
            more = os.read(self.read_end, 1 << 16)
            if not more:
                raise RuntimeError("the browser has ended")
            self.buffer += more
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())


def problems(facts, events, width):
    """What is wrong with a page, a text each."""
    for event in events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown" or (method == "Runtime.consoleAPICalled" and parameters["type"] == "error"):
            yield f"console: {parameters}"
        if method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            yield f"log: {parameters['entry']['text']}"
        if method == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith(("file:", "data:")):
            yield f"network: {parameters['request']['url']}"
    if facts["window"] != width:
        yield f"the window is {facts['window']} wide"
    if facts["page"] > facts["window"]:
        yield f"the page is {facts['page']} wide in a window of {facts['window']}"
    if (facts["smallest"] or 0) < 13:
        yield f"letters of {facts['smallest']} px"
    if not facts["title"] or "Provenance" not in facts["headings"] or len(facts["headings"]) < 3:
        yield f"sections are missing: {facts['headings']}"
    if not facts["figures"]:
        yield "no figures"
    for figure in facts["figures"]:
        if not (figure["drawn"] and figure["left"] >= 0 and figure["right"] <= width and figure["width"] > 250 and figure["height"] > 150):
            yield f"a figure is not seen: {figure}"
        if len(figure["alt"]) < 40:
            yield f"a figure says nothing to who does not see it: '{figure['alt']}'"


def main():
    program, folder, *pages = sys.argv[1:]
    if not pages:
        sys.exit("no pages")
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        for page in pages:
            for width in WIDTHS:
                target = browser.call("Target.createTarget", url="about:blank")["targetId"]
                session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
                for domain in ("Page", "Runtime", "Log", "Network"):
                    browser.call(f"{domain}.enable", session)
                browser.call("Emulation.setDeviceMetricsOverride", session, width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
                browser.events.clear()
                browser.call("Page.navigate", session, url=pathlib.Path(page).resolve().as_uri())
                browser.wait("Page.loadEventFired")
                facts = json.loads(browser.call("Runtime.evaluate", session, expression=FACTS)["result"]["value"])
                picture = browser.call(
                    "Page.captureScreenshot", session, captureBeyondViewport=True,
                    clip={"x": 0, "y": 0, "width": width, "height": facts["height"], "scale": 1},
                )
                (folder / f"{pathlib.Path(page).stem}-{width}.png").write_bytes(base64.b64decode(picture["data"]))
                wrong = list(problems(facts, browser.events, width))
                found += [f"{page} at {width} px: {problem}" for problem in wrong]
                print(f"{page} at {width} px: {len(facts['figures'])} figures, {'sound' if not wrong else 'NOT SOUND'}")
                browser.call("Target.closeTarget", targetId=target)
        browser.call("Browser.close")
        browser.process.wait(30)
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
