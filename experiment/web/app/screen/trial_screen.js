// What a trial looks like: as experiment/screen/trials/trial_screen.py and marks.py.

import { COLUMNS } from "../images/images.js";
import { FRAME, TEXT, TITLE, leastScreen, trialLayout } from "./layout.js";

const DASHES = 6;
const TICK = [[0.04, 0.52], [0.17, 0.39], [0.38, 0.6], [0.83, 0.15], [0.96, 0.28], [0.38, 0.86]];
const CROSS = [[[0.1, 0.1], [0.9, 0.9]], [[0.1, 0.9], [0.9, 0.1]]];
const INKS = { chosen: "chosen", right: "correct", wrong: "wrong", solution: "correct" };

// The marks of a trial's feedback by query.
export function feedbackMarks(correct, response) {
  if (response === correct) return { [correct]: "right" };
  return { [correct]: "solution", ...(response && { [response]: "wrong" }) };
}

export class TrialScreen {
  constructor(screen, texts, side, references, keys) {
    Object.assign(this, { screen, texts, side, references, keys });
    this.bitmaps = {};
  }

  load(row, bitmaps, progress = null) {
    for (const bitmap of Object.values(this.bitmaps)) bitmap.close();
    Object.assign(this, { row, bitmaps, progress, question: "", hint: "" });
  }

  // Trials without references are laid out like those with the most.
  get layout() {
    return trialLayout(this.screen.size, this.side, this.row.n_references || Math.max(...this.references));
  }

  // Whether the window has room for the images.
  get fits() {
    const least = leastScreen(this.screen.size, this.side, Math.max(...this.references));
    return least.every((length, i) => length <= this.screen.size[i]);
  }

  get belowGrid() {
    return this.layout.hint[1] + this.screen.length(TITLE);
  }

  ask(question, hint = "") {
    Object.assign(this, { question, hint });
  }

  askChoice() {
    this.ask(this.texts.word(this.row.n_references ? "question" : "question_none"), this.texts.hint("choice"));
  }

  askConfidence() {
    this.ask(this.texts.word("confidence"), this.texts.hint("confidence"));
  }

  draw(marks = {}, asks = true) {
    const { screen, layout } = this;
    for (const column of COLUMNS) {
      if (this.bitmaps[column]) screen.image(this.bitmaps[column], placeOf(column, layout), this.side);
    }
    for (const [column, place] of [["left_title", layout.leftTitle], ["right_title", layout.rightTitle]]) {
      if (this.row[column]) this.#title(this.texts.word(`title_${this.row[column]}`), place);
    }
    if (this.progress !== null) this.#bar(layout.bar);
    if (asks) {
      screen.text(screen.laid(this.question), layout.question);
      screen.text(screen.laid(this.hint), layout.hint, "quiet");
    }
    for (const [query, mark] of Object.entries(marks)) this.#mark(layout, query, mark);
  }

  #title(words, place) {
    const half = this.screen.size[0] / 2;
    const wide = 2 * Math.min(Math.abs(place[0]), half - Math.abs(place[0]));
    this.screen.text(this.screen.within(this.screen.laid(words), { wide, smallest: 1 }), place);
  }

  #bar(place) {
    const width = Math.floor(this.screen.size[0] / 3), high = this.screen.length(8);
    const done = Math.max(1, Math.round(width * this.progress));
    this.screen.rectangle(place, width, high, { line: this.screen.inks.line });
    this.screen.rectangle([place[0] - (width - done) / 2, place[1]], done, high, { fill: this.screen.inks.line });
  }

  #mark(layout, query, mark) {
    const { screen } = this, [x, y] = layout[query], ink = INKS[mark];
    this.#frame([x, y], ink, mark === "wrong");
    if (mark === "chosen") return;
    const away = this.side / 2 + screen.length(TITLE), up = y + (y > 0 ? away : -away), sign = screen.length(TEXT);
    const room = 2 * (Math.min(screen.size[0] / 2, ...layout.left.map(([at]) => Math.abs(at) - this.side / 2)) - screen.length(FRAME));
    const word = screen.within(screen.laid(this.texts.word(`mark_${mark}`)), { wide: room - 1.5 * sign, smallest: 1 });
    if (word.pixels < Math.max(12, screen.length(12))) return this.#sign([x, up], sign, ink, mark !== "wrong");
    const before = this.texts.rtl ? 1 : -1;
    screen.text(word, [Math.round(x - before * 0.75 * sign), up]);
    this.#sign([Math.round(x + before * (0.25 * sign + word.width / 2)), up], sign, ink, mark !== "wrong");
  }

  #frame(place, ink, dashed) {
    const { context } = this.screen, thick = this.screen.length(FRAME), side = this.side + 2 * thick;
    const [x, y] = this.screen.place(place), [left, top] = [x - side / 2, y - side / 2];
    context.fillStyle = this.screen.inks[ink];
    const pieces = dashed ? 2 * DASHES - 1 : 1;
    for (let i = 0; i < pieces; i += 2) {
      const start = Math.round((side * i) / pieces), stop = Math.round((side * (i + 1)) / pieces);
      for (const near of [0, side - thick]) {
        context.fillRect(left + start, top + near, stop - start, thick);
        context.fillRect(left + near, top + start, thick, stop - start);
      }
    }
  }

  #sign(place, side, ink, tick) {
    const { context } = this.screen, [x, y] = this.screen.place(place);
    const at = ([across, down]) => [x + (across - 0.5) * side, y + (down - 0.5) * side];
    context.fillStyle = context.strokeStyle = this.screen.inks[ink];
    context.lineWidth = 0.17 * side;
    context.beginPath();
    if (tick) {
      TICK.forEach((point, i) => (i ? context.lineTo(...at(point)) : context.moveTo(...at(point))));
      context.fill();
    } else {
      for (const [from, to] of CROSS) context.moveTo(...at(from)), context.lineTo(...at(to));
      context.stroke();
    }
  }
}

function placeOf(column, layout) {
  const [side, number] = column.split("_");
  return number ? layout[side][number - 1] : layout[column];
}
