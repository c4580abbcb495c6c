// What a browser keeps beside the answers: whose number it has, and how much of it was sent.
// Where a browser keeps nothing (a private window of some, storage that is full), a number is asked
// for again and answers are sent twice, which `collect` recognises; nothing is lost by it.

export class Sent {
  constructor(fingerprint, storage = window.localStorage) {
    this.prefix = `reference-images-web/${fingerprint}/`;
    this.storage = storage;
  }

  read(name) {
    try {
      const found = this.storage.getItem(this.prefix + name);
      return found === null ? null : JSON.parse(found);
    } catch {
      return null;
    }
  }

  write(name, value) {
    try {
      this.storage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // Nothing depends on it: see above.
    }
  }
}
