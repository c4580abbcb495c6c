"""All results of one experiment in one place, before anything is written."""

from dataclasses import dataclass

import pandas as pd
from threadpoolctl import threadpool_limits

from analysis.data.dataset import Dataset
from analysis.data.exclude import EXCLUSIONS_TABLE, exclude_not_all
from analysis.data.tidy_table import TIDY
from analysis.result_tables import (
    ACCURACY_TABLE,
    AGREEMENT_TABLE,
    CATCH_TABLE,
    CONFIDENCE_TABLE,
    MEASURES_TABLE,
    PARTICIPANTS_TABLE,
    RATINGS_TABLE,
    REPEATS_TABLE,
    TESTS_TABLE,
    TYPE2_TABLE,
    UNITS_TABLE,
)
from analysis.statistics.answering.agreement import agreement_table, units_table
from analysis.statistics.answering.intuitiveness import ratings_table
from analysis.statistics.answering.metacognition.m_ratio import (
    M_RATIO_TABLE,
    PARTICIPANT_M_RATIO_TABLE,
    m_ratio_tables,
)
from analysis.statistics.answering.metacognition.table import calibration_table, type2_table
from analysis.statistics.answering.practice import PRACTICE_TABLE, practice_table
from analysis.statistics.answering.reliability import RELIABILITY_TABLE, reliability_table
from analysis.statistics.answering.repeats import repeats_table
from analysis.statistics.answering.sensitivity import (
    PARTICIPANT_SENSITIVITY_TABLE,
    SENSITIVITY_TABLE,
    participant_sensitivity,
    sensitivity_table,
)
from analysis.statistics.answering.times import TIMES_TABLE, times_table
from analysis.statistics.answering.trends import TRENDS_TABLE, trends_table
from analysis.statistics.answering.variance_shares import VARIANCE_SHARES_TABLE, variance_shares
from analysis.statistics.comparisons import tests_table
from analysis.statistics.models.mixed_model import MIXED_TABLE, mixed_model
from analysis.statistics.models.times_model import TIMES_MODEL_TABLE, times_model
from analysis.statistics.questions import QUESTIONS_TABLE, questions_table
from analysis.statistics.summaries import (
    accuracy_table,
    catch_table,
    measures_table,
    participants_table,
)
from conditions.tables.schema import Table

WITHOUT_EXCLUSIONS = "accuracy_before_exclusions"


@dataclass(frozen=True)
class Results:
    """The tables of one experiment, by file name, and the data that they come from.

    Attributes
    ----------
    dataset : Dataset
        After exclusions.
    tables : dict
        Name of the file: (schema, content).
    remarks : tuple of str
        What a reader has to know of the results: which models there are not, and why.
    """

    dataset: Dataset
    tables: dict[str, tuple[Table, pd.DataFrame]]
    remarks: tuple[str, ...] = ()

    def table(self, name: str) -> pd.DataFrame:
        """Content of a table."""
        return self.tables[name][1]


def analyse(dataset: Dataset) -> Results:
    """All tables of an experiment.

    Parameters
    ----------
    dataset : Dataset
        The data, before exclusions.

    Raises
    ------
    StudyError
        Where no main trials are left to analyse.
    """
    # numpy and scipy bring a BLAS each, whose threads wait for one another: with one thread the
    # mixed models of 500 participants take a twentieth of the time.
    with threadpool_limits(limits=1, user_api="blas"):
        return _analysed(dataset)


def _analysed(dataset: Dataset) -> Results:
    everything = dataset
    dataset, excluded = exclude_not_all(everything)
    units = units_table(dataset)
    by_person = participant_sensitivity(dataset)
    m_ratios, m_ratios_by_person = m_ratio_tables(dataset)
    mixed, times = mixed_model(dataset), times_model(dataset)
    contents = [
        (QUESTIONS_TABLE, questions_table(dataset)),
        (ACCURACY_TABLE, accuracy_table(dataset)),
        (MEASURES_TABLE, measures_table(dataset)),
        (PARTICIPANTS_TABLE, participants_table(dataset)),
        (TESTS_TABLE, tests_table(dataset)),
        (MIXED_TABLE, mixed.table),
        (TIMES_MODEL_TABLE, times.table),
        (VARIANCE_SHARES_TABLE, variance_shares(mixed.table, times.table)),
        (UNITS_TABLE, units),
        (AGREEMENT_TABLE, agreement_table(units)),
        (TYPE2_TABLE, type2_table(dataset)),
        (M_RATIO_TABLE, m_ratios),
        (PARTICIPANT_M_RATIO_TABLE, m_ratios_by_person),
        (CONFIDENCE_TABLE, calibration_table(dataset)),
        (SENSITIVITY_TABLE, sensitivity_table(dataset, by_person)),
        (PARTICIPANT_SENSITIVITY_TABLE, by_person),
        (TRENDS_TABLE, trends_table(dataset)),
        (RELIABILITY_TABLE, reliability_table(dataset)),
        (REPEATS_TABLE, repeats_table(dataset)),
        (RATINGS_TABLE, ratings_table(dataset)),
        (CATCH_TABLE, catch_table(everything)),
        (PRACTICE_TABLE, practice_table(dataset)),
        (TIMES_TABLE, times_table(everything)),
        (EXCLUSIONS_TABLE, excluded),
        (TIDY, everything.trials),
    ]
    tables = {
        table.name: (table, frame.reindex(columns=table.column_names)) for table, frame in contents
    }
    before = accuracy_table(everything)[ACCURACY_TABLE.column_names]
    tables[WITHOUT_EXCLUSIONS] = (ACCURACY_TABLE, before)
    return Results(dataset, tables, (*mixed.remarks, *times.remarks))


def joined(results: list[Results]) -> dict[str, tuple[Table, pd.DataFrame]]:
    """The tables of several experiments, one under the other."""
    conditions = [name for result in results for name in result.dataset.all_conditions]
    levels = {"condition": tuple(dict.fromkeys(conditions))}
    return {
        name: (table.with_levels(levels), _stacked([result.table(name) for result in results]))
        for name, (table, _) in results[0].tables.items()
    }


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]
