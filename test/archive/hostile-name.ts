/** What hostile archives call their files. */

import fc from "fast-check";

/** Names put together from what attacks are made of. */
export const hostileName = fc
  .array(
    fc.oneof(
      fc.constantFrom("..", ".", "/", "\\", "C:", "//", "con", "NUL.txt", "a", "A", "é", "e\u0301", " ", ":"),
      fc.constantFrom("\u0000", "\u202e", "\n", "%2e%2e", "~", "*", "figures/", "study.json"),
      fc.string({ unit: "grapheme", maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(""));
