"""JATOS and DataPipe as a page meets them; neither can be reached or started in a test.

Written from their own sources: DataPipe's functions/src/api-data.ts and api-condition.ts (2026),
JATOS's jatos.js (3.7 to 3.10) and its batch session, which takes a change only from who has its
newest version.
"""

import json
from dataclasses import dataclass, field
from typing import Any

# What a page calls of jatos.js. What the server holds is asked for at /stand-in/.
JATOS_JS = """
(function () {
  const here = new URLSearchParams(window.location.search);
  const ask = async (what, body) => {
    const answer = await fetch(`stand-in/${what}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
    return answer.json();
  };
  let shared = { version: 0, data: {} };
  window.jatos = {
    workerId: here.get("worker"),
    studyResultId: here.get("result"),
    urlQueryParameters: Object.fromEntries(here),
    onLoad: (then) => ask("batch", {}).then((found) => { shared = found; then(); }),
    batchSession: {
      getAll: () => structuredClone(shared.data),
      set: async (name, value) => {
        const found = await ask("set", { name, value, version: shared.version });
        shared = found.shared;
        if (!found.taken) throw undefined;
      },
    },
    appendResultData: (text) => ask("append", { result: here.get("result"), text }),
    endStudy: (successful) => ask("end", { result: here.get("result"), successful }),
  };
})();
"""


@dataclass
class JatosServer:
    """A JATOS server with one batch."""

    shared: dict[str, Any] = field(default_factory=dict)
    version: int = 1
    # Result data by study result, as they are appended.
    results: dict[str, str] = field(default_factory=dict)
    ended: list[tuple[str, bool]] = field(default_factory=list)
    # What somebody else writes into the batch just before the next change.
    meanwhile: dict[str, Any] = field(default_factory=dict)
    # How many requests of a kind fail before it is back.
    failing: dict[str, int] = field(default_factory=dict)

    def attach(self, context: Any) -> None:
        """Stand behind all pages of a browser's context."""
        context.route("**/jatos.js", self._script)
        context.route("**/stand-in/*", self._answer)

    def _script(self, route: Any) -> None:
        route.fulfill(body=JATOS_JS, content_type="text/javascript")

    def _answer(self, route: Any) -> None:
        what = route.request.url.rsplit("/", 1)[1]
        body = json.loads(route.request.post_data)
        if self.failing.get(what, 0) > 0:
            self.failing[what] -= 1
            return route.abort() if what == "append" else route.fulfill(status=503)
        return route.fulfill(json=getattr(self, f"_{what}")(**body))

    def _batch(self) -> dict[str, Any]:
        return {"version": self.version, "data": self.shared}

    def _set(self, name: str, value: Any, version: int) -> dict[str, Any]:
        if self.meanwhile:
            self.shared |= self.meanwhile
            self.meanwhile = {}
            self.version += 1
        taken = version == self.version
        if taken:
            self.shared[name] = value
            self.version += 1
        return {"taken": taken, "shared": self._batch()}

    def _append(self, result: str, text: str) -> dict[str, Any]:
        self.results[result] = self.results.get(result, "") + text
        return {}

    def _end(self, result: str, successful: bool) -> dict[str, Any]:
        self.ended.append((result, successful))
        return {}


@dataclass
class DataPipeServer:
    """DataPipe with one experiment: its counter, and the files of the storage behind it."""

    id: str
    n_conditions: int
    counter: int = 0
    files: dict[str, str] = field(default_factory=dict)
    # Answers that are given before the usual ones, oldest first: a status, or None for no network.
    failing: list[int | None] = field(default_factory=list)
    # Whether files are taken only as its checks are set up at first: JSON with trial_type.
    checks: bool = False
    asked: list[str] = field(default_factory=list)

    def attach(self, context: Any) -> None:
        """Stand behind all pages of a browser's context."""
        context.route("https://pipe.jspsych.org/**", self._answer)

    def _answer(self, route: Any) -> None:
        what = route.request.url.rstrip("/").rsplit("/", 1)[1]
        self.asked.append(what)
        if self.failing:
            status = self.failing.pop(0)
            if status is None:
                return route.abort()
            return route.fulfill(status=status, body="<html>no JSON here</html>")
        status, answer = self._of(what, json.loads(route.request.post_data))
        # Other origins may ask it.
        return route.fulfill(
            status=status, json=answer, headers={"Access-Control-Allow-Origin": "*"}
        )

    def _of(self, what: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if body.get("experimentID") != self.id:
            return 400, {"error": "EXPERIMENT_NOT_FOUND"}
        if what == "condition":
            given, self.counter = self.counter, (self.counter + 1) % self.n_conditions
            return 200, {"message": "Success", "condition": given}
        if not body.get("data") or not body.get("filename"):
            return 400, {"error": "MISSING_PARAMETER"}
        if self.checks and "trial_type" not in body["data"]:
            return 400, {"error": "INVALID_DATA"}
        if body["filename"] in self.files:
            return 400, {"error": "FILE_EXISTS"}
        self.files[body["filename"]] = body["data"]
        return 201, {"message": "Success"}
