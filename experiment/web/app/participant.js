// Who takes part: by the address, or by what serves the page.

import { target_of } from "./targets.js";

// {participant, session}, or {refused: key of a text, and what its blanks are filled with}.
export async function whoTakesPart(study, search = window.location.search) {
  const { refused, blanks, participant } = await target_of(study).participant(search);
  return refused ? { ...blanks, refused } : { participant, session: 1 };
}
