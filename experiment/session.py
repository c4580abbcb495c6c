"""A session: pages and trials in the order of the condition file, each answer on disk at once."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from conditions.files import atomic_path, sha256_of, write_json
from conditions.folder import StudyFolder
from conditions.provenance import commit, versions
from conditions.study import parse_scheme
from conditions.tables import FRAMES, TRIALS
from experiment.keyboard import KeyListener
from experiment.layout import trial_layout
from experiment.observers.observer import Observer
from experiment.pages import StoppedError, show_page
from experiment.recorder import TableRecorder
from experiment.rig import Rig
from experiment.texts import key_label, load_texts
from experiment.trial import Answer, Trial, TrialScreen, decode, run_trial
from experiment.window import open_window, refresh_period

SESSION = 1
# A frame counts as dropped where its interval is longer than this many refreshes.
LATE = 1.5
PACKAGES = ("psychopy", "psychtoolbox", "pyglet", "numpy", "pandas", "pillow")


class Session:
    """One participant's session in an open window.

    Parameters
    ----------
    folder : StudyFolder
        Where images are and data go.
    participant : int
        Number of the participant.
    trials : DataFrame
        The condition file.
    answered : DataFrame
        Trials answered before (rows of the table of trials), when resuming.
    rig, rig_file
        The screen, and the file that describes it.
    observer : Observer
        Who answers.
    """

    def __init__(
        self,
        folder: StudyFolder,
        participant: int,
        trials: pd.DataFrame,
        answered: pd.DataFrame,
        rig: Rig,
        rig_file: Path,
        observer: Observer,
    ) -> None:
        self._folder, self._study = folder, folder.study
        self._participant = participant
        self._data = folder.session(participant)
        self._trials: list[Trial] = as_rows(trials)
        self._answered = {row["trial"]: bool(row["correct"]) for row in as_rows(answered)}
        self._rig, self._rig_file = rig, rig_file
        self._observer = observer
        self._texts = load_texts(self._study.language)

    def run(self) -> bool:
        """Run the session to its end or to Escape.

        Returns
        -------
        bool
            Whether all trials are answered.
        """
        window = open_window(self._rig)
        decoder = ThreadPoolExecutor(max_workers=1)
        try:
            self._open(window)
            self._record("running")
            try:
                self._show(decoder)
            except StoppedError:
                self._record("stopped")
                return False
            self._record("complete")
            return True
        finally:
            decoder.shutdown(cancel_futures=True)
            self._observer.close()
            window.close()

    def _open(self, window) -> None:
        from psychopy import core

        self._window = window
        self._keyboard = KeyListener()
        self._period, self._measured = refresh_period(window, self._rig)
        most = max(parse_scheme(part.scheme)[1] for part in self._study.parts)
        layout = trial_layout(tuple(map(int, window.size)), self._study.image.crop, most)
        self._screen = TrialScreen(window, layout, self._texts, self._study.keys)
        self._data.mkdir(parents=True, exist_ok=True)
        for source, name in ((self._rig_file, "rig.yaml"), (self._folder.study_file, "study.yaml")):
            if not (self._data / name).exists():
                with atomic_path(self._data / name) as temporary:
                    shutil.copyfile(source, temporary)
        self._trial_table = TableRecorder(self._data / "trials.csv", TRIALS)
        self._frame_table = TableRecorder(self._data / "frames.csv", FRAMES)
        self._clock = core.Clock()

    def _show(self, decoder: ThreadPoolExecutor) -> None:
        waiting = [trial for trial in self._trials if trial["trial"] not in self._answered]
        decoded = _ahead(decoder, self._folder.path, waiting) if waiting else iter(())
        if not self._answered:
            self._page(self._texts["welcome"])
            self._page(self._instructions())
        blocks = {block: list(rows) for block, rows in groupby(self._trials, _block)}
        main = [block for block, rows in blocks.items() if rows[0]["phase"] == "main"]
        for rows in blocks.values():
            if all(trial["trial"] in self._answered for trial in rows):
                continue
            self._page(
                self._texts[f"references_{rows[0]['condition']}"], self._block_title(rows[0], main)
            )
            for place, trial in enumerate(rows):
                if trial["trial"] in self._answered:
                    continue
                self._screen.load(trial, next(decoded).result(), place / len(rows))
                self._screen.blank(self._study.timing.blank, self._period)
                answer = run_trial(
                    self._screen,
                    trial,
                    self._keyboard,
                    self._observer,
                    self._study.timing,
                    self._study.keys,
                    self._period,
                    self._clock,
                )
                self._save(trial, answer)
            correct = sum(self._answered[trial["trial"]] for trial in rows)
            result = self._texts["feedback"].format(correct=correct, trials=len(rows))
            self._page(f"{result}\n\n{self._texts['pause']}")
        self._page(self._texts["end"])

    def _save(self, trial: Trial, answer: Answer) -> None:
        measured = asdict(answer)
        intervals = measured.pop("frame_intervals")
        decided = {name: trial[name] for name in TRIALS.column_names if name in trial}
        self._trial_table.append(
            {
                "participant": self._participant,
                "session": SESSION,
                **decided,
                **measured,
                "dropped_frames": sum(i > LATE * self._period for i in intervals),
                "max_frame_ms": round(1000 * max(intervals, default=0), 3),
            }
        )
        self._frame_table.append(
            *(
                {"trial": trial["trial"], "frame": i, "interval_ms": round(1000 * interval, 3)}
                for i, interval in enumerate(intervals, start=1)
            )
        )
        self._answered[trial["trial"]] = bool(answer.correct)

    def _page(self, body: str, title: str = "") -> None:
        show_page(
            self._window,
            self._keyboard,
            self._observer,
            self._texts,
            body,
            self._study.keys.go_on,
            title,
        )

    def _block_title(self, trial: Trial, main: list[int]) -> str:
        if trial["phase"] == "practice":
            return self._texts["block_practice"]
        return self._texts["block_main"].format(
            block=main.index(trial["block"]) + 1, blocks=len(main)
        )

    def _instructions(self) -> str:
        keys = self._study.keys
        low, middle, high = keys.confidence
        return self._texts["instructions"].format(
            upper=key_label(self._texts, keys.upper),
            lower=key_label(self._texts, keys.lower),
            low=low,
            middle=middle,
            high=high,
        )

    def _record(self, state: str) -> None:
        """Write ``session.json``, the facts of the session so far."""
        condition_file = self._folder.condition_file(self._participant)
        write_json(
            self._data / "session.json",
            {
                "participant": self._participant,
                "session": SESSION,
                "state": state,
                "written_at": datetime.now().astimezone().isoformat(timespec="seconds"),
                "answered_trials": len(self._answered),
                "trials": len(self._trials),
                "observer": self._observer.name,
                "rig": self._rig.name,
                "screen_px": [int(side) for side in self._window.size],
                "refresh_hz": round(1 / self._period, 3),
                "refresh_measured": self._measured,
                "keyboard_backend": self._keyboard.backend,
                "language": self._study.language,
                "study_sha256": self._study.fingerprint(),
                "condition_file_sha256": sha256_of(condition_file),
                "commit": commit(),
                "versions": versions(PACKAGES),
            },
        )


def as_rows(frame: pd.DataFrame) -> list[Trial]:
    """Rows of a table, empty cells as None."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _block(trial: Trial) -> Any:
    return trial["block"]


def _ahead(decoder: ThreadPoolExecutor, folder: Path, trials: list[Trial]) -> Iterator[Future]:
    """Futures of the trials' images, each trial decoded while the one before is shown."""
    coming = decoder.submit(decode, folder, trials[0])
    for following in [*trials[1:], None]:
        current = coming
        if following is not None:
            coming = decoder.submit(decode, folder, following)
        yield current
