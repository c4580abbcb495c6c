"""What surrounds the trials: consent, breaks between blocks, what is shown again on resuming."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from conditions.rig.key_names import STOP_KEY, AnswerKeys
from conditions.study.kinds.kind import Language
from conditions.yaml.strict import MOST, Some, Strict

# A day, which is longer than any session.
LONGEST_BREAK_S = 86_400
# Some ten pages of a journal.
LONGEST_TEXT = 50_000


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("found nothing to read, wanted a text")
    return text


def _one_line(text: str) -> str:
    if text != text.strip() or "\n" in text or not text:
        raise ValueError(f"found {text!r}, wanted one line without blanks around it")
    return text


Information = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_words)]
BreakSeconds = Annotated[float, Field(ge=0, le=LONGEST_BREAK_S)]


def _as_text(value: object) -> object:
    # YAML reads 2026-11-03 as a date.
    return value.isoformat() if isinstance(value, date) else value


Version = Annotated[str, Field(max_length=60), AfterValidator(_one_line), BeforeValidator(_as_text)]


class Consent(Strict):
    """What participants are told, and agree to, before anything of theirs is written.

    A new version of the text is asked for anew where a session is resumed.
    """

    version: Version = Field(
        description="Of the text, as the ethics committee knows it; recorded with each consent "
        "and each refusal."
    )
    text: Information | dict[Language, Information] = Field(
        description="A text, in a study of several languages one a language; empty lines stand "
        "between paragraphs. It is shown on as many pages as it takes."
    )
    agree: AnswerKeys = Field(("return",), description="The keys that agree.")
    refuse: AnswerKeys = Field(("backspace",), description="The keys that refuse.")

    def read_in(self, language: str) -> str:
        """The text in a language that the study has."""
        return self.text[language] if isinstance(self.text, dict) else self.text

    def check(self, languages: list[str], go_on: tuple[str, ...]) -> None:
        """Check that all participants can read the text, and that no key has two meanings.

        Raises
        ------
        ValueError
            Names the field, what was found and what is wanted.
        """
        there = list(self.text) if isinstance(self.text, dict) else []
        if lacking := sorted({*languages} - {*there}):
            found = f"texts in {', '.join(there)}" if there else "one text"
            if there or len(languages) > 1:
                raise ValueError(
                    f"consent.text: found {found}, wanted one in each of {', '.join(languages)}, "
                    f"as in {lacking[0]}: …"
                )
        names = [*self.agree, *self.refuse, *go_on, STOP_KEY]
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            raise ValueError(
                f"consent: a key has two meanings: {', '.join(twice)}; wanted different ones for "
                f"agreeing, refusing and going on, and not {STOP_KEY}, which stops"
            )


class Breaks(Strict):
    """Breaks between blocks: of a least length, with a clock that shows how long they last."""

    every_blocks: Some = Field(
        1, description="A break after so many main or repeated blocks; none after the last."
    )
    least_seconds: BreakSeconds = Field(
        0.0, description="The key that goes on does nothing before."
    )
    most_seconds: BreakSeconds | None = Field(
        None,
        description="From then on the page asks to go on. The trials wait all the same: they "
        "begin when somebody is there; a longer break is recorded as overlong.",
    )

    @property
    def in_words(self) -> str:
        """Sentences for the methods section."""
        every = "block" if self.every_blocks == 1 else f"{self.every_blocks} blocks"
        least = f" of at least {self.least_seconds:g} s" if self.least_seconds else ""
        words = f"After every {every} but the last there was a break{least} with a visible clock."
        if self.most_seconds is not None:
            words += f" After {self.most_seconds:g} s the page asked to go on."
        return words

    @model_validator(mode="after")
    def _can_be_met(self) -> "Breaks":
        if self.most_seconds is not None and self.least_seconds > self.most_seconds:
            raise ValueError(
                f"least_seconds {self.least_seconds:g} is more than most_seconds "
                f"{self.most_seconds:g}"
            )
        return self


class Resuming(Strict):
    """What a session shows again that goes on after a while."""

    instructions_after_minutes: Annotated[float, Field(ge=0, le=MOST)] | None = Field(
        60.0,
        description="Instructions and example are shown again where the last trial was longer ago; "
        "null for never. By the next day nobody remembers the keys; after a fire alarm one does.",
    )
