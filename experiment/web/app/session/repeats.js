// The trials that are shown again at the end: as conditions/trials/repeats.py, with the draws of its table.

export function chooseRepeats(table, rows, confidence) {
  if (!table) return [];
  const can = rows.filter((row) => row.phase === "main" && !row.catch && confidence.has(row.trial));
  const chosen = table.order.flatMap((condition, i) => {
    const among = can.filter((row) => row.condition === condition).sort((a, b) => a.trial - b.trial);
    const { shuffle, order, swap } = table.draws[condition][among.length];
    // A stable sort of shuffled trials breaks ties at random.
    const ranked = shuffle.map((j) => among[j]).sort((a, b) => confidence.get(a.trial) - confidence.get(b.trial));
    const least = ranked.slice(0, table.least), rest = ranked.slice(table.least);
    const both = [...least, ...rest.slice(Math.max(0, rest.length - table.most))];
    return order.map((j, k) => ({ ...again(both[j], swap[k]), block: table.first_block + i }));
  });
  return chosen.map((row, i) => ({ ...row, trial: table.first_trial + i }));
}

function again(row, swap) {
  const repeated = { ...row, phase: "repeat", repeat_of: row.trial };
  if (!swap) return repeated;
  const correct = row.correct_response === "upper" ? "lower" : "upper";
  return { ...repeated, upper: row.lower, lower: row.upper, correct_response: correct };
}
