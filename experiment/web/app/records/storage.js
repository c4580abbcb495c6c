// What has been answered, in the browser's own data base: it is there before the next thing is shown.
// (IndexedDB: what localStorage surely holds is 5 MB; a long session with the intervals of all its frames may have
// more, and each record would be written with all that came before it.)

export class Storage {
  static async open(name) {
    const storage = new Storage();
    storage.base = await done(indexedDB.open(name, 1), (opening) => {
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("records", { autoIncrement: true });
        opening.result.createObjectStore("shown");
      };
    });
    // Whoever is short of space is asked not to delete it; a refusal changes nothing.
    navigator.storage?.persist?.().catch(() => {});
    return storage;
  }

  async append(records) {
    await this.#change("records", (store) => records.forEach((record) => store.add(record)));
  }

  async all() {
    return done(this.base.transaction("records").objectStore("records").getAll());
  }

  // Counts that a trial is on the screen: how often it was before is recorded with its answer.
  async countShown(trial) {
    const before = await this.shown(trial);
    await this.#change("shown", (store) => store.put(before + 1, trial));
    return before;
  }

  async shown(trial) {
    return (await done(this.base.transaction("shown").objectStore("shown").get(trial))) ?? 0;
  }

  #change(name, change) {
    return new Promise((resolve, reject) => {
      const transaction = this.base.transaction(name, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      change(transaction.objectStore(name));
    });
  }
}

function done(request, prepare = () => {}) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    prepare(request);
  });
}
