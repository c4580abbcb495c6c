// Who an address is for: ?participant=7.

// {number}, which is null where none is named, or {refused, blanks}.
export function asked_for(parameters, study) {
  const found = (parameters.get("participant") ?? "").trim();
  if (found === "") return { number: null };
  if (!/^[0-9]{1,6}$/.test(found) || !study.participants.includes(Number(found))) {
    return { refused: "refused_number", blanks: { participant: found } };
  }
  return { number: Number(found) };
}
