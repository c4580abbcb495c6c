// Answers as a file: a line a record, under a name that says whose they are.

export function as_lines(records) {
  return records.map((record) => JSON.stringify(record) + "\n").join("");
}

// Whose answers these are, as sub-007_ses-1_web.
export function stem(participant) {
  return `sub-${String(participant).padStart(3, "0")}_ses-1_web`;
}

// Puts a file on the participant's disk.
export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // A browser may read it only after its question where to.
  setTimeout(() => URL.revokeObjectURL(link.href), 600000);
}

export function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
