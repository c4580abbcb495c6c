// How large the screen is, by a bank card that is held against it; and how far away it is seen from.

import { BODY_HEIGHT, drawHeadline } from "../screen/pages.js";

const WIDTH_CM = 8.56, HEIGHT_CM = 5.398;
const STEP = 4, HOLD_AFTER = 300, HOLD_PER_SECOND = 120;

// {pixels_per_cm, distance_cm} in pixels of the screen.
export async function askCard(pages, study, texts) {
  const { screen, keyboard } = pages, { go_on } = study.keys;
  let width = Math.round(0.2 * screen.size[0]), drawn = 0, from = null;
  const move = (pixels) => (width = Math.max(80, Math.min(0.9 * screen.size[0], Math.round(width + pixels))));
  const heard = (press) => {
    const way = press.names.includes("right") ? 1 : press.names.includes("left") ? -1 : 0;
    if (way) move(way * STEP);
    return way !== 0;
  };
  const changed = () => {
    const now = performance.now();
    for (const [name, way] of [["left", -1], ["right", 1]]) {
      const held = keyboard.held(name, now);
      if (held === null || held < HOLD_AFTER) continue;
      move((way * HOLD_PER_SECOND * (now - (from ?? now))) / 1000);
    }
    from = now;
    return width !== drawn;
  };
  const draw = () => {
    drawn = width;
    const height = screen.size[1];
    drawHeadline(screen, texts.word("web_card_title"));
    screen.text(screen.laid(texts.word("web_card", { distance: study.card.distance_cm }), { height: BODY_HEIGHT, line: 42 }), [0, Math.round(0.16 * height)]);
    screen.rectangle([0, Math.round(-0.17 * height)], width, (width * HEIGHT_CM) / WIDTH_CM, { line: screen.inks.foreground, thick: 3 });
    pages.hint(texts.hint("card"));
  };
  let pressed = null;
  while (pressed === null) pressed = await pages.ask({ draw, keys: go_on, heard, changed, name: "card" });
  return { pixels_per_cm: Math.round((1000 * width) / WIDTH_CM) / 1000, distance_cm: study.card.distance_cm };
}
