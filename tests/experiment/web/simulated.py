"""Answers as a browser would leave them, made from condition files: no browser is needed."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from conditions.folder import StudyFolder
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import table_sha256
from conditions.trials.repeats import choose_repeats
from experiment.plan import RATED, as_rows
from experiment.records.standing import load_trials

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
REFRESH_HZ = 60.0


@dataclass
class Browser:
    """A participant's browser: tells records of the agreed form, in order."""

    folder: StudyFolder
    participant: int
    began: datetime = BEGAN
    # Seconds that a trial takes, and the share of it until the choice.
    pace: float = 4.0
    records: list[dict[str, Any]] = field(default_factory=list)
    clock: float = 0.0
    run: int = 0
    # Trials whose deadline passes.
    late: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.table = load_trials(self.folder, self.participant)
        rows = as_rows(self.table)
        first = next(i for i, row in enumerate(rows) if row["phase"] != RATED)
        self.before = rows[:first]
        self.after = [row for row in rows[first:] if row["phase"] == RATED]
        self.asked = [row for row in rows if row["phase"] != RATED]
        self.confidence: dict[int, int | None] = {}

    def open(self, **changes: object) -> "Browser":
        """A run begins."""
        self.run += 1
        self.records.append(
            {
                "type": "run",
                "format": "reference-images-web/1",
                "study": self.folder.study.name,
                "fingerprint": self.folder.study.fingerprint(),
                "conditions_sha256": table_sha256(self.table, CONDITION_FILE),
                "participant": self.participant,
                "session": 1,
                "run": self.run,
                "started_at": self.at(self.clock),
                "language": self.folder.study.language,
                "browser": "Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0",
                "screen": {"width": 1366, "height": 768, "dpr": 1, "window": [1366, 768]},
                "refresh_hz": REFRESH_HZ,
                "target": "download",
                "consent": None,
            }
            | changes
        )
        self.event("session", "begin")
        return self

    def event(self, kind: str, detail: str | None, trial: int | None = None, **more: Any) -> None:
        told = {"onset": self.clock, "duration": None, "kind": kind, "trial": trial}
        self.tell("event", **told | {"detail": detail} | more)

    def tell(self, type_: str, **record: Any) -> None:
        self.records.append({"type": type_, "run": self.run, **record})

    def at(self, seconds: float) -> str:
        moment = self.began + timedelta(seconds=seconds)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def rate(self, row: dict, when: str) -> None:
        self.clock += 1.0
        self.event("images", "rated", row["trial"])
        rating = {"rating": row["trial"] % 7 - 3, "rt": 1.25}
        self.tell("rating", moment=when, trial=row["trial"], unit=row["unit"], **rating)
        self.clock += 2.0

    def answer(self, row: dict) -> None:
        """An answer that follows from the trial's number alone."""
        self.clock += 1.0
        number = row["trial"]
        response = "upper" if (number * 7 + self.participant) % 3 else "lower"
        confidence = (number * 5 + self.participant) % 3 + 1
        rt = round(0.4 + self.pace * ((number * 37 + 11 * self.participant) % 100) / 400, 4)
        images = f"{row['condition']} catch" if row["catch"] else row["condition"]
        self.event("images", images, number, duration=rt + 0.5)
        self.event("choice", response, number, duration=rt)
        self.tell(
            "trial",
            trial=number,
            row={name: value for name, value in row.items() if name != "repeat_of"},
            response=response,
            correct=response == row["correct_response"],
            confidence=confidence,
            rt=rt,
            confidence_rt=0.5 if self.folder.study.keys.mode == "two_stage" else None,
            timed_out=False,
            onset=self.clock,
            started_at=self.at(self.clock),
            shown_before=0,
            repeat_of=row.get("repeat_of"),
            frame_intervals_ms=[16.7, 16.6, 33.4] + [16.7] * (number % 5),
        )
        if number in self.late:
            none = dict.fromkeys(("response", "correct", "confidence", "rt", "confidence_rt"))
            self.records[-1] |= none | {"timed_out": True}
        self.confidence[number] = self.records[-1]["confidence"]
        self.clock += self.pace

    def play(self, upto: int | None = None) -> "Browser":
        """Answer until so many trials are answered, or all with repeats and ratings."""
        if not self.confidence:
            for row in self.before:
                self.rate(row, "beginning")
        for row in self.asked[len(self.confidence) : upto]:
            self.answer(row)
        if upto is None:
            repeats = choose_repeats(
                self.folder.study,
                self.participant,
                self.table,
                {number: level for number, level in self.confidence.items() if level},
            )
            for row in as_rows(repeats):
                self.answer(row)
            for row in self.after:
                self.rate(row, "end")
            self.event("session", "end complete")
            self.tell("end", state="complete")
        return self

    @property
    def text(self) -> str:
        return text_of(self.records)

    def save(self, path: Path) -> Path:
        path.write_text(self.text, encoding="utf-8")
        return path


def text_of(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)
