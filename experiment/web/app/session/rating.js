// An intuitiveness trial: two grids, and a slider; as experiment/session/rating.py.

import { iso } from "../heard/clock.js";
import { TEXT } from "../screen/layout.js";
import { Escaped, FocusLost } from "../screen/pages.js";
import { fixate } from "./trial.js";

const STEP = 5, HOLD_AFTER = 350, HOLD_PER_SECOND = 60, HIGHEST = 100;
const CONFIRM = "return", DIRECTIONS = { left: -1, right: 1 };
export const KEYS = [...Object.keys(DIRECTIONS), CONFIRM];

export class Slider {
  constructor(screen, texts, top) {
    this.screen = screen;
    this.texts = texts;
    this.row = Math.min(screen.length(46), Math.floor((Math.floor(screen.size[1] / 2) + top) / 4));
    this.width = Math.floor(screen.size[0] / 2);
    this.y = top - this.row;
    this.value = 0;
    this.touched = false;
    this.beforeHold = null;
  }

  moveBy(steps) {
    this.value = Math.max(-HIGHEST, Math.min(HIGHEST, this.value + steps));
    this.touched = true;
  }

  // Goes on while an arrow key is held down, for so many milliseconds (null: it is up).
  hold(direction, held) {
    if (held === null || held < HOLD_AFTER) {
      this.beforeHold = null;
      return;
    }
    this.beforeHold ??= this.value;
    this.value = this.beforeHold;
    this.moveBy(direction * Math.round(((held - HOLD_AFTER) / 1000) * HOLD_PER_SECOND));
  }

  followMouse({ x, y, pressed }) {
    if (!pressed) return;
    const [middle, at] = this.screen.place([0, this.y]), near = this.screen.length(TEXT);
    if (Math.abs(y - at) >= 2 * near || Math.abs(x - middle) > this.width / 2 + near) return;
    this.value = 0;
    this.moveBy(Math.round(((x - middle) / (this.width / 2)) * HIGHEST));
  }

  draw() {
    const { screen } = this, { context } = screen, under = this.y - this.row;
    screen.rectangle([0, this.y], this.width, screen.length(4), { fill: screen.inks.line });
    for (const [side, words] of [[-1, "rating_low"], [1, "rating_high"]]) {
      screen.text(screen.laid(this.texts.word(words)), [(this.width * side) / 2, under]);
    }
    context.beginPath();
    context.arc(...screen.place([Math.round((this.value / HIGHEST) * (this.width / 2)), this.y]), screen.length(13), 0, 2 * Math.PI);
    context.fillStyle = context.strokeStyle = screen.inks.foreground;
    context.lineWidth = screen.length(3);
    if (this.touched) context.fill();
    context.stroke();
    screen.text(screen.laid(this.texts.hint("rating")), [0, under - this.row], "quiet");
  }
}

// The confirming key counts once the mark was moved: an answer is never just the middle.
export async function rate(meeting, row, onShown) {
  const { screen, trialScreen, keyboard, events, texts, state } = meeting, number = row.trial;
  await fixate(meeting, number, KEYS);
  trialScreen.ask(texts.word("question_rating"));
  const slider = new Slider(screen, texts, trialScreen.belowGrid);
  if (keyboard.lost) throw new FocusLost();
  const draw = () => (trialScreen.draw(), slider.draw());
  const shownAt = await screen.flip(draw), onset = events.clock.at(shownAt);
  events.appears("images", "rated", number, onset);
  events.asks("choice", number, onset);
  events.phase("rating", { trial: number, wanted: KEYS, answers: KEYS, begun: onset });
  state.asks("rating", number, KEYS, { onset: shownAt });
  await onShown({ onset, started_at: iso(shownAt) });
  screen.pointer(true);
  keyboard.pointed();
  try {
    while (true) {
      if (keyboard.escaped) throw new Escaped();
      const heard = keyboard.take();
      events.looks(heard);
      if (keyboard.lost) throw new FocusLost();
      for (const press of heard) {
        if (!press.down || press.held || press.away || press.at < shownAt) continue;
        const direction = Object.keys(DIRECTIONS).find((name) => press.names.includes(name));
        if (direction) {
          slider.moveBy(STEP * DIRECTIONS[direction]);
          events.counts(press);
        } else if (press.names.includes(CONFIRM) && slider.touched) {
          const rt = Math.round(1000 * (press.at - shownAt)) / 1e6, at = events.clock.at(press.at);
          events.counts(press);
          events.answers(`rating ${slider.value}`, at, rt);
          events.imagesEnd(at);
          return { rating: slider.value, rt };
        }
      }
      const now = performance.now();
      const held = Object.entries(DIRECTIONS).map(([name, way]) => [way, keyboard.held(name, now, shownAt)]);
      slider.hold(...held.reduce((a, b) => ((b[1] ?? 0) > (a[1] ?? 0) ? b : a)));
      slider.followMouse(keyboard.pointed());
      screen.clear();
      draw();
      await screen.frame();
    }
  } finally {
    screen.pointer(false);
  }
}
