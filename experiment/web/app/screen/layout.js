// Where everything stands, in pixels from the middle of the screen; as experiment/screen/layout.py.

export const GAP = 8, TEXT = 26, TITLE = 30, QUESTION = 56, QUERY = 48, MARGIN = 16, FRAME = 6;
const LEAST_SCALE = 0.7;
const USUAL = [1920, 1080];

export function scale([width, height]) {
  return Math.min(width / USUAL[0], height / USUAL[1]);
}

// A length for a screen, an even number of pixels.
export function scaled(length, screen) {
  const times = Math.max(LEAST_SCALE, scale(screen));
  return times === 1 ? length : 2 * Math.round((length * times) / 2);
}

export function lineLength([width, height]) {
  return Math.round(0.9 * Math.min(width, (USUAL[0] / USUAL[1]) * height));
}

function columns(references) {
  return Math.max(1, Math.ceil(Math.sqrt(references)));
}

function grid(screen, image, references) {
  const side = columns(references);
  return side * image + (side - 1) * scaled(GAP, screen);
}

export function leastScreen(screen, image, references) {
  const wide = grid(screen, image, references);
  const tallest = Math.max(wide, 2 * image + scaled(QUERY, screen));
  const around = scaled(TITLE, screen) + scaled(QUESTION, screen) + scaled(TEXT, screen);
  return [2 * wide + image + 4 * scaled(MARGIN, screen), tallest + 2 * around];
}

function fits(screen, image, references) {
  const [width, height] = leastScreen(screen, image, references);
  return width <= screen[0] && height <= screen[1];
}

// The side at which images are shown; null where nothing fits. `ratio`: pixels of the screen to one of the page.
export function shownSide(screen, { side, shrink, multiple, references }, ratio) {
  const most = Math.max(...references);
  const sides = [];
  if (multiple) for (let n = Math.round(ratio); n > 1; n--) sides.push(n * side);
  sides.push(side);
  if (shrink) for (const eighths of [7, 6, 5, 4]) if (((side * eighths) / 8) % 2 === 0) sides.push((side * eighths) / 8);
  return sides.find((each) => fits(screen, each, most)) ?? null;
}

export function trialLayout(screen, image, references) {
  const [width, height] = screen;
  const side = columns(references), wide = grid(screen, image, references);
  const queries = scaled(QUERY, screen), titles = scaled(TITLE, screen), question = scaled(QUESTION, screen);
  const tallest = Math.max(wide, 2 * image + queries);
  const [least] = leastScreen(screen, image, references);
  const used = Math.min(width, Math.max(least, Math.floor((USUAL[0] / USUAL[1]) * height)));
  const gutter = Math.floor((used - 2 * wide - image) / 4);
  const centre = image / 2 + gutter + Math.floor(wide / 2);
  const step = image + scaled(GAP, screen);
  const offsets = Array.from({ length: side }, (_, i) => Math.round((i - (side - 1) / 2) * step));
  const cells = offsets.flatMap((y) => offsets.map((x) => [x, -y])).slice(0, references);
  const query = image / 2 + queries / 2;
  const gridTitle = Math.floor(wide / 2) + titles;
  return {
    image,
    left: cells.map(([x, y]) => [x - centre, y]),
    right: cells.map(([x, y]) => [x + centre, y]),
    upper: [0, query],
    lower: [0, -query],
    leftTitle: [-centre, gridTitle],
    rightTitle: [centre, gridTitle],
    question: [0, Math.floor(tallest / 2) + titles + question],
    hint: [0, -(Math.floor(tallest / 2) + titles)],
    bar: [0, -(Math.floor(height / 2) - scaled(24, screen))],
  };
}
