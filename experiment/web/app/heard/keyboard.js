// Keys by the study's names, with their own time stamps; who has the keyboard; full screen.

const CODES = {
  Space: "space", Enter: "return", NumpadEnter: "num_enter", Escape: "escape", Backspace: "backspace", Tab: "tab",
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right",
  Home: "home", End: "end", PageUp: "pageup", PageDown: "pagedown", Insert: "insert", Delete: "delete",
  Minus: "minus", Equal: "equal", BracketLeft: "bracketleft", BracketRight: "bracketright", Semicolon: "semicolon",
  Quote: "apostrophe", Backquote: "grave", Backslash: "backslash", Comma: "comma", Period: "period", Slash: "slash",
  IntlBackslash: "less", NumpadAdd: "num_add", NumpadSubtract: "num_subtract", NumpadMultiply: "num_multiply",
  NumpadDivide: "num_divide", NumpadDecimal: "num_decimal", NumpadEqual: "num_equal",
  ShiftLeft: "lshift", ShiftRight: "rshift", ControlLeft: "lctrl", ControlRight: "rctrl", AltLeft: "lalt", AltRight: "ralt",
  CapsLock: "capslock", NumLock: "numlock", ScrollLock: "scrolllock", Pause: "pause", ContextMenu: "menu",
};
const SYMBOLS = {
  ",": "comma", ".": "period", "-": "minus", "=": "equal", "/": "slash", ";": "semicolon", "'": "apostrophe",
  "`": "grave", "[": "bracketleft", "]": "bracketright", "\\": "backslash", "<": "less",
};
const BY_SYMBOL = Object.fromEntries(Object.entries(SYMBOLS).map(([symbol, name]) => [symbol, Object.keys(CODES).find((code) => CODES[code] === name)]));
// A key of the number pad counts as its like, unless the study names it itself.
const PAD = { num_enter: "return", num_equal: "equal", num_subtract: "minus", num_divide: "slash", num_decimal: "period" };
const PAD_ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

function position(code) {
  const letter = /^Key([A-Z])$/.exec(code), digit = /^(Digit|Numpad)(\d)$/.exec(code);
  if (letter) return letter[1].toLowerCase();
  if (digit) return (digit[1] === "Numpad" ? "num_" : "") + digit[2];
  return CODES[code] ?? (/^F\d+$/.test(code) ? code.toLowerCase() : code.toLowerCase().replace("unidentified", "") || "unknown");
}

// Where a key is; keyboards on a screen and of remote desktops tell only what was typed.
function codeOf({ code, key }) {
  return code || { " ": "Space", ...BY_SYMBOL }[key] || (/^\d$/.test(key) ? `Digit${key}` : key);
}

// The names of a key, the one that is written down first.
export function namesOf(event, by, own) {
  const place = position(codeOf(event));
  if (place.startsWith("num_")) {
    if (own.includes(place)) return [place];
    const digit = place.slice(4);
    const like = PAD_ARROWS[event.key] ?? null;
    return [place, like, /^\d$/.test(digit) ? digit : PAD[place]].filter(Boolean);
  }
  if (by === "cap" && event.key.length === 1 && event.key !== " ") {
    const cap = event.key.toLowerCase(), name = SYMBOLS[cap] ?? cap;
    // Where digits are typed with Shift they are printed on the same keys.
    return /^\d$/.test(place) && name !== place ? [place, name] : [name];
  }
  return [place];
}

// What is printed on the keys, by the names of their positions, where the browser tells.
export async function capsOf(by) {
  if (by === "cap" || !navigator.keyboard?.getLayoutMap) return {};
  try {
    const map = await navigator.keyboard.getLayoutMap();
    const printed = [...map].filter(([code]) => !/^(Digit|Numpad)/.test(code));
    return Object.fromEntries(printed.map(([code, cap]) => [position(code), cap]));
  } catch {
    return {};
  }
}

export class Keyboard {
  constructor(keys) {
    this.by = keys.by;
    const answers = [keys.upper, keys.lower, keys.go_on, ...keys.confidence, ...keys.upper_confidence, ...keys.lower_confidence];
    this.own = answers.flat().filter((name) => name.startsWith("num_"));
    this.queue = [];
    this.down = new Map();
    this.escaped = this.lost = this.clicked = false;
    this.mouse = { x: 0, y: 0, pressed: false };
    this.pressedSince = false;
    this.onFocus = () => {};
    this.wasFull = false;
    window.addEventListener("keydown", (event) => this.#key(event, true), true);
    window.addEventListener("keyup", (event) => this.#key(event, false), true);
    window.addEventListener("blur", () => this.#look());
    window.addEventListener("focus", () => this.#look());
    document.addEventListener("visibilitychange", () => this.#look());
    document.addEventListener("fullscreenchange", () => this.#fullScreen());
    document.addEventListener("contextmenu", (event) => event.preventDefault());
    for (const kind of ["mousedown", "mousemove", "mouseup"]) window.addEventListener(kind, (event) => this.#point(event));
    this.away = this.#isAway();
  }

  // What was heard since the last look, in order.
  take() {
    const heard = this.queue;
    this.queue = [];
    return heard;
  }

  // Milliseconds since a key went down, not before a time, that is down still; null if there is none.
  held(name, now, since = 0) {
    for (const { names, at } of this.down.values()) if (at >= since && names.includes(name)) return now - at;
    return null;
  }

  // Where the mouse is, and whether it is pressed, or was since the last look.
  pointed() {
    const pressed = this.mouse.pressed || this.pressedSince;
    this.pressedSince = false;
    return { ...this.mouse, pressed };
  }

  #key(event, down) {
    if (event.isComposing) return;
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    if (plain && !/^F\d+$/.test(event.code) && event.target.tagName !== "BUTTON") event.preventDefault();
    // The system repeats a key that stays down: that is no press.
    if (down && event.repeat) return;
    const names = namesOf(event, this.by, this.own);
    const place = codeOf(event), held = this.down.has(place);
    if (down) this.down.set(place, { names, at: event.timeStamp });
    else this.down.delete(place);
    // On a Mac the end of keys is not told that went up while Cmd was down.
    if (!down && /^Meta/.test(event.code)) this.down.clear();
    this.queue.push({ names, down, held: down && held, at: event.timeStamp, away: this.away });
    if (down && names[0] === "escape" && !this.away) this.escaped = true;
  }

  #isAway() {
    return document.hidden || !document.hasFocus();
  }

  #look() {
    const away = this.#isAway();
    if (away === this.away) return;
    this.away = away;
    if (away) {
      this.lost = true;
      // What goes up in another window is not heard here.
      this.down.clear();
    }
    this.onFocus(away);
  }

  #fullScreen() {
    const full = Boolean(document.fullscreenElement);
    if (this.wasFull && !full) this.escaped = true;
    this.wasFull ||= full;
  }

  #point(event) {
    const ratio = window.devicePixelRatio;
    this.mouse = { x: event.clientX * ratio, y: event.clientY * ratio, pressed: (event.buttons & 1) === 1 };
    if (event.type === "mousedown") this.clicked = this.pressedSince = true;
  }
}
