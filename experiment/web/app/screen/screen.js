// The canvas that everything is drawn on, pixel by pixel of the screen; texts in it; frames in time.

import { TEXT, lineLength, scaled } from "./layout.js";

const SPACING = 1.2, SMALLEST = 12;
// PsychoPy makes whole points of three quarters of a height, at 96 dots an inch.
const POINTS = 0.75, PIXELS_A_POINT = 96 / 72;

export class Screen {
  constructor(inks, texts) {
    this.inks = inks;
    this.texts = texts;
    this.canvas = document.createElement("canvas");
    // Beside jsPsych's own element, which it empties between trials.
    document.body.append(this.canvas);
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.period = 1000 / 60;
    this.fit();
  }

  // Takes the size of the window, in pixels of the screen: even numbers, so that the middle is one.
  fit() {
    const ratio = (this.ratio = window.devicePixelRatio);
    const even = (length) => 2 * Math.floor(Math.round(length * ratio) / 2);
    this.size = [even(window.innerWidth), even(window.innerHeight)];
    [this.canvas.width, this.canvas.height] = this.size;
    this.canvas.style.width = `${this.size[0] / ratio}px`;
    this.canvas.style.height = `${this.size[1] / ratio}px`;
    this.clear();
  }

  get fitted() {
    const ratio = window.devicePixelRatio;
    // Who zooms a page in full screen has as many pixels as before, each drawn larger.
    return ratio === this.ratio && this.size.every((side, i) => Math.abs(side - ratio * [window.innerWidth, window.innerHeight][i]) <= 2);
  }

  length(pixels) {
    return scaled(pixels, this.size);
  }

  // The next frame: its time, before it is painted.
  frame() {
    return new Promise((done) => requestAnimationFrame(done));
  }

  // Draws, and gives the time of the frame after the one that it was drawn in: when it came on the screen.
  async flip(draw) {
    await this.frame();
    this.clear();
    draw();
    return this.frame();
  }

  // Shows the mouse, or hides it.
  pointer(shown) {
    document.body.classList.toggle("quiet", !shown);
  }

  clear() {
    this.context.fillStyle = this.inks.background;
    this.context.fillRect(0, 0, ...this.size);
  }

  // From places around the middle, y upwards, to those of the canvas.
  place([x, y]) {
    return [this.size[0] / 2 + x, this.size[1] / 2 - y];
  }

  image(bitmap, at, side) {
    const [x, y] = this.place(at);
    this.context.imageSmoothingEnabled = side % bitmap.width !== 0;
    this.context.imageSmoothingQuality = "high";
    this.context.drawImage(bitmap, x - side / 2, y - side / 2, side, side);
  }

  rectangle(at, width, height, { fill, line, thick = 2 }) {
    const [x, y] = this.place(at);
    const box = [x - width / 2, y - height / 2, width, height];
    if (fill) (this.context.fillStyle = fill), this.context.fillRect(...box);
    if (line) (this.context.strokeStyle = line), (this.context.lineWidth = thick), this.context.strokeRect(...box);
  }

  // Lays a text out: its lines, and the room that they take.
  laid(words, { height = TEXT, pixels = this.length(height), bold = false, line = Infinity, align = "center" } = {}) {
    const longest = Math.min(lineLength(this.size), line * pixels);
    this.#write(pixels, bold);
    const width = (text) => this.context.measureText(text).width;
    const lines = words.split("\n").flatMap((each) => broken(each, (text) => width(text) <= longest));
    const taken = Math.max(0, ...lines.map(width));
    return { words, lines, pixels, bold, align, longest, line, width: taken, tall: lines.length * SPACING * pixels };
  }

  // The same with smaller letters, until it is so wide and so tall at most.
  within(laid, { wide = Infinity, tall = Infinity, smallest = SMALLEST }) {
    while ((laid.width > wide || laid.tall > tall) && laid.pixels > smallest) {
      laid = this.laid(laid.words, { ...laid, line: (laid.line * laid.pixels) / (laid.pixels - 1), pixels: laid.pixels - 1 });
    }
    return laid;
  }

  text(laid, at, ink = "foreground") {
    const [x, y] = this.place(at);
    this.#write(laid.pixels, laid.bold);
    this.context.fillStyle = this.inks[ink] ?? ink;
    const aside = laid.align === "center" ? 0 : laid.width / 2;
    this.context.textAlign = laid.align === "center" ? "center" : this.texts.rtl ? "right" : "left";
    const from = this.texts.rtl ? x + aside : x - aside;
    laid.lines.forEach((line, i) => {
      this.context.fillText(line, from, y + (i - (laid.lines.length - 1) / 2) * SPACING * laid.pixels);
    });
  }

  #write(pixels, bold) {
    const high = Math.floor(pixels * POINTS) * PIXELS_A_POINT;
    this.context.font = `${bold ? "bold " : ""}${high}px ${this.texts.family}`;
    this.context.textBaseline = "middle";
    this.context.direction = this.texts.rtl ? "rtl" : "ltr";
  }
}

// A paragraph in lines that fit; a word that no line holds is broken.
function broken(paragraph, fits) {
  const lines = [];
  let line = "";
  for (let word of paragraph.split(/(?<=[ 。，、])/)) {
    if (fits((line + word).trimEnd())) {
      line += word;
      continue;
    }
    if (line) lines.push(line.trimEnd());
    while (!fits(word.trimEnd()) && word.length > 1) {
      let end = word.length - 1;
      while (end > 1 && !fits(word.slice(0, end))) end--;
      lines.push(word.slice(0, end));
      word = word.slice(end);
    }
    line = word;
  }
  return [...lines, line.trimEnd()];
}
