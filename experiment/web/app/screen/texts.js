// What is read: blanks are filled in, and keys named by what is printed on them.

const PAD = "num_";
const KEY = /⟦([^|⟧]+)(\|printed)?⟧/g;

export function fill(words, blanks) {
  return words.replace(/\{(\w+)\}/g, (all, name) => (name in blanks ? String(blanks[name]) : all));
}

// A key as participants know it: what is printed on it, a word of their language, or its name.
export function keyLabel(words, name, printed, caps = {}) {
  const known = caps[name] ?? (printed ? words[`printed_${name}`] : undefined) ?? words[`key_${name}`];
  if (known === undefined && name.startsWith(PAD)) {
    return fill(words.key_of_pad, { key: keyLabel(words, name.slice(PAD.length), printed, caps) });
  }
  return known ?? name;
}

export class Texts {
  // caps: what is printed on keys, by the study's names for them; empty where nobody knows.
  constructor(content, caps = {}) {
    this.content = content;
    this.caps = caps;
    this.rtl = content.direction === "rtl";
    const families = [...content.fonts, "DejaVu Sans", "Noto Sans", "Segoe UI"];
    this.family = [...families.map((name) => JSON.stringify(name)), "system-ui", "sans-serif"].join(", ");
  }

  word(key, blanks = {}) {
    return this.named(fill(this.content.words[key], blanks));
  }

  hint(key) {
    return this.named(this.content.hints[key]);
  }

  pages(name) {
    return this.content.pages[name].map(({ title, body }) => ({ title: this.named(title), body: this.named(body) }));
  }

  get keyRows() {
    return this.content.keys.map((row) => row.map((cell) => cell.map((words) => this.named(words))));
  }

  // What is said before a block: the kind of its references, and what stands where.
  card(row) {
    const words = this.content.words[`card_${row.condition}`];
    if (!row.n_references) return words;
    return `${words}\n\n${this.word(row.left_title ? "shown_min_max" : "shown_max")}`;
  }

  key(name) {
    return keyLabel(this.content.words, name, true, this.caps);
  }

  named(words) {
    return words.replace(KEY, (_, name, printed) => keyLabel(this.content.words, name, printed, this.caps));
  }
}
