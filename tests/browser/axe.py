"""What every page is held to: nothing serious found by axe-core, nothing wider than the window, on desk and phone."""

from tests.services import serious_findings

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def look_over(page):
    """Hold the page as it stands to both; leaves the window as wide as a desk."""
    findings = {}
    for window in (PHONE, DESK):
        page.set_viewport_size(window)
        findings |= {(window["width"], rule): where for rule, where in serious_findings(page)}
        if (wider := page.evaluate(WIDER)) > 0:
            findings[window["width"], "wider than the window"] = f"by {wider} px"
    assert not findings, f"{page.url}: {findings}"


class Console:
    """What the browser complains of: errors of scripts, what the Content-Security-Policy stopped, missing files."""

    def __init__(self, page):
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(f"{error} at {page.url}: {error.stack}"))
        page.on("console", self._note)

    def _note(self, message):
        # A form refused with 422 and a page refused with 403 or 404 are answers; the browser logs them all the same.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)
