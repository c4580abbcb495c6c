"""Images decoded one trial ahead of the screen, by a thread of their own."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from experiment.plan import Trial
from experiment.screen.trials.images import decode
from experiment.screen.trials.trial_screen import TrialScreen


class Decoder:
    """Decodes the images of trials for a screen.

    Parameters
    ----------
    encoded : mapping
        Content of all image files by path.
    screen : TrialScreen
        Whose size and correction the images get.
    """

    def __init__(self, encoded: Mapping[str, bytes], screen: TrialScreen) -> None:
        self._encoded, self._screen = encoded, screen
        self._thread = ThreadPoolExecutor(max_workers=1)

    def ahead(self, trials: list[Trial]) -> Iterator[Future]:
        """Futures of the trials' images, each trial decoded while the one before is shown."""

        def in_turn(coming: Future) -> Iterator[Future]:
            for following in [*trials[1:], None]:
                current = coming
                if following is not None:
                    coming = self._submit(following)
                yield current

        # The first is decoded already while the page before the trials is read.
        return in_turn(self._submit(trials[0]))

    def close(self) -> None:
        """End, without what is not decoded yet."""
        self._thread.shutdown(cancel_futures=True)

    def _submit(self, trial: Trial) -> Future:
        how = self._screen.image, self._screen.window.correction
        return self._thread.submit(decode, self._encoded, trial, *how)
