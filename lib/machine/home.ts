/** The user's home folder, whose path names the user: it is found in texts that others will read, and taken out of them. */

import { homedir } from "node:os";
import { sep } from "node:path";

/** True where the text holds the path of something in the home folder, as it is or as JSON writes it. */
export function namesHome(text: string | Buffer): boolean {
  return spellings().some((spelling) => text.includes(spelling));
}

/** The text with `~` in place of the home folder's path. */
export function withoutHome(text: string): string {
  return spellings().reduce((rest, spelling) => rest.replaceAll(spelling, "~/"), text);
}

/** None for a user who has no home folder, as in some containers, or one that names nobody. */
function spellings(): string[] {
  let home: string;
  try {
    home = homedir();
  } catch {
    return [];
  }
  return home.length < 3 ? [] : [...new Set([home + sep, JSON.stringify(home + sep).slice(1, -1)])];
}
