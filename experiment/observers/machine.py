"""A machine observer: answers a session by image similarity, without a window."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from conditions.check import check_images, images_of
from conditions.errors import StudyError
from conditions.files import sha256_of, write_json
from conditions.folder import StudyFolder
from conditions.tables.files import typed, write_table
from conditions.tables.machine import JUDGEMENTS, MACHINE_TRIALS
from conditions.tables.schema import Table
from conditions.tables.session_facts import read_session_facts
from conditions.trials.course import n_sessions, sessions_of
from conditions.trials.repeats import choose_repeats
from experiment.observers.embeddings.choose import as_folder_name, load_embedding
from experiment.observers.embeddings.embedding import Embedding
from experiment.observers.fitting import fit_to_people
from experiment.observers.judging import ALPHA, Judgement, Rule, choose, confidence_in, judge
from experiment.plan import RATED, Trial, as_rows
from experiment.records import facts
from experiment.records.start import load_trials

DIGITS = 6
# What makes two sessions of an observer the same; the rest of session.json may differ, as may the
# device and the versions that an embedding ran with.
DECIDES = ("embedding", "rule", "alpha", "answers", "seed", "condition_file_sha256", "study_sha256")
RAN_WITH = ("device", "versions")


@dataclass(frozen=True)
class Settings:
    """How an observer answers.

    Attributes
    ----------
    rule : Rule
        How similarities to several references are pooled.
    alpha : float
        Slope.
    fit : Path, optional
        Data of people that the slope is fitted to instead.
    sampled : bool
        Whether answers are drawn with their probability, or the likelier one is given.
    seed : int
        Of the draws, and of the tosses where a probability is ½.
    name : str, optional
        Folder of the observer; by default what it is.
    """

    rule: Rule = Rule.MEAN
    alpha: float = ALPHA
    fit: Path | None = None
    sampled: bool = False
    seed: int = 0
    name: str | None = None

    def folder_name(self, embedding: str) -> str:
        """Name of the observer's folder, as in ``efficientnet_lite0-block12-max``."""
        parts = [embedding] + [self.rule] * (self.rule is not Rule.MEAN)
        parts += ["fitted"] * (self.fit is not None) + [f"seed{self.seed}"] * self.sampled
        return as_folder_name(self.name or "-".join(parts))


def run_machine(
    folder: StudyFolder,
    participants: list[int],
    embedding: str,
    settings: Settings,
    weights: Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> list[Path]:
    """Answer the trials of participants; complete sessions of the same observer are left alone.

    Parameters
    ----------
    folder : StudyFolder
        The study, with condition files and images.
    participants : list of int
        Whose condition files.
    embedding : str
        See :func:`experiment.observers.embeddings.choose.load_embedding`.
    settings : Settings
        How it answers.
    weights : Path, optional
        Of the embedding.
    report : callable
        Is told a line for the observer and one for the sessions.

    Returns
    -------
    list of Path
        Folders of the sessions that were written now.

    Raises
    ------
    StudyError
        Where condition files or images are missing or changed, the embedding cannot be had, or
        another observer has left data under the same name.
    """
    plans = {participant: load_trials(folder, participant) for participant in participants}
    check_images(folder, sorted({image for plan in plans.values() for image in images_of(plan)}))
    seen = load_embedding(embedding, folder, weights)
    name, alpha, fitted = settings.folder_name(seen.name), settings.alpha, None
    if settings.fit:
        slope, files = fit_to_people(folder, settings.fit, seen, settings.rule)
        alpha, fitted = slope.alpha, asdict(slope) | {"files": files}
        report(
            f"{name}: alpha {slope.alpha:.3g}, 95 % interval {slope.low:.3g} to {slope.high:.3g}, "
            f"from {slope.n_trials} choices"
        )
    how = {
        "observer": "machine",
        "name": name,
        "role": seen.role,
        "embedding": {"name": seen.name} | seen.facts,
        "rule": str(settings.rule),
        "alpha": round(alpha, DIGITS),
        "alpha_from": "fit" if settings.fit else "stated",
        "alpha_fit": fitted,
        "answers": "sampled" if settings.sampled else "likelier",
        "seed": settings.seed,
    }
    written = []
    for participant, trials in plans.items():
        target = folder.machine_session(name, participant)
        run_facts = facts.begun(folder, participant, {}, **how)
        if _is_there(target, run_facts):
            continue
        seen.look(folder.path, images_of(trials))
        _write(folder, target, _answers(folder, participant, trials, seen, how), run_facts)
        written.append(target)
    already = len(plans) - len(written)
    report(f"{folder.machine / name}: {len(written)} sessions answered, {already} already there")
    return written


def _answers(
    folder: StudyFolder, participant: int, trials: pd.DataFrame, seen: Embedding, how: dict
) -> list[tuple[Trial, Judgement]]:
    """Answered trials in the order of a session: as decided, then repeats; ratings are left out."""
    session_of = dict(
        zip(trials["trial"], sessions_of(folder.study, participant, trials), strict=True)
    )

    def answer(trial: Trial) -> tuple[Trial, Judgement]:
        judgement = judge(seen, trial, Rule(how["rule"]), how["alpha"])
        response = choose(
            round(judgement.p_upper, DIGITS),
            how["answers"] == "sampled",
            how["seed"],
            participant,
            trial["trial"],
        )
        return trial | {
            "participant": participant,
            "session": session_of.get(trial["trial"], n_sessions(folder.study)),
            "response": response,
            "correct": response == trial["correct_response"],
            "confidence": confidence_in(judgement.p_upper),
            "timed_out": False,
        }, judgement

    answered = [answer(trial) for trial in as_rows(trials) if trial["phase"] != RATED]
    confidence = {trial["trial"]: trial["confidence"] for trial, _ in answered}
    repeats = choose_repeats(folder.study, participant, trials, confidence)
    return answered + [answer(trial) for trial in as_rows(repeats)]


def _is_there(target: Path, wanted: dict) -> bool:
    if not target.exists():
        return False
    found = read_session_facts(target / "session.json")
    for key in DECIDES:
        if _decisive(found.get(key)) != _decisive(wanted[key]):
            raise StudyError(
                f"{target}: was answered with {key} {found.get(key)}, now {wanted[key]}; give this "
                "observer another --name"
            )
    return True


def _decisive(fact: object) -> object:
    if not isinstance(fact, dict):
        return fact
    return {key: value for key, value in fact.items() if key not in RAN_WITH}


def _write(
    folder: StudyFolder, target: Path, answers: list[tuple[Trial, Judgement]], run_facts: dict
) -> None:
    """Write a session whole or not at all: under another name first, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as temporary:
        data = Path(temporary) / target.name
        data.mkdir()
        levels = {"condition": tuple(folder.study.conditions)}
        trials = MACHINE_TRIALS.with_levels(levels)
        _table([trial for trial, _ in answers], trials, data / "trials.csv")
        rows = [trial | asdict(judgement) for trial, judgement in answers]
        _table(rows, JUDGEMENTS, data / "judgements.csv")
        shutil.copyfile(folder.study_file, data / "study.yaml")
        done = facts.updated(run_facts, facts.COMPLETE)
        write_json(data / "session.json", done | {"trials_sha256": sha256_of(data / "trials.csv")})
        data.rename(target)


def _table(rows: list[dict], table: Table, path: Path) -> None:
    frame = pd.DataFrame([{name: row.get(name) for name in table.column_names} for row in rows])
    write_table(typed(frame, table).round(DIGITS), table, path)
