// Images of the trials: fetched a block ahead, checked against their hash, decoded a trial ahead.

import { sha256 } from "./sha256.js";

const AT_ONCE = 6, TRIES = 3;
export const COLUMNS = [...Array(9).keys()].flatMap((i) => [`left_${i + 1}`, `right_${i + 1}`]).concat("upper", "lower");

export class Images {
  // names: of files by path; example: by column, of each of its answers; these stay.
  constructor(names, example) {
    this.names = names;
    this.lasting = new Set(Object.values(example).flatMap((files) => Object.values(files)));
    this.blobs = new Map();
    this.fetching = new Map();
  }

  // Fetches the images of some trials, and forgets those of others, but the ones to be kept.
  async fetch(rows, keep = []) {
    const wanted = namesIn([...rows, ...keep], this.names);
    for (const name of this.blobs.keys()) if (!wanted.has(name) && !this.lasting.has(name)) this.blobs.delete(name);
    await this.#all([...namesIn(rows, this.names)]);
  }

  async fetchExample() {
    await this.#all([...this.lasting]);
  }

  async #all(waiting) {
    const work = async () => {
      for (let name = waiting.pop(); name; name = waiting.pop()) await this.#one(name);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  // The images of a trial by column, decoded; `files`: by column, in place of the row's.
  async decoded(row, files = null) {
    const shown = COLUMNS.filter((column) => (files ? files[column] : row[column]));
    const bitmaps = await Promise.all(shown.map(async (column) => {
      const name = files ? files[column] : this.names[row[column]];
      return createImageBitmap(await this.#one(name), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
    }));
    return Object.fromEntries(shown.map((column, i) => [column, bitmaps[i]]));
  }

  #one(name) {
    if (this.blobs.has(name)) return this.blobs.get(name);
    if (!this.fetching.has(name)) {
      const coming = fetched(name).finally(() => this.fetching.delete(name));
      this.fetching.set(name, coming.then((blob) => (this.blobs.set(name, blob), blob)));
    }
    return this.fetching.get(name);
  }
}

function namesIn(rows, names) {
  return new Set(rows.flatMap((row) => COLUMNS.filter((column) => row[column]).map((column) => names[row[column]])));
}

async function fetched(name) {
  const path = `images/${name}.webp`;
  let trouble;
  for (let i = 0; i < TRIES; i++) {
    try {
      const answer = await fetch(path, i ? { cache: "reload" } : {});
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if ((await sha256(bytes)) !== name) throw new Error(`${path}: not the file that was exported`);
      return new Blob([bytes], { type: "image/webp" });
    } catch (error) {
      trouble = error;
      await new Promise((done) => setTimeout(done, 300 * (i + 1)));
    }
  }
  throw trouble;
}
