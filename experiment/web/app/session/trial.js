// One trial: fixation, images, choice, confidence, feedback; as experiment/session/trial.py.

import { iso } from "../heard/clock.js";
import { Escaped, FocusLost } from "../screen/pages.js";
import { feedbackMarks } from "../screen/trial_screen.js";

// What each key says: the query, and the confidence where it tells it.
export function meanings(keys) {
  const says = new Map();
  if (keys.mode === "two_stage") {
    for (const query of ["upper", "lower"]) for (const key of keys[query]) says.set(key, [query, null]);
  } else {
    for (const query of ["upper", "lower"]) {
      keys[`${query}_confidence`].forEach((names, i) => names.forEach((key) => says.set(key, [query, i + 1])));
    }
  }
  return says;
}

export function answersOf(keys) {
  const first = [...meanings(keys).keys()];
  return keys.mode === "two_stage" ? [...first, ...keys.confidence.flat()] : first;
}

// meeting: {screen, trialScreen, keyboard, events, keys, timing, state}. `onAnswer` gets the whole
// answer at its last press, or at the deadline, and is awaited before anything else is shown.
export async function runTrial(meeting, row, onShown, onAnswer) {
  const { trialScreen, keyboard, events, keys, timing, state } = meeting;
  const number = row.trial, answers = answersOf(keys);
  await fixate(meeting, number, answers);
  trialScreen.askChoice();
  if (keyboard.lost) throw new FocusLost();
  const shownAt = await meeting.screen.flip(() => trialScreen.draw());
  const onset = events.clock.at(shownAt);
  const shown = { onset, started_at: iso(shownAt) };
  const says = meanings(keys), deadline = timing.deadline ?? Infinity;
  events.appears("images", number === null ? "example" : row.catch ? `${row.condition} catch` : row.condition, number, onset);
  events.asks("choice", number, onset);
  events.phase("choice", { trial: number, wanted: [...says.keys()], answers, begun: onset, until: onset + deadline });
  state.asks("choice", number, [...says.keys()], { onset: shownAt, correct: number === null ? row.correct_response : "" });
  await onShown(shown);
  const frames = [];
  meeting.lastFrame = shownAt;
  let answer = { ...shown, response: null, correct: null, confidence: null, rt: null, confidence_rt: null, timed_out: false };
  const choice = await awaited(meeting, says, shownAt, { deadline, frames });
  let at;
  if (choice === null) {
    answer.timed_out = true;
    at = events.clock.now();
    events.answers("", at);
  } else {
    const [response, confidence] = says.get(choice.key), rt = seconds(choice.press.at - shownAt);
    at = events.clock.at(choice.press.at);
    events.counts(choice.press);
    events.answers(response, at, rt);
    answer = { ...answer, response, correct: response === row.correct_response, confidence, rt };
    if (confidence === null) {
      const asked = await askConfidence(meeting, row, response, choice.press.at, frames, answers);
      Object.assign(answer, asked);
      at += asked.confidence_rt;
    }
  }
  events.imagesEnd(at);
  events.phase("after", { trial: number, answers, begun: at });
  state.asks("feedback", number, []);
  await onAnswer({ ...answer, frame_intervals_ms: frames });
  await giveFeedback(meeting, row, answer);
  return answer;
}

export async function fixate({ screen, keyboard, events, timing, state }, number, answers) {
  events.phase("before", { trial: number, answers });
  state.asks("fixation", number, []);
  const cross = screen.laid("+", { height: 48 });
  await hold({ screen, keyboard, events }, timing.fixation, () => screen.text(cross, [0, 0]), (at) => events.appears("fixation", "", number, at), () => keyboard.lost);
}

// Draws for some seconds, to the nearest refresh; `shown` is told of the first.
export async function hold({ screen, keyboard, events }, seconds, draw, shown, until = () => false) {
  if (seconds <= 0) return;
  const begun = await screen.flip(draw);
  shown(events.clock.at(begun));
  for (let now = begun; now - begun < 1000 * seconds - 2.5 * screen.period && !until(); now = await screen.frame()) {
    events.looks(keyboard.take());
  }
}

async function askConfidence(meeting, row, response, chosenAt, frames, answers) {
  const { screen, trialScreen, events, keys, state } = meeting;
  const says = new Map(keys.confidence.flatMap((names, i) => names.map((key) => [key, i + 1])));
  trialScreen.askConfidence();
  const marks = { [response]: "chosen" };
  events.phase("confidence", { trial: row.trial, wanted: [...says.keys()], answers, begun: events.clock.at(chosenAt) });
  screen.clear();
  trialScreen.draw(marks);
  const shownAt = await screen.frame();
  frames.push(Math.round(1000 * (shownAt - meeting.lastFrame)) / 1000);
  meeting.lastFrame = shownAt;
  events.asks("confidence", row.trial, events.clock.at(shownAt));
  state.asks("confidence", row.trial, [...says.keys()], { onset: shownAt });
  const { key, press } = await awaited(meeting, says, chosenAt, { frames });
  const level = says.get(key), confidence_rt = seconds(press.at - chosenAt);
  events.counts(press);
  events.answers(String(level), events.clock.at(press.at));
  return { confidence: level, confidence_rt };
}

async function giveFeedback({ screen, trialScreen, keyboard, events, timing, texts, state }, row, answer) {
  const held = (seconds, detail, marks, asks) =>
    hold({ screen, keyboard, events }, seconds, () => trialScreen.draw(marks, asks), (at) => events.appears("feedback", detail, row.trial, at));
  if (answer.response) await held(timing.feedback_delay, "chosen", { [answer.response]: "chosen" }, false);
  const marks = timing.feedback > 0 ? feedbackMarks(row.correct_response, answer.response) : {};
  let detail = answer.correct ? "correct" : "wrong";
  if (answer.timed_out) {
    detail = "too_slow";
    trialScreen.ask(texts.word("too_slow"));
  }
  await held(timing.feedback || (answer.timed_out ? timing.feedback_delay : 0), detail, marks, answer.timed_out);
}

// The first press of a wanted key that goes down after a time; null once the deadline has passed.
async function awaited(meeting, says, after, { deadline = Infinity, frames }) {
  const { screen, keyboard, events } = meeting;
  const counts = ({ down, held, away, at }) => down && !held && !away && at >= after && at - after <= 1000 * deadline;
  while (true) {
    if (keyboard.escaped) throw new Escaped();
    // The time is read before the presses: one that came in time is among them then.
    const late = performance.now() - after > 1000 * deadline + screen.period;
    const heard = keyboard.take(), lost = keyboard.lost;
    const first = lost ? -1 : heard.findIndex((press) => counts(press) && press.names.some((name) => says.has(name)));
    // What came after it in the same look is for the next question.
    if (first >= 0) keyboard.queue.unshift(...heard.splice(first + 1));
    events.looks(heard);
    if (lost) throw new FocusLost();
    if (first >= 0) return { key: heard[first].names.find((name) => says.has(name)), press: heard[first] };
    if (late) return null;
    const now = await screen.frame();
    frames.push(Math.round(1000 * (now - meeting.lastFrame)) / 1000);
    meeting.lastFrame = now;
  }
}

function seconds(milliseconds) {
  return Math.round(1000 * milliseconds) / 1e6;
}
